"""Tables of matching. Nothing of a record is changed by them."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from people.matching.states import LinkStatus


class PatientLink(Model):
    """Two records are one person: new rows go to `survivor`. A record is merged once (index)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(LinkStatus, max_length=8, default=LinkStatus.ACTIVE)
    survivor: Any = fields.ForeignKeyField(
        "people.Patient", related_name="links_in", on_delete=fields.RESTRICT
    )
    survivor_id: UUID
    merged: Any = fields.ForeignKeyField(
        "people.Patient", related_name="links_out", on_delete=fields.RESTRICT
    )
    merged_id: UUID
    reason = fields.CharField(max_length=300)
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()
    undone_reason = fields.CharField(max_length=300, default="")
    undone_by_name = fields.CharField(max_length=60, default="")
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "people_patient_link"
        indexes = (("survivor_id", "status"), ("merged_id", "status"))


class Distinction(Model):
    """Two records that look alike and were found to be two people. `one_id` is the smaller."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    one_id = fields.UUIDField()
    other_id = fields.UUIDField()
    reason = fields.CharField(max_length=300)
    made_by = fields.UUIDField()
    made_by_name = fields.CharField(max_length=60)
    made_at = fields.DatetimeField()

    class Meta:
        table = "people_distinction"
        unique_together = (("one_id", "other_id"),)
