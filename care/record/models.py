"""Tables of the record."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.states import Table


class EntryStatus(StrEnum):
    """active: true now (FHIR active, final, current); ended: over (resolved, completed, inactive);
    entered-in-error: never was true, kept with the reason."""

    ACTIVE = "active"
    ENDED = "ended"
    ENTERED_IN_ERROR = "entered-in-error"


LASTING: Final[Table[EntryStatus]] = {
    (EntryStatus.ACTIVE, "end"): EntryStatus.ENDED,
    (EntryStatus.ENDED, "resume"): EntryStatus.ACTIVE,
    (EntryStatus.ACTIVE, "mark_in_error"): EntryStatus.ENTERED_IN_ERROR,
    (EntryStatus.ENDED, "mark_in_error"): EntryStatus.ENTERED_IN_ERROR,
}
"""Allergies, problems and medicines: they begin and end."""

MOMENTARY: Final[Table[EntryStatus]] = {
    (EntryStatus.ACTIVE, "mark_in_error"): EntryStatus.ENTERED_IN_ERROR,
}
"""Measurements and pictures: they are true of one moment for good."""


class Recorded(Model):
    """Something in the record: whose, by whom, and who has changed what became of it."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    recorded_at = fields.DatetimeField()
    recorder_id = fields.UUIDField()
    recorder_name = fields.CharField(max_length=40)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    changed_at = fields.DatetimeField(null=True)
    changed_by_name = fields.CharField(max_length=40, default="")
    change_reason = fields.CharField(max_length=200, default="")

    class Meta:
        abstract = True


class Entry(Recorded):
    """One statement in the record, and what became of it."""

    status = fields.CharEnumField(EntryStatus, max_length=20, default=EntryStatus.ACTIVE)

    class Meta:
        abstract = True


class AllergyCategory(StrEnum):
    """FHIR category, with `none_known` for the statement that somebody asked and there is none."""

    MEDICATION = "medication"
    FOOD = "food"
    ENVIRONMENT = "environment"
    OTHER = "other"
    NONE_KNOWN = "none_known"


class Severity(StrEnum):
    """How bad the worst reaction was."""

    SEVERE = "severe"
    MILD = "mild"
    UNKNOWN = "unknown"


class AllergyIntolerance(Entry):
    """What the patient must not get. No row at all means that nobody has asked."""

    category = fields.CharEnumField(AllergyCategory, max_length=16)
    substance = fields.CharField(max_length=60)
    reaction = fields.CharField(max_length=200, default="")
    severity = fields.CharEnumField(Severity, max_length=12, default=Severity.UNKNOWN)

    class Meta:
        table = "care_allergy_intolerance"
        indexes = (("patient_id", "status"),)


class Condition(Entry):
    """A problem or past illness, with an optional ICD-10 code as text (GB/T 14396)."""

    name = fields.CharField(max_length=80)
    icd10 = fields.CharField(max_length=12, default="")
    onset = fields.CharField(max_length=20, default="")
    note = fields.CharField(max_length=300, default="")

    class Meta:
        table = "care_condition"
        indexes = (("patient_id", "status"),)


class VitalSign(StrEnum):
    """What is measured. Units are in `care.record.rules.VITALS`."""

    BLOOD_PRESSURE = "blood_pressure"
    PULSE = "pulse"
    TEMPERATURE = "temperature"
    RESPIRATION = "respiration"
    SPO2 = "spo2"
    GLUCOSE = "glucose"
    WEIGHT = "weight"
    HEIGHT = "height"


class Meal(StrEnum):
    """When blood sugar was taken."""

    FASTING = "fasting"
    AFTER_MEAL = "after_meal"
    RANDOM = "random"


class Method(StrEnum):
    """Typed in by a person, or sent by a device."""

    MANUAL = "manual"
    DEVICE = "device"


class Interpretation(StrEnum):
    """FHIR interpretation, as it was told when the value was written down."""

    NORMAL = "normal"
    LOW = "low"
    HIGH = "high"
    CRITICAL = "critical"
    NOT_JUDGED = "not_judged"


class Observation(Entry):
    """One measurement. Blood pressure keeps diastolic beside systolic, as they are one act.

    `panel_id` is shared by what was measured together.
    """

    panel_id = fields.UUIDField(db_index=True)
    code = fields.CharEnumField(VitalSign, max_length=20)
    value = fields.DecimalField(max_digits=6, decimal_places=1)
    diastolic = fields.DecimalField(max_digits=6, decimal_places=1, null=True)
    meal = fields.CharEnumField(Meal, max_length=12, null=True)
    measured_at = fields.DatetimeField()
    method = fields.CharEnumField(Method, max_length=8, default=Method.MANUAL)
    device = fields.CharField(max_length=60, default="")
    interpretation = fields.CharEnumField(Interpretation, max_length=12)

    class Meta:
        table = "care_observation"
        indexes = (("patient_id", "code", "measured_at"),)


class AttachmentKind(StrEnum):
    """What a picture or PDF shows."""

    LAB_SLIP = "lab_slip"
    ECG = "ecg"
    WOUND = "wound"
    IMAGING = "imaging"
    OTHER = "other"


class DocumentReference(Entry):
    """A picture or PDF in the record. The file itself is sealed in `core.blobs`."""

    kind = fields.CharEnumField(AttachmentKind, max_length=12)
    title = fields.CharField(max_length=80)
    taken_on = fields.DateField()
    blob: Any = fields.ForeignKeyField("core.Blob", related_name=False, on_delete=fields.RESTRICT)
    blob_id: UUID

    class Meta:
        table = "care_document_reference"
        indexes = (("patient_id", "taken_on"),)


class MedicationStatement(Entry):
    """What the patient says they take, in their words. Not a prescription."""

    name = fields.CharField(max_length=80)
    dosage = fields.CharField(max_length=120, default="")
    since = fields.CharField(max_length=20, default="")

    class Meta:
        table = "care_medication_statement"
        indexes = (("patient_id", "status"),)
