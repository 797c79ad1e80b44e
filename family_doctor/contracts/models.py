"""The table of contracts. FHIR: Contract; while it is in force, EpisodeOfCare."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.contracts.states import Status


class Channel(StrEnum):
    """Where the resident asked for it."""

    PHONE = "phone"
    DESK = "desk"


class SignedBy(StrEnum):
    """How the resident's side signed: a code sent to the patient's number, or at the desk."""

    CODE = "code"
    DESK = "desk"


class EndedBy(StrEnum):
    """Who brought it to its end."""

    RESIDENT = "resident"
    TEAM = "team"
    HOUSE = "house"


class Contract(Model):
    """One resident with one team for a term of years.

    `pending_for` is the patient while it is on its way, `active_for` while it is in force, both
    unique and null otherwise: one team at a time, and the next one may be prepared meanwhile.
    `follows` is the contract that this one renews or replaces. `content` is what both sign, fixed
    at the review, and `content_sha256` its canonical hash. `begun_at` and `ended_at` bound the
    time in which the team looks after the resident, `expires_at` the waiting before it.
    `relation` and `signed_relation` are what the one who asked and who signed is to the patient.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    number = fields.CharField(max_length=20, unique=True)
    status = fields.CharEnumField(Status, max_length=12, default=Status.APPLIED)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    team: Any = fields.ForeignKeyField(
        "family_doctor.CareTeam", related_name=False, on_delete=fields.RESTRICT
    )
    team_id: UUID
    doctor: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    doctor_id: UUID | None
    pending_for = fields.UUIDField(null=True, unique=True)
    active_for = fields.UUIDField(null=True, unique=True)
    follows: Any = fields.ForeignKeyField(
        "family_doctor.Contract", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    follows_id: UUID | None

    channel = fields.CharEnumField(Channel, max_length=8)
    asked_at = fields.DatetimeField()
    asked_by = fields.UUIDField()
    relation = fields.CharField(max_length=12, default="")
    text_version = fields.CharField(max_length=20)
    text_sha256 = fields.CharField(max_length=64)
    expires_at: datetime = fields.DatetimeField()

    content: Any = fields.JSONField(null=True)
    content_sha256 = fields.CharField(max_length=64, default="")
    reviewed_at = fields.DatetimeField(null=True)
    reviewed_by = fields.UUIDField(null=True)
    answer = fields.CharField(max_length=300, default="")
    doctor_signed_at = fields.DatetimeField(null=True)
    resident_signed_at = fields.DatetimeField(null=True)
    signed_by = fields.UUIDField(null=True)
    signed_how = fields.CharEnumField(SignedBy, max_length=8, null=True)
    signed_relation = fields.CharField(max_length=12, default="")

    years = fields.SmallIntField()
    price_fen = fields.IntField(default=0)
    insurer_fen = fields.IntField(default=0)
    paid_at = fields.DatetimeField(null=True)
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    begun_at: datetime | None = fields.DatetimeField(null=True)
    ended_at: datetime | None = fields.DatetimeField(null=True)
    ended_by = fields.CharEnumField(EndedBy, max_length=10, null=True)
    end_reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = "family_contract"
        indexes = (
            ("team_id", "status"),
            ("doctor_id", "status"),
            ("patient_id", "begun_at"),
            ("status", "ends_on"),
        )


class ContractCode(Model):
    """The code last sent to sign with. Only its MAC, which binds the content, is kept."""

    contract_id: UUID
    contract: Any = fields.OneToOneField(
        "family_doctor.Contract", related_name=False, on_delete=fields.CASCADE, primary_key=True
    )
    mac = fields.CharField(max_length=64)
    sent_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    failures = fields.IntField(default=0)
    day = fields.DateField()
    sent_that_day = fields.IntField(default=1)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "family_contract_code"
