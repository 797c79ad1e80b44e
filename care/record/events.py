"""What others may react to."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class VitalsRecorded(Event):
    """Something was measured; `critical` when a value needs action now."""

    name: ClassVar[str] = "care.vitals_recorded"
    patient_id: str
    panel_id: str
    organization_id: str
    critical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeReadingTaken(Event):
    """A resident or a device measured something; `critical` and `high` are the worst of what it
    was, and `critical` asks for somebody now."""

    name: ClassVar[str] = "care.home_reading_taken"
    patient_id: str
    panel_id: str
    critical: bool
    high: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentAdded(Event):
    """A picture or PDF came into the record."""

    name: ClassVar[str] = "care.attachment_added"
    patient_id: str
    attachment_id: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChanged(Event):
    """An allergy, problem or medicine was added, ended, resumed, or any entry marked wrong."""

    name: ClassVar[str] = "care.record_changed"
    patient_id: str
    resource: str
    entry_id: str
    action: str
