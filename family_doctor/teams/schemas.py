"""What is typed in about teams."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, field_validator

from core.http import Schema
from family_doctor.teams.models import MemberRole

MOST_VILLAGES = 60
LONGEST_VILLAGE = 60


class TeamIn(Schema):
    """A team: its health centre, what residents read about it, and the villages it serves, one
    on each line."""

    name: Annotated[str, Field(min_length=2, max_length=40)]
    organization_id: UUID
    phone: Annotated[str, Field(max_length=20)] = ""
    words: Annotated[str, Field(max_length=300)] = ""
    villages: Annotated[str, Field(max_length=4000)] = ""
    active: bool = False

    @field_validator("villages")
    @classmethod
    def _few_and_short(cls, text: str) -> str:
        names = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        if len(names) > MOST_VILLAGES:
            raise ValueError(f"最多 {MOST_VILLAGES} 个村,一行写一个")
        if any(len(name) > LONGEST_VILLAGE for name in names):
            raise ValueError(f"村名最多 {LONGEST_VILLAGE} 个字,一行写一个")
        return "\n".join(names)


class MemberIn(Schema):
    """Somebody joins, as what."""

    practitioner_id: UUID
    role: MemberRole
