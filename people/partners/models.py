"""The table of partners' credentials."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Scope(StrEnum):
    """What a partner may read, by FHIR resource type."""

    PATIENT = "Patient"
    ENCOUNTER = "Encounter"
    OBSERVATION = "Observation"
    CONDITION = "Condition"
    DOCUMENT = "DocumentReference"
    REPORT = "DiagnosticReport"


class Partner(Model):
    """One credential of one system of one institution. Only the token's hash is kept.

    `scopes` are resource types joined by commas. A new token is a new row; the old one is revoked
    when the system has changed over.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=60)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    scopes = fields.CharField(max_length=120)
    token_hash = fields.CharField(max_length=64, unique=True)
    created_at = fields.DatetimeField()
    created_by = fields.CharField(max_length=60)
    expires_at = fields.DatetimeField()
    seen_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "people_partner"
