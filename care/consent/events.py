"""What others may react to."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSigned(Event):
    """Somebody agreed to something. `subject` is `Kind/id`."""

    name: ClassVar[str] = "care.consent_signed"
    consent_id: str
    patient_id: str
    kind: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWithdrawn(Event):
    """The consent counts for nothing that begins afterwards."""

    name: ClassVar[str] = "care.consent_withdrawn"
    consent_id: str
    patient_id: str
    kind: str
    subject: str
