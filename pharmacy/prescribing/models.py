"""Tables of prescribing. FHIR: MedicationRequest (here the whole 处方) and its lines."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from pharmacy.prescribing.states import Status


class Category(StrEnum):
    """The two forms: pieces are never on one prescription with other drugs (处方办法 art. 6)."""

    WESTERN = "western"  # 西药、中成药
    TCM = "tcm"  # 中药饮片 or 配方颗粒


class Preparation(StrEnum):
    """What becomes of pieces."""

    DECOCT = "decoct"  # 代煎
    SELF = "self"  # 自煎
    GRANULES = "granules"


class Agreed(StrEnum):
    """How the patient confirmed more than four weeks at once."""

    PHONE = "phone"
    SAID = "said"  # to the doctor, who took it down


class MedicationRequest(Model):
    """One version of one prescription (处方). A signed version never changes.

    `open` is `subject/author/category` while it is written and null once signed: one draft of a
    form at a time (unique). `revision`, `tab` and `seq` keep windows from overwriting each other,
    as in a note. `typed` is what the form holds; `content` is exactly what was signed, lines and
    all. `subject` names the visit (`Encounter/…`). `number` is what people say aloud.

    `valid_until` is when it may no longer be dispensed: the end of the day of issue, or up to
    three days (处方办法 art. 18). `screening` holds the software's findings at the signature.
    `agreed_*`: who confirmed the use for more than four weeks, when and how.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    document_id = fields.UUIDField()
    version = fields.IntField(default=1)
    number = fields.CharField(max_length=24, null=True, unique=True)
    replaces_id = fields.UUIDField(null=True)
    status = fields.CharEnumField(Status, max_length=12, default=Status.DRAFT)
    category = fields.CharEnumField(Category, max_length=8)
    subject = fields.CharField(max_length=100)
    open = fields.CharField(max_length=160, null=True, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    author_id = fields.UUIDField()
    organization_id = fields.UUIDField()
    department = fields.CharField(max_length=40, default="")
    typed: Any = fields.JSONField(default=dict)
    content: Any = fields.JSONField(default=dict)
    screening: Any = fields.JSONField(default=dict)
    overrides: Any = fields.JSONField(default=dict)
    revision = fields.IntField(default=1)
    tab = fields.CharField(max_length=40, default="")
    seq = fields.BigIntField(default=0)
    saved_at = fields.DatetimeField()
    long_term = fields.BooleanField(default=False)
    preparation = fields.CharEnumField(Preparation, max_length=8, null=True)
    doses = fields.IntField(default=0)
    amount_fen = fields.IntField(default=0)
    signed_at = fields.DatetimeField(null=True)
    signature_id = fields.UUIDField(null=True)
    second_signature_id = fields.UUIDField(null=True)
    confirmed_reason = fields.CharField(max_length=300, default="")
    author_name = fields.CharField(max_length=40, default="")
    author_title = fields.CharField(max_length=20, default="")
    author_organization = fields.CharField(max_length=80, default="")
    check_method = fields.CharField(max_length=20, default="")
    checked_at = fields.DatetimeField(null=True)
    check_device = fields.CharField(max_length=200, default="")
    valid_until = fields.DatetimeField(null=True)
    reviewed_by = fields.UUIDField(null=True)
    reviewed_at = fields.DatetimeField(null=True)
    review_signature_id = fields.UUIDField(null=True)
    agreed_at = fields.DatetimeField(null=True)
    agreed_how = fields.CharEnumField(Agreed, max_length=8, null=True)
    agreed_by = fields.UUIDField(null=True)
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = "pharmacy_medication_request"
        unique_together = (("document_id", "version"),)
        indexes = (
            ("subject", "category"),
            ("patient_id", "signed_at"),
            ("status", "signed_at"),
            ("author_id", "signed_at"),
        )


class PrescribedLine(Model):
    """One drug of a signed version, as it was when it was signed.

    `dose` is what is taken at once in `dose_unit`; `quantity` counts the drug's smallest units and
    is computed. For pieces `dose` is grams in one 剂 and `note` the foot-note (先煎).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    request: Any = fields.ForeignKeyField(
        "pharmacy.MedicationRequest", related_name="lines", on_delete=fields.RESTRICT
    )
    request_id: UUID
    rank = fields.IntField()
    medication: Any = fields.ForeignKeyField(
        "pharmacy.Medication", related_name=False, on_delete=fields.RESTRICT
    )
    medication_id: UUID
    name = fields.CharField(max_length=80)
    form = fields.CharField(max_length=20)
    strength = fields.CharField(max_length=60)
    unit = fields.CharField(max_length=8)
    dose = fields.DecimalField(max_digits=12, decimal_places=4)
    dose_unit = fields.CharField(max_length=8)
    route = fields.CharField(max_length=20)
    frequency = fields.CharField(max_length=12, default="")
    days = fields.IntField(default=0)
    quantity = fields.IntField()
    price_fen = fields.IntField()
    amount_fen = fields.IntField()
    note = fields.CharField(max_length=60, default="")

    class Meta:
        table = "pharmacy_prescribed_line"
        unique_together = (("request_id", "rank"),)


class PrescriptionTemplate(Model):
    """A prescription to begin from: one's own, or a department's (`owner_id` null)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    owner_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField()
    department = fields.CharField(max_length=40, default="")
    category = fields.CharEnumField(Category, max_length=8)
    title = fields.CharField(max_length=40)
    content: Any = fields.JSONField(default=dict)
    made_by = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_prescription_template"
        indexes = (("owner_id", "created_at"), ("organization_id", "department"))
