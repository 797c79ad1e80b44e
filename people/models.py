"""Tables of `people`, with the FHIR names where FHIR has one."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField


class Tier(StrEnum):
    """The three levels of a county's care."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    COUNTY = "county"


class Licence(StrEnum):
    """What somebody is registered as (国家电子化注册)."""

    PHYSICIAN = "physician"
    ASSISTANT_PHYSICIAN = "assistant_physician"
    VILLAGE_DOCTOR = "village_doctor"
    PHARMACIST = "pharmacist"
    NURSE = "nurse"
    NONE = "none"


class IdentifierKind(StrEnum):
    """Documents a patient may be known by."""

    ID_CARD = "id_card"
    RESIDENCE_PERMIT = "residence_permit"
    FOREIGN_RESIDENCE = "foreign_residence"
    PASSPORT = "passport"
    HK_MACAU_PERMIT = "hk_macau_permit"
    TAIWAN_PERMIT = "taiwan_permit"
    BIRTH_CERTIFICATE = "birth_certificate"
    HOUSEHOLD_BOOK = "household_book"


class Sex(StrEnum):
    """FHIR administrative-gender."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class Organization(Model):
    """A hospital, health centre or village clinic of the county, or an office that cares for none.

    Latitude and longitude are WGS 84 degrees.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=30, unique=True)
    name = fields.CharField(max_length=80)
    short_name = fields.CharField(max_length=20)
    tier = fields.CharEnumField(Tier, max_length=12)
    parent_id: UUID | None
    parent: Any = fields.ForeignKeyField(
        "people.Organization", related_name="children", null=True, on_delete=fields.RESTRICT
    )
    phone = fields.CharField(max_length=20, default="")
    address = fields.CharField(max_length=120, default="")
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    provides_care = fields.BooleanField(default=True)

    class Meta:
        table = "people_organization"


class Practitioner(Model):
    """A member of staff as a professional."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=40)
    title = fields.CharField(max_length=20, default="")
    licence = fields.CharEnumField(Licence, max_length=24, default=Licence.NONE)
    licence_number = fields.CharField(max_length=40, default="")
    practising_since = fields.DateField(null=True)
    specialty = fields.CharField(max_length=30, default="")
    organization_id: UUID
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name="practitioners", on_delete=fields.RESTRICT
    )
    active = fields.BooleanField(default=True)

    class Meta:
        table = "people_practitioner"


class Account(Model):
    """How a practitioner signs in. `roles` is a list of `Role` values.

    `totp_new_secret` waits for its first right code, then it becomes `totp_secret`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    username = fields.CharField(max_length=40, unique=True)
    password_hash = fields.CharField(max_length=200)
    practitioner_id: UUID
    practitioner: Any = fields.OneToOneField(
        "people.Practitioner", related_name="account", on_delete=fields.RESTRICT
    )
    roles: Any = fields.JSONField(default=list)
    must_change_password = fields.BooleanField(default=False)
    totp_secret = SealedField(null=True)
    totp_new_secret = SealedField(null=True)
    totp_last_step = fields.BigIntField(default=0)
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "people_account"


class Session(Model):
    """One sign-in of one account on one browser. The cookie's token is stored only as a hash."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    token_hash = fields.CharField(max_length=64, unique=True)
    account_id: UUID
    account: Any = fields.ForeignKeyField(
        "people.Account", related_name="sessions", on_delete=fields.CASCADE
    )
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    second_factor_at = fields.DatetimeField(null=True)
    reauthenticated_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    address = fields.CharField(max_length=45, default="")
    device = fields.CharField(max_length=200, default="")

    class Meta:
        table = "people_session"


class SignInThrottle(Model):
    """Wrong attempts in a row. `key` is a MAC of what is counted, so it names nobody."""

    key = fields.CharField(max_length=64, primary_key=True)
    failures = fields.IntField(default=0)
    last_at = fields.DatetimeField()
    blocked_until = fields.DatetimeField(null=True)

    class Meta:
        table = "people_sign_in_throttle"


class Patient(Model):
    """A resident. Phone and documents are sealed and found again by blind index.

    `deceased_on` says what `people.deaths` has on record, and is written there alone.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=60, db_index=True)
    sex = fields.CharEnumField(Sex, max_length=8)
    birth_date = fields.DateField(db_index=True)
    phone = SealedField(null=True)
    phone_index = fields.CharField(max_length=64, null=True, db_index=True)
    village = fields.CharField(max_length=60, default="")
    address = SealedField(null=True)
    guardian_name = fields.CharField(max_length=60, default="")
    guardian_relation = fields.CharField(max_length=20, default="")
    managing_organization_id: UUID
    managing_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name="patients", on_delete=fields.RESTRICT
    )
    created_at = fields.DatetimeField()
    created_by = fields.UUIDField()
    deceased_on: date | None = fields.DateField(null=True)
    identifiers: fields.ReverseRelation["PatientIdentifier"]

    class Meta:
        table = "people_patient"
        indexes = (("created_at", "id"),)


class PatientIdentifier(Model):
    """One document of one patient, sealed, unique by kind and blind index."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name="identifiers", on_delete=fields.CASCADE
    )
    kind = fields.CharEnumField(IdentifierKind, max_length=24)
    value = SealedField()
    value_index = fields.CharField(max_length=64)

    class Meta:
        table = "people_patient_identifier"
        unique_together = (("kind", "value_index"),)


class GrantBasis(StrEnum):
    """Why somebody outside the managing organization may open a record."""

    CONSULTATION = "consultation"
    VISIT = "visit"
    REFERRAL = "referral"
    PRESENTED = "presented"
    EMERGENCY = "emergency"
    PRESCRIPTION = "prescription"
    TEAM = "team"


class RecordGrant(Model):
    """Leave for one practitioner or one organization to open one patient's record.

    `subject` is what the grant came from (`Consultation/<id>`). `until` None: until revoked.
    With a `department` (a specialty) it is for those of the organization who work in it now.
    With a `team_id` instead it is for those who belong to that team now.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name="grants", on_delete=fields.CASCADE
    )
    practitioner_id = fields.UUIDField(null=True, db_index=True)
    organization_id = fields.UUIDField(null=True, db_index=True)
    department = fields.CharField(max_length=30, default="")
    team_id = fields.UUIDField(null=True)
    basis = fields.CharEnumField(GrantBasis, max_length=20)
    subject = fields.CharField(max_length=100, db_index=True)
    reason = fields.CharField(max_length=300, default="")
    granted_by = fields.UUIDField()
    granted_at = fields.DatetimeField()
    until = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_record_grant"
        indexes = (("team_id",),)


class ReviewVerdict(StrEnum):
    """What the privacy officer found about an emergency opening."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"


class EmergencyReview(Model):
    """The one look back at an emergency opening. A verdict is not taken back."""

    grant_id: UUID
    grant: Any = fields.OneToOneField(
        "people.RecordGrant",
        related_name="review",
        on_delete=fields.RESTRICT,
        primary_key=True,
    )
    verdict = fields.CharEnumField(ReviewVerdict, max_length=12)
    note = fields.CharField(max_length=300)
    reviewed_by = fields.UUIDField()
    reviewed_at = fields.DatetimeField()

    class Meta:
        table = "people_emergency_review"
