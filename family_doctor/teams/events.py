"""What happened to teams that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamChanged(Event):
    """Somebody has joined the team, or has left it."""

    name: ClassVar[str] = "family_doctor.TeamChanged"
    team_id: str
