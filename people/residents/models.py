"""Tables of residents' accounts."""

from enum import StrEnum
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField
from core.states import Table


class AccountStatus(StrEnum):
    """closed: the account was deleted; its rows only say that somebody once acted."""

    ACTIVE = "active"
    CLOSED = "closed"


ACCOUNT: Final[Table[AccountStatus]] = {
    (AccountStatus.ACTIVE, "close"): AccountStatus.CLOSED,
}


class ResidentAccount(Model):
    """A WeChat user of the mini program. `phone` is one that WeChat has verified."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    openid = fields.CharField(max_length=64, null=True, unique=True)
    unionid = fields.CharField(max_length=64, null=True)
    status = fields.CharEnumField(AccountStatus, max_length=12, default=AccountStatus.ACTIVE)
    elder_mode = fields.BooleanField(default=False)
    phone = SealedField(null=True)
    phone_index = fields.CharField(max_length=64, null=True, db_index=True)
    created_at = fields.DatetimeField()
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_resident_account"


class ResidentSession(Model):
    """One sign-in on one phone. The bearer token is stored only as a hash."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    token_hash = fields.CharField(max_length=64, unique=True)
    account_id: UUID
    account: Any = fields.ForeignKeyField(
        "people.ResidentAccount", related_name="sessions", on_delete=fields.CASCADE
    )
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")
    device = fields.CharField(max_length=200, default="")

    class Meta:
        table = "people_resident_session"
        indexes = (("account_id", "ended_at"),)


class Relation(StrEnum):
    """Who the patient is to the account's owner. ward: somebody else they look after."""

    SELF = "self"
    CHILD = "child"
    PARENT = "parent"
    SPOUSE = "spouse"
    WARD = "ward"


class Scope(StrEnum):
    """What one may do for a patient."""

    BOOK = "book"
    PAY = "pay"
    VIEW = "view"
    CHAT = "chat"


class BondStatus(StrEnum):
    """pending: asked for, opens nothing until it is proven."""

    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


BOND: Final[Table[BondStatus]] = {
    (BondStatus.PENDING, "prove"): BondStatus.ACTIVE,
    (BondStatus.PENDING, "end"): BondStatus.ENDED,
    (BondStatus.ACTIVE, "come_of_age"): BondStatus.PENDING,
    (BondStatus.ACTIVE, "end"): BondStatus.ENDED,
}


class Proof(StrEnum):
    """Why a bond may be relied on."""

    NONE = "none"
    REAL_NAME = "real_name"
    GUARDIAN = "guardian"
    CODE = "code"
    DESK = "desk"


class EndReason(StrEnum):
    """Why staff end a bond."""

    LOST_PHONE = "lost_phone"
    NOT_WANTED = "not_wanted"
    NOT_FAMILY = "not_family"
    OTHER = "other"


class Bond(Model):
    """One account may act for one patient. `until` None: until somebody ends it.

    `scopes` are words joined by commas. `claimed_phone` is what the account's owner says is the
    patient's number; a code is sent there only when the house knows it to be so
    (`phone_is_theirs`), and nothing shows from outside whether it was. Partial unique indexes of
    the migration: one open bond for an account and a patient, one of an account with its owner.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    account_id: UUID
    account: Any = fields.ForeignKeyField(
        "people.ResidentAccount", related_name="bonds", on_delete=fields.RESTRICT
    )
    patient_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name="bonds", on_delete=fields.RESTRICT
    )
    relation = fields.CharEnumField(Relation, max_length=12)
    status = fields.CharEnumField(BondStatus, max_length=12)
    proof = fields.CharEnumField(Proof, max_length=12, default=Proof.NONE)
    scopes = fields.CharField(max_length=60)
    claimed_phone = SealedField(null=True)
    phone_is_theirs = fields.BooleanField(default=False)
    asked_at = fields.DatetimeField()
    proven_at = fields.DatetimeField(null=True)
    proven_by = fields.UUIDField(null=True)
    until = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)
    end_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "people_bond"
        indexes = (("account_id", "status"), ("patient_id", "status"))


class BondCode(Model):
    """The code last sent to a patient's own phone to prove a bond. Only its MAC is kept."""

    bond_id: UUID
    bond: Any = fields.OneToOneField(
        "people.Bond", related_name="code", on_delete=fields.CASCADE, primary_key=True
    )
    mac = fields.CharField(max_length=64)
    sent_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    failures = fields.IntField(default=0)
    day = fields.DateField()
    sent_that_day = fields.IntField(default=1)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_bond_code"


class DeskCode(Model):
    """Six digits on a resident's phone by which staff at a desk find the account."""

    account_id: UUID
    account: Any = fields.OneToOneField(
        "people.ResidentAccount",
        related_name="desk_code",
        on_delete=fields.CASCADE,
        primary_key=True,
    )
    mac = fields.CharField(max_length=64, unique=True)
    expires_at = fields.DatetimeField()

    class Meta:
        table = "people_desk_code"


class ResidentAddress(Model):
    """Where drugs are to be brought for one patient, in the account's own book.

    Name, phone and the words after the village are sealed. It is forgotten with the account.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    account_id: UUID
    account: Any = fields.ForeignKeyField(
        "people.ResidentAccount", related_name="addresses", on_delete=fields.CASCADE
    )
    patient_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    name = SealedField()
    phone = SealedField()
    township = fields.CharField(max_length=40)
    village = fields.CharField(max_length=40)
    detail = SealedField()
    is_default = fields.BooleanField(default=False)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()

    class Meta:
        table = "people_resident_address"
        indexes = (("account_id", "patient_id"),)


class AgreementChannel(StrEnum):
    """Where somebody agreed."""

    PHONE = "phone"
    DESK = "desk"


class ResidentAgreement(Model):
    """Who agreed to which text, and when. `patient_id` None: for the account itself.

    `relation` is what the one who agreed is to the patient. Rows stay; a withdrawal is a time.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    account_id: UUID
    account: Any = fields.ForeignKeyField(
        "people.ResidentAccount", related_name="agreements", on_delete=fields.RESTRICT
    )
    patient_id: UUID | None
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    kind = fields.CharField(max_length=30)
    version = fields.CharField(max_length=20)
    text_sha256 = fields.CharField(max_length=64)
    relation = fields.CharEnumField(Relation, max_length=12)
    channel = fields.CharEnumField(AgreementChannel, max_length=12)
    agreed_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_resident_agreement"
        indexes = (("account_id", "kind"), ("patient_id", "kind"))
