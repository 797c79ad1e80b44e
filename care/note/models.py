"""Tables of notes. FHIR: Composition (the note), Condition (its diagnoses)."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Composition(Model):
    """One version of one note. A signed version never changes, an addendum is the next one.

    `open` is `subject/author` while it is written and null once signed: one draft at a time
    (unique). `revision` counts what was kept of the draft; `tab` and `seq` say which window kept it
    and in which turn. `content` holds what was typed, and after the signature what was signed.
    The identity check before the signature (监管细则) is kept with it: how, when, on what device.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    document_id = fields.UUIDField()
    version = fields.IntField()
    subject = fields.CharField(max_length=100)
    open = fields.CharField(max_length=150, null=True, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    author_id = fields.UUIDField()
    corrects_id = fields.UUIDField(null=True)
    correction_reason = fields.CharField(max_length=300, default="")
    content: Any = fields.JSONField(default=dict)
    revision = fields.IntField(default=1)
    tab = fields.CharField(max_length=40, default="")
    seq = fields.BigIntField(default=0)
    saved_at = fields.DatetimeField()
    signed_at = fields.DatetimeField(null=True)
    signature_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=40, default="")
    author_title = fields.CharField(max_length=20, default="")
    author_organization = fields.CharField(max_length=80, default="")
    check_method = fields.CharField(max_length=20, default="")
    checked_at = fields.DatetimeField(null=True)
    check_device = fields.CharField(max_length=200, default="")

    class Meta:
        table = "care_composition"
        unique_together = (("document_id", "version"),)
        indexes = (("subject", "version"), ("patient_id", "author_id", "signed_at"))


class NoteDiagnosis(Model):
    """One diagnosis of a signed version, the first is the main one (FHIR encounter-diagnosis).

    `replaced_at` is when an addendum's diagnoses took its place, null while it counts.
    Never evidence for another online visit: that takes a physical institution (诊疗办法 art. 16).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    composition: Any = fields.ForeignKeyField(
        "care.Composition", related_name="diagnoses", on_delete=fields.RESTRICT
    )
    composition_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    rank = fields.IntField()
    icd10 = fields.CharField(max_length=20, default="")
    name = fields.CharField(max_length=80)
    recorded_at = fields.DatetimeField()
    replaced_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_note_diagnosis"
        unique_together = (("composition_id", "rank"),)
        indexes = (("patient_id", "icd10"), ("patient_id", "recorded_at"))


class NoteTemplate(Model):
    """A note to begin from (常用模板): one's own, or a department's (`owner_id` null)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    owner_id = fields.UUIDField(null=True)
    organization_id = fields.UUIDField()
    department = fields.CharField(max_length=40, default="")
    title = fields.CharField(max_length=40)
    content: Any = fields.JSONField(default=dict)
    made_by = fields.UUIDField()
    created_at = fields.DatetimeField()

    class Meta:
        table = "care_note_template"
        indexes = (("owner_id", "created_at"), ("organization_id", "department"))
