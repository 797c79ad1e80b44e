"""Tables of the decoction room. FHIR: Procedure (a decoction) and its steps."""

from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from pharmacy.decoction.rules import Boil
from pharmacy.decoction.states import Status


class Decoction(Model):
    """One prescription's pieces on their way through the room.

    `number` is on the label that is scanned at each station. `open` is the prescription while
    the decoction lives and null once it is over (unique): one at a time. `dose_g` is what one dose
    should weigh. `special` lists pieces with a foot-note as `(name, foot-note)`. `remake_of` names
    the one that was spoilt.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    number = fields.CharField(max_length=40, unique=True)
    status = fields.CharEnumField(Status, max_length=16, default=Status.RECEIVED)
    open = fields.UUIDField(null=True, unique=True)
    request: Any = fields.ForeignKeyField(
        "pharmacy.MedicationRequest", related_name=False, on_delete=fields.RESTRICT
    )
    request_id: UUID
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    organization_id = fields.UUIDField()
    doses = fields.IntField()
    dose_g = fields.DecimalField(max_digits=8, decimal_places=2)
    special: Any = fields.JSONField(default=list)
    child = fields.BooleanField(default=False)
    boil = fields.CharEnumField(Boil, max_length=10, default=Boil.ORDINARY)
    urgent = fields.BooleanField(default=False)
    remake_of = fields.UUIDField(null=True)
    pot = fields.CharField(max_length=20, default="")
    weighed_by = fields.UUIDField(null=True)
    received_at = fields.DatetimeField()
    soak_began_at = fields.DatetimeField(null=True)
    boil_began_at = fields.DatetimeField(null=True)
    added_at = fields.DatetimeField(null=True)
    again_began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_decoction"
        indexes = (("organization_id", "status"), ("request_id",))


class DecoctionStep(Model):
    """Who did what, when, where. Never changed. `entries` holds what was measured."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    decoction: Any = fields.ForeignKeyField(
        "pharmacy.Decoction", related_name="steps", on_delete=fields.RESTRICT
    )
    decoction_id: UUID
    action = fields.CharField(max_length=12)
    at = fields.DatetimeField()
    by = fields.UUIDField(null=True)
    by_name = fields.CharField(max_length=40)
    station = fields.CharField(max_length=20, default="")
    entries: Any = fields.JSONField(default=dict)

    class Meta:
        table = "pharmacy_decoction_step"
        indexes = (("decoction_id", "at"),)
