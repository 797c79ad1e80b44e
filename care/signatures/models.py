"""Keys, certificates and signatures."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField


class CertificateAuthority(Model):
    """A root of the county's own, one row for each algorithm. Its key only issues certificates."""

    id = fields.CharField(primary_key=True, max_length=20, default="county")
    certificate = fields.TextField()
    private_key = SealedField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "care_certificate_authority"


class SigningKey(Model):
    """One practitioner's key pair of one algorithm, with its certificate.

    `serial` is the certificate's, in hex. `active_for` is the practitioner's id, or for a second
    algorithm one made from it (RFC 9562, version 5), so that one key of each is in force.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    practitioner_id = fields.UUIDField(db_index=True)
    active_for = fields.UUIDField(null=True, unique=True)
    algorithm = fields.CharField(max_length=30, default="ECDSA-P256-SHA256")
    serial = fields.CharField(max_length=40, unique=True)
    certificate = fields.TextField()
    private_key = SealedField()
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_signing_key"


class Signature(Model):
    """One person's signature on one version of one document. Never changes."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    kind = fields.CharField(max_length=40)
    document_id = fields.UUIDField()
    version = fields.IntField()
    content_sha256 = fields.CharField(max_length=64)
    algorithm = fields.CharField(max_length=30)
    value = fields.TextField()
    key: Any = fields.ForeignKeyField(
        "care.SigningKey", related_name=False, on_delete=fields.RESTRICT
    )
    key_id: UUID
    certificate_serial = fields.CharField(max_length=40)
    practitioner_id = fields.UUIDField(db_index=True)
    name = fields.CharField(max_length=40)
    title = fields.CharField(max_length=20)
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    signed_at = fields.DatetimeField()

    class Meta:
        table = "care_signature"
        unique_together = (("kind", "document_id", "version", "practitioner_id"),)
