"""Tables of seals. FHIR has none: a seal is a strip of paper with a number."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Seal(Model):
    """One seal on one bag. Its number is used once (unique) and stays with the bag as its name.

    `whole` is the dispense's id while the seal is whole, and null once it has been opened: a bag
    carries one at a time (unique).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    number = fields.CharField(max_length=24, unique=True)
    dispense: Any = fields.ForeignKeyField(
        "pharmacy.MedicationDispense", related_name="seals", on_delete=fields.RESTRICT
    )
    dispense_id: UUID
    whole = fields.CharField(max_length=36, null=True, unique=True)
    photo: Any = fields.ForeignKeyField(
        "core.Blob", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    photo_id: UUID | None
    sealed_by = fields.UUIDField()
    sealed_by_name = fields.CharField(max_length=40)
    sealed_at = fields.DatetimeField()
    opened_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_seal"
        indexes = (("dispense_id", "sealed_at"),)
