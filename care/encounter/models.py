"""Tables of the online visit. FHIR: Encounter; evidence and verdict are its Condition's proof."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.encounter.states import ShiftStatus, Status


class Kind(StrEnum):
    """How doctor and resident meet; may change in mid-visit."""

    TEXT = "text"
    VIDEO = "video"


class EvidenceType(StrEnum):
    """What shows that a physical institution made the diagnosis (监管细则)."""

    OUTPATIENT_RECORD = "outpatient_record"
    INPATIENT_RECORD = "inpatient_record"
    DISCHARGE_SUMMARY = "discharge_summary"
    DIAGNOSIS_CERTIFICATE = "diagnosis_certificate"


class EvidenceSource(StrEnum):
    """Whose paper it is: the visited house's, another member's of the county, or brought along."""

    OWN_HIS = "own_his"
    MEMBER_HIS = "member_his"
    UPLOAD = "upload"


class Verdict(StrEnum):
    """What the doctor finds; only `eligible` goes on."""

    ELIGIBLE = "eligible"
    FIRST_VISIT = "first_visit"
    CHANGED = "changed"
    UNFIT = "unfit"


class Encounter(Model):
    """One visit. `subject` names the appointment it was booked by (care does not know booking).

    The consent is kept with it: who agreed to which words, in which relation (医院办法 art. 18).
    `place` orders the line and is kept through reloads and dead phones. `key` makes a repeated
    request harmless. `fee_fen` is what was booked; zero for a walk-in.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=16, default=Status.PLANNED)
    kind = fields.CharEnumField(Kind, max_length=8)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    account_id = fields.UUIDField()
    subject = fields.CharField(max_length=100, null=True, unique=True)
    key = fields.CharField(max_length=100, null=True, unique=True)
    fee_fen = fields.IntField(default=0)
    booked_for = fields.DatetimeField(null=True)
    condition = fields.CharField(max_length=30)
    icd10 = fields.CharField(max_length=12, default="")
    complaint = fields.CharField(max_length=500, default="")
    answers: Any = fields.JSONField(default=list)
    consent_version = fields.CharField(max_length=20)
    consent_sha256 = fields.CharField(max_length=64)
    consent_relation = fields.CharField(max_length=12)
    consented_at = fields.DatetimeField()
    guardian_relation = fields.CharField(max_length=12, default="")
    guardian_confirmed_at = fields.DatetimeField(null=True)
    accompanying_doctor = fields.CharField(max_length=60, default="")
    asked_at = fields.DatetimeField()
    arrived_at = fields.DatetimeField(null=True)
    place = fields.DatetimeField(null=True)
    called_at = fields.DatetimeField(null=True)
    calls = fields.IntField(default=0)
    began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=30, default="")
    reason_text = fields.CharField(max_length=300, default="")
    guidance = fields.CharField(max_length=500, default="")
    guided_to = fields.CharField(max_length=80, default="")
    offer = fields.CharField(max_length=16, default="")
    refund = fields.BooleanField(default=False)
    acknowledged_at = fields.DatetimeField(null=True)
    advice = fields.TextField(default="")

    class Meta:
        table = "care_encounter"
        indexes = (
            ("practitioner_id", "status", "place"),
            ("patient_id", "asked_at"),
            ("practitioner_id", "ended_at"),
        )


class EncounterEvidence(Model):
    """One proof of the diagnosis. The doctor keeps it and judges (监管细则)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    encounter: Any = fields.ForeignKeyField(
        "care.Encounter", related_name="evidence", on_delete=fields.RESTRICT
    )
    encounter_id: UUID
    type = fields.CharEnumField(EvidenceType, max_length=24)
    source = fields.CharEnumField(EvidenceSource, max_length=12)
    institution = fields.CharField(max_length=80)
    visit_date = fields.DateField()
    icd10 = fields.CharField(max_length=12, default="")
    diagnosis_text = fields.CharField(max_length=120)
    reference = fields.CharField(max_length=100, default="")
    blob: Any = fields.ForeignKeyField(
        "core.Blob", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    blob_id: UUID | None
    file_sha256 = fields.CharField(max_length=64, default="")
    added_at = fields.DatetimeField()

    class Meta:
        table = "care_encounter_evidence"
        unique_together = (("encounter_id", "source", "reference", "blob_id"),)


class EligibilityVerdict(Model):
    """What a doctor found. Never changed: a later finding is a new row, and the last one counts."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    encounter: Any = fields.ForeignKeyField(
        "care.Encounter", related_name="verdicts", on_delete=fields.RESTRICT
    )
    encounter_id: UUID
    verdict = fields.CharEnumField(Verdict, max_length=12)
    reason = fields.CharField(max_length=300)
    practitioner_id = fields.UUIDField()
    practitioner_name = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "care_encounter_verdict"
        indexes = (("encounter_id", "at"),)


class EncounterRating(Model):
    """What the resident thought of a visit: one for each, changeable for some days."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    encounter: Any = fields.OneToOneField(
        "care.Encounter", related_name="rating", on_delete=fields.RESTRICT
    )
    encounter_id: UUID
    practitioner_id = fields.UUIDField(db_index=True)
    account_id = fields.UUIDField()
    stars = fields.IntField()
    words = fields.CharField(max_length=300, default="")
    at = fields.DatetimeField()

    class Meta:
        table = "care_encounter_rating"


class OnlineShift(Model):
    """One sitting of one doctor. `method` says how the person was checked at its start.

    `live` is the practitioner while it lasts and null afterwards: one at a time (unique).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(ShiftStatus, max_length=8, default=ShiftStatus.OPEN)
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    live = fields.UUIDField(null=True, unique=True)
    walk_ins = fields.BooleanField(default=True)
    message = fields.CharField(max_length=200, default="")
    method = fields.CharField(max_length=20)
    checked_at = fields.DatetimeField()
    device = fields.CharField(max_length=200, default="")
    opened_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_online_shift"
        indexes = (("practitioner_id", "opened_at"),)
