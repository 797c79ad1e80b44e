"""Tables of laboratory results."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.laboratory.states import Status
from care.record.models import Interpretation, Recorded


class DiagnosticReport(Recorded):
    """One version of one panel: what a laboratory found in one sample.

    `document_id` is shared by all versions; `corrects` is the one that this version replaces.
    `hour_known` is false when the slip tells only the day. `slip` is the picture it was typed from.
    """

    document_id = fields.UUIDField()
    version = fields.IntField(default=1)
    status = fields.CharEnumField(Status, max_length=20, default=Status.FINAL)
    corrects: Any = fields.ForeignKeyField(
        "care.DiagnosticReport", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    corrects_id: UUID | None
    correction_reason = fields.CharField(max_length=200, default="")
    taken_at = fields.DatetimeField()
    hour_known = fields.BooleanField(default=False)
    laboratory = fields.CharField(max_length=80)
    slip: Any = fields.ForeignKeyField(
        "care.DocumentReference", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    slip_id: UUID | None

    class Meta:
        table = "care_diagnostic_report"
        unique_together = (("document_id", "version"),)
        indexes = (("patient_id", "taken_at"), ("slip_id",))


class LaboratoryObservation(Model):
    """One result of a panel. `value`, `low` and `high` are in the analyte's own unit.

    `given_value` and `given_unit` (UCUM) are as typed. `comparator` is `<` or `>` where the
    laboratory counts no further. `answer` is a word in place of a number. `range_source` is empty
    for the slip's own range. `corrects` is the result of the version before that this one changes.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    report: Any = fields.ForeignKeyField(
        "care.DiagnosticReport", related_name=False, on_delete=fields.RESTRICT
    )
    report_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    taken_at = fields.DatetimeField()
    code = fields.CharField(max_length=24)
    place = fields.IntField()
    value = fields.DecimalField(max_digits=12, decimal_places=4, null=True)
    comparator = fields.CharField(max_length=1, default="")
    answer = fields.CharField(max_length=8, default="")
    given_value = fields.CharField(max_length=20, default="")
    given_unit = fields.CharField(max_length=16, default="")
    low = fields.DecimalField(max_digits=12, decimal_places=4, null=True)
    high = fields.DecimalField(max_digits=12, decimal_places=4, null=True)
    range_source = fields.CharField(max_length=60, default="")
    interpretation = fields.CharEnumField(Interpretation, max_length=12)
    corrects: Any = fields.ForeignKeyField(
        "care.LaboratoryObservation", null=True, related_name=False, on_delete=fields.RESTRICT
    )
    corrects_id: UUID | None

    class Meta:
        table = "care_laboratory_observation"
        unique_together = (("report_id", "code"),)
        indexes = (("patient_id", "code", "taken_at"),)
