"""Repairs to Tortoise's migrations (1.1.9), made once on import by `core.db`: less to do twice.

Before each operation Tortoise copies its state, with every model of the house built anew as a
class, though hardly any operation looks at the copy. After each it prepares queries for all models,
though only those that the operation touched are new. Together that was two thirds of the time of
`python -m app migrate` on an empty database.

Two thirds of what was left went to the some twenty filters of each column of each such class, all
of them alike, and to the garbage collector that searched through them again and again.
"""

import functools
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import tortoise.models
from tortoise import Model, fields
from tortoise.contrib.postgres.fields import ArrayField, TSVectorField
from tortoise.fields.relational import BackwardFKRelation, ManyToManyFieldInstance
from tortoise.filters import FilterInfoDict, get_filters_for_field
from tortoise.migrations.schema_generator.state import State
from tortoise.migrations.schema_generator.state_apps import StateApps

_prepare = StateApps._build_initial_querysets
_OF_ITS_KIND: Final = (
    ManyToManyFieldInstance,
    BackwardFKRelation,
    fields.JSONField,
    ArrayField,
    TSVectorField,
)
"""Fields whose filters depend on more than their names."""
_THRESHOLDS: Final = (50_000, 20, 100)


class _Before(State):
    """A copy of a state whose classes are built when somebody asks for them."""

    _origin: StateApps
    _built: StateApps | None = None

    @staticmethod
    def of(origin: State) -> "State":
        """The copy."""
        copy = object.__new__(_Before)
        copy.models = {key: model.clone() for key, model in origin.models.items()}
        copy._origin = origin.apps
        return copy

    @property
    def apps(self) -> StateApps:  # type: ignore[override]
        if self._built is None:
            self._built = self._origin.clone(model_states=self.models)
        return self._built


def _is_prepared(model: type[Model]) -> bool:
    meta = model._meta
    return bool(meta.basetable.get_table_name()) and len(meta.filters) == len(meta._filters)


def _prepare_new(apps: StateApps) -> None:
    """Only models that are new, or were given a relation from a new one."""
    everything: dict[str, dict[str, type[Model]]] = apps.apps
    try:
        apps.apps = {
            label: {name: model for name, model in models.items() if not _is_prepared(model)}
            for label, models in everything.items()
        }
        _prepare(apps)
    finally:
        apps.apps = everything


def _filters(
    field_name: str, field: fields.Field[Any] | None, source_field: str
) -> dict[str, FilterInfoDict]:
    """The filters of a column; all plain ones of one name have the same."""
    if field is None or field_name == "pk" or isinstance(field, _OF_ITS_KIND):
        return get_filters_for_field(field_name, field, source_field)
    return _plain_filters(field_name, source_field)


@functools.cache
def _plain_filters(field_name: str, source_field: str) -> dict[str, FilterInfoDict]:
    return get_filters_for_field(field_name, None, source_field)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the garbage collector look less often: most of what a migration makes stays a while."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def repair() -> None:
    """Put the repairs in place; safe to repeat."""
    State.clone = _Before.of  # type: ignore[assignment, method-assign]
    StateApps._build_initial_querysets = _prepare_new  # type: ignore[assignment, method-assign]
    tortoise.models.get_filters_for_field = _filters  # type: ignore[attr-defined]
