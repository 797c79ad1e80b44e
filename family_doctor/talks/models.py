"""The table of standing conversations. FHIR: the Communications of one CareTeam and one Patient."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class TeamTalk(Model):
    """One resident with one team, opened once and kept through renewals and gaps.

    `settled_seq` is the last message of which somebody said that it needs no answer.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    team: Any = fields.ForeignKeyField(
        "family_doctor.CareTeam", related_name=False, on_delete=fields.RESTRICT
    )
    team_id: UUID
    opened_at = fields.DatetimeField()
    opened_by = fields.UUIDField()
    settled_seq = fields.IntField(default=0)

    class Meta:
        table = "family_team_talk"
        unique_together = (("patient_id", "team_id"),)
        indexes = (("team_id",),)
