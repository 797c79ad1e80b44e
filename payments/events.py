"""What happened to money that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent(Event):
    """Base: which payment, and for what."""

    payment_id: str
    subject: str
    patient_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentSettled(PaymentEvent):
    """The ordered amount came in time."""

    name: ClassVar[str] = "payments.PaymentSettled"
    amount_fen: int
    paid_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentClosed(PaymentEvent):
    """Nobody can pay this order any more; another one for the same subject may follow."""

    name: ClassVar[str] = "payments.PaymentClosed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRejected(PaymentEvent):
    """Money came that counts for nothing (another amount, or too late); it goes back by itself."""

    name: ClassVar[str] = "payments.PaymentRejected"
    settled_fen: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundSettled(PaymentEvent):
    """Money is back with the payer; `refunded_fen` is the sum of all that went back so far."""

    name: ClassVar[str] = "payments.RefundSettled"
    refund_id: str
    refund_fen: int
    refunded_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundFailed(PaymentEvent):
    """A refund cannot go on by itself: somebody must look."""

    name: ClassVar[str] = "payments.RefundFailed"
    refund_id: str
    refund_fen: int
    why: str
