"""What happened in follow-ups that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpRecorded(Event):
    """A follow-up was filled in. `mode` is the form's code; `action` and `next_by` (ISO day) are
    what the rules ask for; `diseases` names the programmes it was for."""

    name: ClassVar[str] = "family_doctor.FollowUpRecorded"
    follow_up_id: str
    patient_id: str
    team_id: str
    by_id: str
    mode: str
    met_on: str
    diseases: list[str]
    action: str
    next_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpFoundWrong(Event):
    """It was entered in error, and counts for nothing any more."""

    name: ClassVar[str] = "family_doctor.FollowUpFoundWrong"
    follow_up_id: str
    patient_id: str
