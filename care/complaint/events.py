"""What happened to complaints that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintMoved(Event):
    """A step of the table was taken; `step` counts them."""

    name: ClassVar[str] = "care.ComplaintMoved"
    complaint_id: str
    patient_id: str
    organization_id: str
    action: str
    status: str
    step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintSilent(Event):
    """Due when a resident has said nothing to answer number `step`."""

    name: ClassVar[str] = "care.ComplaintSilent"
    complaint_id: str
    step: int
