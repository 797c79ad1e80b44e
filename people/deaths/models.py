"""The table of deaths. FHIR: Patient.deceasedDateTime, with its Provenance."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from people.deaths.states import Status


class Ground(StrEnum):
    """What a death is proven by (民法典 art. 15, 48)."""

    CERTIFICATE = "certificate"
    REGISTER = "register"
    COURT = "court"


class Death(Model):
    """One report of one resident's death. `open` is the person while it stands (unique).

    `heard` is what was said before there was a proof, `evidence` the proof itself: its number, who
    brought it. A correction is a row of its own that names the old one in `corrects_id`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=10)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    open = fields.UUIDField(null=True, unique=True)
    heard = fields.CharField(max_length=300, default="")
    heard_at = fields.DatetimeField(null=True)
    heard_by_name = fields.CharField(max_length=40, default="")
    died_on: date | None = fields.DateField(null=True)
    ground = fields.CharEnumField(Ground, max_length=12, null=True)
    evidence = fields.CharField(max_length=300, default="")
    recorded_at = fields.DatetimeField(null=True)
    recorded_by = fields.UUIDField(null=True)
    recorded_by_name = fields.CharField(max_length=40, default="")
    corrects_id = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)
    ended_by_name = fields.CharField(max_length=40, default="")
    end_reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = "people_death"
        indexes = (("patient_id", "status"),)
