"""What a village clinic found when it checked a batch against its list."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Kind(StrEnum):
    """What was not as the list said."""

    MISSING = "missing"
    OPENED = "opened"
    BROKEN = "broken"
    EXTRA = "extra"


class BatchFinding(Model):
    """One thing that was not as the hand-over list said. Open until the pharmacy has cleared it up.

    `parcel` is null for a bag that is not on the list and that nobody here knows. `key` makes a
    repeat harmless.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    batch: Any = fields.ForeignKeyField(
        "pharmacy.Batch", related_name="findings", on_delete=fields.RESTRICT
    )
    batch_id: UUID
    parcel: Any = fields.ForeignKeyField(
        "pharmacy.Parcel", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    parcel_id: UUID | None
    kind = fields.CharEnumField(Kind, max_length=8)
    key = fields.CharField(max_length=40)
    note = fields.CharField(max_length=200, default="")
    found_by_name = fields.CharField(max_length=40)
    found_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)
    settled_by_name = fields.CharField(max_length=40, default="")
    settled_note = fields.CharField(max_length=200, default="")

    class Meta:
        table = "pharmacy_batch_finding"
        unique_together = (("batch_id", "kind", "key"),)
        indexes = (("batch_id", "settled_at"),)
