"""What happened to alerts that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMoved(Event):
    """An alert was raised, told, answered, escalated, handled or closed (`action`)."""

    name: ClassVar[str] = "family_doctor.AlertMoved"
    alert_id: str
    patient_id: str
    team_id: str
    action: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertUnanswered(Event):
    """Due when `level` should be asked, unless somebody has answered by then."""

    name: ClassVar[str] = "family_doctor.AlertUnanswered"
    alert_id: str
    level: str
