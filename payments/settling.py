"""Money came: by whichever way we hear of it first, exactly one thing follows."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

import structlog

from core import clock, db
from core.audit import SYSTEM, audit
from core.outbox import record
from core.states import advance
from payments import differences, refunding, rules
from payments.events import PaymentClosed, PaymentRejected, PaymentSettled
from payments.models import Fault, Payment, Side, Source
from payments.states import PAYMENT, Status
from wechat.pay.schemas import Transaction

log = structlog.get_logger(__name__)

AUTOMATIC: Final = "automatic"
WORDS: Final = {
    "misfit": "付款金额与订单不符,原路退回",
    "settle_late": "订单关闭后才付款,原路退回",
}


def subject_of(payment: Payment) -> str:
    """How audit names it."""
    return f"Payment/{payment.id}"


def ids(payment: Payment) -> dict[str, str]:
    """What every event of a payment names."""
    return {
        "payment_id": str(payment.id),
        "subject": payment.subject,
        "patient_id": str(payment.patient_id),
    }


async def take_over(found: Transaction, source: Source) -> Payment | None:
    """WeChat says that an order is paid. None when the order is not ours or has no amount."""
    if not found.trade_state.is_paid or found.amount_fen is None:
        return await Payment.get_or_none(out_trade_no=found.out_trade_no)
    return await settle(
        found.out_trade_no,
        settled_fen=found.amount_fen,
        transaction_id=found.transaction_id,
        paid_at=found.success_time,
        source=source,
    )


async def settle(
    out_trade_no: str,
    *,
    settled_fen: int,
    transaction_id: str,
    paid_at: datetime | None,
    source: Source,
) -> Payment | None:
    """Write down that money came for one of our orders; a repeat changes nothing.

    The right amount in time: `PaymentSettled`. Another amount, or after the order was closed:
    it goes back by itself. None when there is no such order.
    """
    async with db.atomic():
        row = await Payment.select_for_update().get_or_none(out_trade_no=out_trade_no)
        if row is None:
            log.warning("payment_unknown", source=source.value)
            return None
        action = rules.action_for(row.status, ordered_fen=row.amount_fen, settled_fen=settled_fen)
        if settled_fen != row.amount_fen:
            await differences.note(
                Side.PAYMENT,
                Fault.AMOUNT,
                row.out_trade_no,
                ours_fen=row.amount_fen,
                wechat_fen=settled_fen,
            )
        if action is not None:
            moment = clock.now()
            await advance(
                row,
                PAYMENT,
                action,
                settled_fen=settled_fen,
                transaction_id=transaction_id,
                paid_at=paid_at or moment,
                settled_at=moment,
                settled_by=source,
                openid="",
                due_at=None,
            )
            await audit(SYSTEM, f"payment.{action}", subject_of(row), patient_id=row.patient_id)
            await _follow[action](row, action)
    return row


async def _accept(row: Payment, action: str) -> None:
    paid_at = (row.paid_at or clock.now()).isoformat()
    event = PaymentSettled(**ids(row), amount_fen=row.amount_fen, paid_at=paid_at)
    await record(event, subject=row.subject)


async def _send_back(row: Payment, action: str) -> None:
    fen = row.settled_fen or 0
    await refunding.promise(SYSTEM, row, amount_fen=fen, reason=WORDS[action], key=AUTOMATIC)
    event = PaymentRejected(**ids(row), settled_fen=fen, why=row.status.value)
    await record(event, subject=row.subject)


_follow: Final[dict[str, Callable[[Payment, str], Awaitable[None]]]] = {
    "settle": _accept,
    "misfit": _send_back,
    "settle_late": _send_back,
}


async def shut(payment: Payment) -> Payment:
    """Nobody can pay this order any more; when it was paid meanwhile, that stays."""
    async with db.atomic():
        row = await Payment.select_for_update().get(id=payment.id)
        if row.status is Status.ORDERED:
            moment = clock.now()
            await advance(row, PAYMENT, "close", closed_at=moment, openid="", due_at=None)
            await audit(SYSTEM, "payment.close", subject_of(row), patient_id=row.patient_id)
            await record(PaymentClosed(**ids(row)), subject=row.subject)
    return row
