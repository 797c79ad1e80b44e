"""The archive."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class ArchivedDocument(Model):
    """One organization's original of one version of one document. Never changes.

    The originals of both sides share file, hash and verification code.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    kind = fields.CharField(max_length=40)
    subject_id = fields.UUIDField()
    version = fields.IntField()
    replaces_version = fields.IntField(null=True)
    correction_reason = fields.CharField(max_length=200, default="")
    title = fields.CharField(max_length=80)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    organization_id = fields.UUIDField()
    organization_name = fields.CharField(max_length=80)
    issuer_name = fields.CharField(max_length=80)
    signed_at = fields.DatetimeField()
    code = fields.CharField(max_length=32, db_index=True)
    blob: Any = fields.ForeignKeyField("core.Blob", related_name=False, on_delete=fields.RESTRICT)
    blob_id: UUID
    sha256 = fields.CharField(max_length=64)
    archived_at = fields.DatetimeField()

    class Meta:
        table = "care_archived_document"
        unique_together = (("kind", "subject_id", "version", "organization_id"),)
