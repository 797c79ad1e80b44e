"""What all resources share: sources, references, codes, times."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q
from tortoise.models import Model

from care.fhir.narrowing import Tokens
from core.clock import SHANGHAI

Resource = dict[str, Any]
TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"


@dataclass(frozen=True, slots=True)
class About:
    """What a row alone does not know: where the house is reached, and whose record it is."""

    base: str
    patient_id: UUID


@dataclass(frozen=True, slots=True)
class Source:
    """One table of a resource type. `moment` is the field its rows are ordered by; `ready` adds to
    the rows of a page what they do not hold themselves; `by` is how `category` and `code` find
    them."""

    model: type[Model]
    moment: str
    shown: Callable[[Any, About], Resource]
    related: tuple[str, ...] = ()
    only: Q = field(default_factory=Q)
    ready: Callable[[Sequence[Any]], Awaitable[None]] | None = None
    by: Mapping[str, Tokens] = field(default_factory=dict)


def resource(kind: str, id: UUID, updated: datetime, **parts: Any) -> Resource:
    """A resource without what is empty: FHIR knows no empty values."""
    whole = {
        "resourceType": kind,
        "id": str(id),
        "meta": {"lastUpdated": moment(updated)},
        **parts,
    }
    found: Resource = tidy(whole)
    return found


def tidy(given: Any) -> Any:
    """Leave out None, empty texts, lists and objects, all the way down."""
    if isinstance(given, Mapping):
        return {key: kept for key, value in given.items() if _is_there(kept := tidy(value))}
    if isinstance(given, list | tuple):
        return [kept for value in given if _is_there(kept := tidy(value))]
    return given


def _is_there(value: Any) -> bool:
    return value not in (None, "", [], {})


def moment(at: datetime | None) -> str | None:
    """A dateTime or instant with the county's offset."""
    return at.astimezone(SHANGHAI).isoformat(timespec="milliseconds") if at else None


def subject(about: About) -> Resource:
    """Whose it is."""
    return {"reference": f"Patient/{about.patient_id}"}


def named(words: str) -> Resource:
    """A reference to somebody or something that is not served as a resource."""
    return {"display": words}


def coded(system: str, code: str, display: str = "") -> Resource:
    """One coding."""
    return {"system": system, "code": code, "display": display}


def concept(*codings: Resource, text: str = "") -> Resource:
    """A CodeableConcept."""
    return {"coding": list(codings), "text": text}


def house(about: About, name: str, code: str = "") -> Resource:
    """An organization, by name and the county's code."""
    identifier = {"system": f"{about.base}/sid/organization", "value": code} if code else None
    return {"identifier": identifier, "display": name}
