"""Reads of payments."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from payments.models import Payment, Refund
from payments.states import LIVE, RETURNED, RefundStatus, Status


@dataclass(frozen=True, slots=True)
class PaymentView:
    """What others may know of a payment. `refund` is empty, refunding, refunded or stuck."""

    id: UUID
    status: Status
    amount_fen: int
    paid_at: datetime | None
    refunding_fen: int
    refunded_fen: int
    refund: str


async def of_subject(subject: str) -> PaymentView | None:
    """The payment that counts for `subject`: the live one, else the last."""
    rows = await Payment.filter(subject=subject).order_by("-ordered_at").prefetch_related("refunds")
    if not rows:
        return None
    row = next((row for row in rows if row.status in LIVE), rows[0])
    refunds = list(row.refunds)
    return PaymentView(
        id=row.id,
        status=row.status,
        amount_fen=row.amount_fen,
        paid_at=row.paid_at,
        refunding_fen=sum(r.amount_fen for r in refunds if r.status not in RETURNED),
        refunded_fen=sum(r.amount_fen for r in refunds if r.status in RETURNED),
        refund=refund_word(refunds),
    )


def refund_word(refunds: list[Refund]) -> str:
    """How the refunds stand, in one word."""
    if not refunds:
        return ""
    if any(row.status is RefundStatus.STUCK for row in refunds):
        return "stuck"
    return "refunded" if all(row.status in RETURNED for row in refunds) else "refunding"
