"""Tables of review: sittings over prescriptions, duty, who is trained, and appraisals."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from pharmacy.review.states import AppraisalStatus, DutyStatus, ReviewStatus


class Review(Model):
    """One pharmacist's sitting over one version of a prescription. FHIR: Task.

    `live` is the prescription while the sitting lasts and null afterwards: one pharmacist at a
    time (unique). `seen_at` is the last sign of the pharmacist. `points` are the check list as it
    stood at the decision, software's part and the pharmacist's apart. `content` is what was signed.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(ReviewStatus, max_length=10, default=ReviewStatus.CLAIMED)
    request: Any = fields.ForeignKeyField(
        "pharmacy.MedicationRequest", related_name="reviews", on_delete=fields.RESTRICT
    )
    request_id: UUID
    live = fields.UUIDField(null=True, unique=True)
    reviewer_id = fields.UUIDField()
    reviewer_name = fields.CharField(max_length=40)
    reviewer_title = fields.CharField(max_length=20)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    claimed_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    asked_at = fields.DatetimeField(null=True)
    decided_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    points: Any = fields.JSONField(default=list)
    reason = fields.CharField(max_length=500, default="")
    suggestion = fields.CharField(max_length=300, default="")
    content: Any = fields.JSONField(default=dict)
    signature_id = fields.UUIDField(null=True)
    check_method = fields.CharField(max_length=20, default="")
    checked_at = fields.DatetimeField(null=True)
    check_device = fields.CharField(max_length=200, default="")
    reported_at = fields.DatetimeField(null=True)
    seen_by_head = fields.CharField(max_length=40, default="")
    seen_by_head_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_review"
        indexes = (
            ("request_id", "claimed_at"),
            ("reviewer_id", "status", "decided_at"),
            ("status", "decided_at"),
        )


class ReviewShift(Model):
    """One sitting of one pharmacist at the review desk. `method` says how the person was checked.

    `live` is the practitioner while it lasts and null afterwards: one at a time (unique).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(DutyStatus, max_length=8, default=DutyStatus.OPEN)
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    organization_id = fields.UUIDField()
    live = fields.UUIDField(null=True, unique=True)
    method = fields.CharField(max_length=20)
    checked_at = fields.DatetimeField()
    device = fields.CharField(max_length=200, default="")
    opened_at = fields.DatetimeField()
    acted_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_review_shift"
        indexes = (("practitioner_id", "opened_at"),)


class ReviewerTraining(Model):
    """Who was trained and examined for review (审核规范), as somebody else has written it down."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    practitioner: Any = fields.OneToOneField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    passed_on = fields.DateField()
    recorded_by = fields.UUIDField()
    recorded_by_name = fields.CharField(max_length=40)
    recorded_at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_reviewer_training"


class Origin(StrEnum):
    """Why a prescription is appraised."""

    SAMPLE = "sample"
    CONFIRMED = "confirmed"  # the doctor kept it against the pharmacist's advice
    REJECTED = "rejected"


class Outcome(StrEnum):
    """The classes of 医院处方点评管理规范(试行) 2010, art. 16 to 19."""

    REASONABLE = "reasonable"
    IRREGULAR = "irregular"  # 不规范处方
    UNSUITABLE = "unsuitable"  # 用药不适宜处方
    EXCESSIVE = "excessive"  # 超常处方


class AppraisalMonth(Model):
    """One month's draw: `seed` and what it was drawn from make it repeatable."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    month = fields.CharField(max_length=7, unique=True)
    seed = fields.CharField(max_length=32)
    population = fields.IntField()
    size = fields.IntField()
    drawn_at = fields.DatetimeField()
    drawn_by = fields.CharField(max_length=40)

    class Meta:
        table = "pharmacy_appraisal_month"


class Appraisal(Model):
    """One prescription looked at afterwards (处方点评). `month` is that of its signature.

    `reviewer_id` decided about it and so does not judge it. `items` are codes of the national list.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(AppraisalStatus, max_length=10, default=AppraisalStatus.DRAWN)
    origin = fields.CharEnumField(Origin, max_length=10)
    month = fields.CharField(max_length=7)
    request: Any = fields.OneToOneField(
        "pharmacy.MedicationRequest", related_name=False, on_delete=fields.RESTRICT
    )
    request_id: UUID
    author_id = fields.UUIDField()
    reviewer_id = fields.UUIDField(null=True)
    drawn_at = fields.DatetimeField()
    outcome = fields.CharEnumField(Outcome, max_length=12, null=True)
    items: Any = fields.JSONField(default=list)
    words = fields.CharField(max_length=500, default="")
    judged_by = fields.UUIDField(null=True)
    judged_by_name = fields.CharField(max_length=40, default="")
    judged_at = fields.DatetimeField(null=True)
    answer = fields.CharField(max_length=500, default="")
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_appraisal"
        indexes = (("month", "status"), ("author_id", "status"))
