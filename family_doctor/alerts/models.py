"""Tables of alerts. FHIR: Flag (that there is one), CommunicationRequest and its responses."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.alerts.states import Status


class Level(StrEnum):
    """Who is asked to answer, from the first to the last."""

    TEAM = "team"
    DOCTOR = "doctor"  # the responsible doctor of the team
    DUTY = "duty"  # the county's manager on duty


class Measure(StrEnum):
    """What was done."""

    PHONED = "phoned"
    AMBULANCE = "ambulance"
    WENT = "went"
    CLINIC = "clinic"
    REFERRED = "referred"
    UNREACHED = "unreached"
    ERROR = "error"


class Alert(Model):
    """One dangerous round of measurements (`panel_id`, unique).

    `value` is what has to be read back, in digits. `team_id` is null for somebody without a team:
    then the county's duty is asked from the start. The names are of those who did it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.RAISED)
    level = fields.CharEnumField(Level, max_length=8, default=Level.TEAM)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    team_id = fields.UUIDField(null=True)
    panel_id = fields.UUIDField(unique=True)
    value = fields.CharField(max_length=20)
    words = fields.CharField(max_length=100)
    measured_at = fields.DatetimeField()
    raised_at = fields.DatetimeField()
    notified_at = fields.DatetimeField(null=True)
    escalated_at = fields.DatetimeField(null=True)
    acknowledged_at = fields.DatetimeField(null=True)
    acknowledged_by = fields.UUIDField(null=True)
    acknowledged_name = fields.CharField(max_length=40, default="")
    handled_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=300, default="")

    class Meta:
        table = "family_alert"
        indexes = (("team_id", "status"), ("patient_id", "raised_at"), ("status", "level"))


class AlertStep(Model):
    """One step, never changed. Who did what when, and the words that were said with it."""

    id = fields.BigIntField(primary_key=True)
    alert: Any = fields.ForeignKeyField(
        "family_doctor.Alert", related_name=False, on_delete=fields.RESTRICT
    )
    alert_id: UUID
    action = fields.CharField(max_length=12)
    measure = fields.CharEnumField(Measure, max_length=12, null=True)
    by_name = fields.CharField(max_length=40)
    note = fields.CharField(max_length=300, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "family_alert_step"
        indexes = (("alert_id", "at"),)
