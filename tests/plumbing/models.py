"""Models are made ready once in a worker. Tortoise does it anew whenever a test connects."""

from typing import Any, Final

from tortoise import Model
from tortoise.apps import Apps

_ready: Final[dict[type[Model], Any]] = {}  # the dialect each model's queries are written in
_make_ready: Final = Apps._build_initial_querysets


def _only_once(apps: Apps) -> None:
    dialects = {
        model: model._meta.db.query_class for app in apps.apps.values() for model in app.values()
    }
    if any(_ready.get(model) is not dialect for model, dialect in dialects.items()):
        _make_ready(apps)
        _ready.update(dialects)


Apps._build_initial_querysets = _only_once  # type: ignore[method-assign]
