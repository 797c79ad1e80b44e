"""The seam through which rooms above the record put their own happenings on the timeline."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One point on a patient's timeline. `category` is vitals, laboratory, attachment, allergy,
    condition, medication, consultation or follow_up; `kind` is a badge of the design system; `href`
    may be empty."""

    at: datetime
    category: str
    kind: str
    what: str
    by: str = ""
    text: str = ""
    href: str = ""


Source = Callable[[UUID], Awaitable[list[Happening]]]

_sources: Final[list[Source]] = []


def source(found: Source) -> Source:
    """Register a reader of happenings of one patient (used as a decorator)."""
    _sources.append(found)
    return found


async def from_sources(patient_id: UUID) -> list[Happening]:
    """What other rooms have to tell about this patient."""
    return [item for read in _sources for item in await read(patient_id)]
