"""The table of follow-ups. FHIR: QuestionnaireResponse within an Encounter of its own."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.followup.rules.table import Action, Classification


class Mode(StrEnum):
    """随访方式, with the form's codes. Whether a video counts as face to face is open, so it has a
    code of its own and is counted by itself."""

    CLINIC = "1"  # 门诊
    HOME = "2"  # 家庭
    PHONE = "3"  # 电话
    VIDEO = "4"  # 视频


FACE_TO_FACE = frozenset({Mode.CLINIC, Mode.HOME})


class FollowUp(Model):
    """One follow-up as it was filled in, with what the rules made of it. Never changed.

    What was entered in error has `wrong_at`, stays readable, and counts for nothing.

    The id comes from the device that it was typed on, so that sending it twice is harmless.
    `judged` holds for each disease its row of the table and what the next one asks about this one:
    `{"hypertension": {"row": 6, "controlled": true, "adverse_reaction": false}}`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    team_id = fields.UUIDField()
    task_id = fields.UUIDField(null=True)
    mode = fields.CharEnumField(Mode, max_length=1)
    met_on = fields.DateField()
    form: Any = fields.JSONField()
    judged: Any = fields.JSONField()
    classification = fields.CharEnumField(Classification, max_length=1, null=True)
    action = fields.CharEnumField(Action, max_length=10)
    next_by = fields.DateField()
    panel_id = fields.UUIDField(null=True)
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    organization_id = fields.UUIDField()
    recorded_at = fields.DatetimeField()
    wrong_at = fields.DatetimeField(null=True)
    wrong_by_name = fields.CharField(max_length=40, null=True)
    wrong_reason = fields.CharField(max_length=300, null=True)

    class Meta:
        table = "family_follow_up"
        indexes = (("patient_id", "met_on"), ("team_id", "met_on"))


class FollowUpNote(Model):
    """A form that could not count any more when it arrived, as it was typed. It plans nothing,
    stands on the record's timeline, and is never changed. FHIR: QuestionnaireResponse.

    `form` holds what was typed by the form's names, each a list of texts; nothing of it was
    checked.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    team_id = fields.UUIDField()
    mode = fields.CharEnumField(Mode, max_length=1, null=True)
    met_on = fields.DateField(null=True)
    form: Any = fields.JSONField()
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    handed_in_at = fields.DatetimeField()

    class Meta:
        table = "family_follow_up_note"
        indexes = (("patient_id",),)
