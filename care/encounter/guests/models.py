"""Who was asked to join a visit, and what became of it."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.encounter.guests.states import GuestStatus


class Part(StrEnum):
    """As what somebody joins."""

    FAMILY = "family"
    INTERPRETER = "interpreter"


class EncounterGuest(Model):
    """One person who may join one visit. Of the link and of the phone only digests are kept.

    `history`: whether they may read what was said before they came. `made_by` is the account.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    encounter: Any = fields.ForeignKeyField(
        "care.Encounter", related_name="guests", on_delete=fields.RESTRICT
    )
    encounter_id: UUID
    status = fields.CharEnumField(GuestStatus, max_length=10, default=GuestStatus.INVITED)
    part = fields.CharEnumField(Part, max_length=12)
    name = fields.CharField(max_length=40)
    relation = fields.CharField(max_length=20)
    history = fields.BooleanField(default=False)
    link_sha256 = fields.CharField(max_length=64, unique=True)
    phone_sha256 = fields.CharField(max_length=64, default="")
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    joined_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by_name = fields.CharField(max_length=60, default="")

    class Meta:
        table = "care_encounter_guest"
        indexes = (("encounter_id", "made_at"),)
