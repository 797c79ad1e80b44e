"""The table of telephone calls."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField


class Outcome(StrEnum):
    """How it went: spoken, nobody answered, or not to be reached (busy, off, wrong number)."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"


class PhoneCall(Model):
    """One call as the caller wrote it down. The number is sealed, `callee` says who it was."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="phone_calls", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    caller_id = fields.UUIDField()
    caller_name = fields.CharField(max_length=40)
    callee = fields.CharField(max_length=120)
    number = SealedField()
    called_at = fields.DatetimeField()
    outcome = fields.CharEnumField(Outcome, max_length=12)
    minutes = fields.IntField(null=True)
    note = fields.TextField(default="")
    logged_at = fields.DatetimeField()

    class Meta:
        table = "care_phone_call"
        indexes = (("consultation_id", "called_at"),)
