"""What happened to standing conversations."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkOpened(Event):
    """A resident and their team may write to each other from now on."""

    name: ClassVar[str] = "family_doctor.TalkOpened"
    talk_id: str
    patient_id: str
    team_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkUnread(Event):
    """The team wrote a while ago: the resident is told, unless they have read it by then."""

    name: ClassVar[str] = "family_doctor.TalkUnread"
    talk_id: str
