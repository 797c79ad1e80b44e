"""What happened to a child's vaccination that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunizationDue(Event):
    """A visit was found, or its days have moved."""

    name: ClassVar[str] = "family_doctor.ImmunizationDue"
    recommendation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmunizationSettled(Event):
    """It was given, or nobody waits for it any more."""

    name: ClassVar[str] = "family_doctor.ImmunizationSettled"
    recommendation_id: str
