"""Tables of orders. FHIR has no order of one's own drugs with its price."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core.crypto import SealedField
from pharmacy.orders.states import OrderStatus as Status


class Way(StrEnum):
    """How the drugs come to the patient."""

    PICK_UP = "pick_up"  # fetched at the pharmacy
    VILLAGE = "village"  # with the batch to a village clinic, fetched there
    DOOR = "door"  # to an address, by courier or the hospital's own driver


class Paid(StrEnum):
    """How it was paid."""

    PENDING = "pending"
    ONLINE = "online"
    CASH = "cash"
    FREE = "free"


class MedicationOrder(Model):
    """One order of one approved prescription at one pharmacy.

    `open` is the prescription's id while the order lives or has been handed out, and null once it
    has ended otherwise: a prescription is used once (unique). The three prices are what was shown
    before paying, `refund_fen` what is owed back in all. `account_id` is the resident's account
    that ordered, null for an order made at the counter.

    `clinic_id` is the village clinic of `way` village. Who is to receive it and where is a sealed
    snapshot of the address as it was chosen. `keep_until` is how long a parcel that came back
    waits at the pharmacy.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.PAY_PENDING)
    request: Any = fields.ForeignKeyField(
        "pharmacy.MedicationRequest", related_name=False, on_delete=fields.RESTRICT
    )
    request_id: UUID
    open = fields.CharField(max_length=36, null=True, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    pharmacy: Any = fields.ForeignKeyField(
        "pharmacy.Pharmacy", related_name=False, on_delete=fields.RESTRICT
    )
    pharmacy_id: UUID
    organization_id = fields.UUIDField()
    way = fields.CharEnumField(Way, max_length=10, default=Way.PICK_UP)
    clinic_id = fields.UUIDField(null=True)
    recipient_name = SealedField(null=True)
    recipient_phone = SealedField(null=True)
    address = SealedField(null=True)
    drugs_fen = fields.IntField()
    delivery_fen = fields.IntField(default=0)
    decoction_fen = fields.IntField(default=0)
    amount_fen = fields.IntField()
    payment = fields.CharEnumField(Paid, max_length=8, default=Paid.PENDING)
    account_id = fields.UUIDField(null=True)
    made_by = fields.UUIDField()
    created_at = fields.DatetimeField()
    pay_by = fields.DatetimeField()
    paid_at = fields.DatetimeField(null=True)
    begun_at = fields.DatetimeField(null=True)
    ready_at = fields.DatetimeField(null=True)
    shipped_at = fields.DatetimeField(null=True)
    keep_until = fields.DatetimeField(null=True)
    handed_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=200, default="")
    refund_fen = fields.IntField(default=0)
    refunded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_order"
        indexes = (
            ("request_id", "created_at"),
            ("patient_id", "created_at"),
            ("status", "pay_by"),
            ("pharmacy_id", "status"),
        )


class TroubleKind(StrEnum):
    """What a resident says is wrong with what should have come."""

    MISSING = "missing"  # it says delivered, and nothing is here
    BROKEN = "broken"
    WRONG = "wrong"  # another drug than prescribed, or another amount
    OTHER = "other"


class Trouble(Model):
    """What a resident reported about an order, for the pharmacy to settle. `open` is the order's
    id until then (unique: one at a time)."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    order: Any = fields.ForeignKeyField(
        "pharmacy.MedicationOrder", related_name=False, on_delete=fields.RESTRICT
    )
    order_id: UUID
    open = fields.CharField(max_length=36, null=True, unique=True)
    organization_id = fields.UUIDField()
    kind = fields.CharEnumField(TroubleKind, max_length=8)
    text = fields.CharField(max_length=300, default="")
    account_id = fields.UUIDField()
    raised_at = fields.DatetimeField()
    answer = fields.CharField(max_length=200, default="")
    settled_by_name = fields.CharField(max_length=40, default="")
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "pharmacy_order_trouble"
        indexes = (("organization_id", "settled_at"), ("order_id", "raised_at"))


class OrderCash(Model):
    """Cash for an order, taken (`fee`) or given back (`refund`), by whom and where."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    order: Any = fields.ForeignKeyField(
        "pharmacy.MedicationOrder", related_name=False, on_delete=fields.RESTRICT
    )
    order_id: UUID
    kind = fields.CharField(max_length=8)
    amount_fen = fields.IntField()
    organization_id = fields.UUIDField()
    practitioner_id = fields.UUIDField()
    practitioner_name = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "pharmacy_order_cash"
        unique_together = (("order_id", "kind"),)
        indexes = (("organization_id", "at"),)
