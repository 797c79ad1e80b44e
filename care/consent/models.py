"""The consent table."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.states import Table


class ConsentStatus(StrEnum):
    """active: may be relied on; withdrawn: counts for nothing that begins afterwards."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


CONSENT: Final[Table[ConsentStatus]] = {
    (ConsentStatus.ACTIVE, "withdraw"): ConsentStatus.WITHDRAWN,
}


class Signer(StrEnum):
    """Who agreed: the patient, the guardian (监护人) or a near relative (近亲属)."""

    SELF = "self"
    GUARDIAN = "guardian"
    NEAR_RELATIVE = "near_relative"


class SignatureMethod(StrEnum):
    """How the name came onto the paper."""

    DRAWN = "drawn"
    TYPED = "typed"
    THUMBPRINT = "thumbprint"


class Channel(StrEnum):
    """Where it was signed."""

    CLINIC_SCREEN = "clinic_screen"
    RESIDENT_PHONE = "resident_phone"


class Consent(Model):
    """One signed text. The row never changes except that it may be withdrawn."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    kind = fields.CharField(max_length=30)
    subject = fields.CharField(max_length=100)
    text_version = fields.CharField(max_length=20)
    text_sha256 = fields.CharField(max_length=64)
    fee_fen = fields.IntField()
    signer = fields.CharEnumField(Signer, max_length=16)
    signer_name = fields.CharField(max_length=60)
    relation = fields.CharField(max_length=20, default="")
    unable_reason = fields.CharField(max_length=200, default="")
    method = fields.CharEnumField(SignatureMethod, max_length=12)
    picture: Any = fields.ForeignKeyField(
        "core.Blob", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    picture_id: UUID | None
    channel = fields.CharEnumField(Channel, max_length=16)
    signed_at = fields.DatetimeField()
    explained_by = fields.UUIDField()
    explained_by_name = fields.CharField(max_length=40)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    content_sha256 = fields.CharField(max_length=64)
    status = fields.CharEnumField(ConsentStatus, max_length=12, default=ConsentStatus.ACTIVE)
    withdrawn_at = fields.DatetimeField(null=True)
    withdrawal_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "care_consent"
        indexes = (("patient_id", "kind"), ("subject",))
