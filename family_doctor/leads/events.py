"""What was begun from a task or an alert."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitOffered(Event):
    """A resident is asked to come to an online visit with this doctor: `at_once`, or at a time
    that is to be kept for them."""

    name: ClassVar[str] = "family_doctor.VisitOffered"
    lead_id: str
    patient_id: str
    practitioner_id: str
    at_once: bool
