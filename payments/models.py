"""Tables of `payments`. FHIR has PaymentReconciliation; the rest are our own words."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from payments.states import Clearing, RefundStatus, Status


class Source(StrEnum):
    """What proved that the money came."""

    NOTICE = "notice"
    QUERY = "query"
    BILL = "bill"


class Payment(Model):
    """One order at WeChat Pay, as it was first made: what was ordered is never changed.

    `out_trade_no` is our number for it and says nothing about anybody. `openid` is forgotten as
    soon as nobody can pay any more. `due_at`: when to look again, null when nothing is due.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=12, default=Status.ORDERED)
    subject = fields.CharField(max_length=100)
    out_trade_no = fields.CharField(max_length=32, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    account_id = fields.UUIDField()
    organization_id = fields.UUIDField(null=True)
    openid = fields.CharField(max_length=64)
    description = fields.CharField(max_length=127)
    amount_fen = fields.IntField()
    ordered_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    prepay_id = fields.CharField(max_length=64, default="")
    prepaid_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    looks = fields.IntField(default=0)
    withdrawn_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    transaction_id = fields.CharField(max_length=64, default="")
    settled_fen = fields.IntField(null=True)
    paid_at = fields.DatetimeField(null=True)
    settled_at = fields.DatetimeField(null=True)
    settled_by = fields.CharEnumField(Source, max_length=8, null=True)
    refunded_fen = fields.IntField(default=0)
    billed_on = fields.DateField(null=True)

    refunds: fields.ReverseRelation["Refund"]

    class Meta:
        table = "payments_payment"
        indexes = (("subject", "status"), ("due_at",), ("paid_at",), ("ordered_at",))


class Refund(Model):
    """Money on its way back. `key` makes a repeat harmless, `number` is our name for it at WeChat.

    WeChat carries out one number once. When it closes a refund without paying, the next try needs
    another number, hence `attempt`.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(RefundStatus, max_length=10, default=RefundStatus.REQUESTED)
    payment: Any = fields.ForeignKeyField(
        "payments.Payment", related_name="refunds", on_delete=fields.RESTRICT
    )
    payment_id: UUID
    key = fields.CharField(max_length=100)
    number = fields.CharField(max_length=64, unique=True)
    attempt = fields.IntField(default=1)
    amount_fen = fields.IntField()
    reason = fields.CharField(max_length=80)
    requested_at = fields.DatetimeField()
    requested_by_name = fields.CharField(max_length=60)
    sent_at = fields.DatetimeField(null=True)
    due_at = fields.DatetimeField(null=True)
    looks = fields.IntField(default=0)
    failure = fields.CharField(max_length=40, default="")
    settled_at = fields.DatetimeField(null=True)
    settled_by_name = fields.CharField(max_length=60, default="")
    note = fields.CharField(max_length=300, default="")
    billed_on = fields.DateField(null=True)

    class Meta:
        table = "payments_refund"
        unique_together = (("payment_id", "key"),)
        indexes = (("due_at",), ("status",), ("sent_at",))


class Side(StrEnum):
    """What a difference is about."""

    PAYMENT = "payment"
    REFUND = "refund"


class Fault(StrEnum):
    """missing: only in our books; unknown: only in WeChat's bill; amount: another one; twice: in
    the bill more than once; after_hand: WeChat paid a refund that was paid by hand already."""

    MISSING = "missing"
    UNKNOWN = "unknown"
    AMOUNT = "amount"
    TWICE = "twice"
    AFTER_HAND = "after_hand"


class Difference(Model):
    """One thing in which our books and WeChat's differ, found by a bill or by a notice."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Clearing, max_length=8, default=Clearing.OPEN)
    side = fields.CharEnumField(Side, max_length=8)
    fault = fields.CharEnumField(Fault, max_length=10)
    number = fields.CharField(max_length=64)
    day = fields.DateField()
    ours_fen = fields.IntField(null=True)
    wechat_fen = fields.IntField(null=True)
    found_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    handled_by_name = fields.CharField(max_length=60, default="")
    note = fields.CharField(max_length=300, default="")

    class Meta:
        table = "payments_difference"
        unique_together = (("side", "fault", "number"),)
        indexes = (("status", "day"),)


class BillDay(Model):
    """The reconciliation of one day, done when `fetched_at` is there. Sums are WeChat's."""

    day = fields.DateField(primary_key=True)
    due_at = fields.DatetimeField(null=True)
    looks = fields.IntField(default=0)
    fetched_at = fields.DatetimeField(null=True)
    payments = fields.IntField(default=0)
    paid_fen = fields.BigIntField(default=0)
    refunds = fields.IntField(default=0)
    refunded_fen = fields.BigIntField(default=0)
    failure = fields.CharField(max_length=40, default="")

    class Meta:
        table = "payments_bill_day"
        indexes = (("due_at",),)
