"""The table of what led on from where."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class LeadKind(StrEnum):
    """Where to."""

    TALK = "talk"
    VISIT = "visit"
    REFERRAL = "referral"


class Lead(Model):
    """One step from a task or an alert (`origin`: `Task/<id>`, `Alert/<id>`), never changed.

    `ref` names what it led to: a talk, a referral, or for a visit the offer itself. A visit is with
    `practitioner_id`, `at_once` when they see people at this moment.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    origin = fields.CharField(max_length=50)
    kind = fields.CharEnumField(LeadKind, max_length=10)
    ref = fields.CharField(max_length=60)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    practitioner_id = fields.UUIDField(null=True)
    at_once = fields.BooleanField(default=False)
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "family_lead"
        unique_together = (("origin", "kind", "ref"),)
