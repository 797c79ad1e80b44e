"""What happened, or becomes due, in telling residents."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(Event):
    """The evening before an appointment."""

    name: ClassVar[str] = "notifications.ReminderDue"
    appointment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugReminderDue(Event):
    """Some hours before a prescription's end."""

    name: ClassVar[str] = "notifications.DrugReminderDue"
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(Event):
    """A person has called a resident: reached, wrong number, or given up as unreached."""

    name: ClassVar[str] = "notifications.CallEnded"
    task_id: str
    patient_id: str
    organization_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderComes(Event):
    """What a source wanted said later is due."""

    name: ClassVar[str] = "notifications.ReminderComes"
    source: str
    id: str
