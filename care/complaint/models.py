"""Tables of complaints. FHIR has none; `Communication` with category complaint comes nearest."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.complaint.states import Status


class Category(StrEnum):
    """What it is about, as residents say it."""

    ATTITUDE = "attitude"
    WAITING = "waiting"
    FEE = "fee"
    TREATMENT = "treatment"
    PRIVACY = "privacy"
    SYSTEM = "system"
    OTHER = "other"


class Complaint(Model):
    """One complaint. `key` makes a repeat harmless, `ComplaintStep` keeps what was said."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=10, default=Status.RECEIVED)
    category = fields.CharEnumField(Category, max_length=10)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account_id = fields.UUIDField()
    key = fields.CharField(max_length=100, unique=True)
    subject = fields.CharField(max_length=100, default="")
    about = fields.CharField(max_length=120, default="")
    text = fields.CharField(max_length=1000)
    answer = fields.CharField(max_length=1000, default="")
    filed_at = fields.DatetimeField()
    accept_by = fields.DatetimeField()
    close_by = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    reopened = fields.IntField(default=0)
    content = fields.BooleanField(null=True)

    class Meta:
        table = "care_complaint"
        indexes = (("organization_id", "status"), ("account_id", "filed_at"))


class ComplaintStep(Model):
    """One step, never changed: who, when, and the words that were said with it."""

    id = fields.BigIntField(primary_key=True)
    complaint: Any = fields.ForeignKeyField(
        "care.Complaint", related_name="steps", on_delete=fields.RESTRICT
    )
    complaint_id: UUID
    action = fields.CharField(max_length=10)
    by_name = fields.CharField(max_length=60)
    words = fields.CharField(max_length=1000, default="")
    late = fields.BooleanField(default=False)
    at = fields.DatetimeField()

    class Meta:
        table = "care_complaint_step"
        indexes = (("complaint_id", "at"),)
