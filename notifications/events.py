"""What happened, or becomes due, in telling residents."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationWritten(Event):
    """Somebody is to be told something; it lies in the inbox already."""

    name: ClassVar[str] = "notifications.CommunicationWritten"
    communication_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderDue(Event):
    """The evening before an appointment."""

    name: ClassVar[str] = "notifications.ReminderDue"
    appointment_id: str
