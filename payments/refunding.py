"""Money goes back: the row first, WeChat afterwards, a person when WeChat cannot."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

import structlog
from tortoise.expressions import F

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, Invalid, NotFound
from core.outbox import record
from core.states import advance
from payments import differences, rules
from payments.events import RefundFailed, RefundSettled
from payments.models import Fault, Payment, Refund, Side
from payments.states import REFUND, RefundStatus, Status
from people.actor import Actor
from wechat.pay import schemas as pay

log = structlog.get_logger(__name__)

ABNORMAL: Final = "abnormal"
CLOSED: Final = "closed"
OTHER_AMOUNT: Final = "other_amount"
SENDABLE: Final = (RefundStatus.REQUESTED, RefundStatus.PROCESSING)


async def refund(who: Who, subject: str, *, amount_fen: int, reason: str, key: str) -> None:
    """Give back all or part of what was paid for `subject`; the same `key` gives back once.

    `reason` is what the payer reads: no names, no diagnosis. Raises Conflict when nothing was
    paid or it is too much, Invalid when the key was used for another amount.
    """
    async with db.atomic():
        payment = await Payment.select_for_update().get_or_none(subject=subject, status=Status.PAID)
        if payment is None:
            raise Conflict("nothing_paid", "这笔订单没有收到钱,不用退。")
        await promise(who, payment, amount_fen=amount_fen, reason=reason, key=key)


async def promise(who: Who, payment: Payment, *, amount_fen: int, reason: str, key: str) -> Refund:
    """Write the refund down, in the transaction of the caller, who holds the payment's lock."""
    known = await Refund.filter(payment_id=payment.id)
    if same := next((row for row in known if row.key == key), None):
        if same.amount_fen != amount_fen:
            raise Invalid("idempotency_key_reused", "这个退款编号已经用过,请刷新页面再试。")
        return same
    refusal = rules.why_not_refund(
        payment.status,
        settled_fen=payment.settled_fen or 0,
        promised_fen=sum(row.amount_fen for row in known),
        count=len(known),
        amount_fen=amount_fen,
        paid_at=payment.paid_at,
        moment=clock.now(),
    )
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    moment = clock.now()
    row = await Refund.create(
        id=uuid4(),
        payment_id=payment.id,
        key=key,
        number=f"{payment.out_trade_no}-R{len(known) + 1}",
        amount_fen=amount_fen,
        reason=reason,
        requested_at=moment,
        requested_by_name=who.name,
        due_at=moment,
    )
    await audit(
        who, "payment.refund", f"Payment/{payment.id}", patient_id=payment.patient_id, reason=reason
    )
    return row


async def heard(found: pay.Refund) -> Refund | None:
    """WeChat says how a refund stands: by its answer, by notice, by query. None: not ours."""
    async with db.atomic():
        row = await Refund.select_for_update().get_or_none(number=found.out_refund_no)
        if row is None:
            log.warning("refund_unknown")
            return None
        if found.refund_fen != row.amount_fen:
            await differences.note(
                Side.REFUND,
                Fault.AMOUNT,
                row.number,
                ours_fen=row.amount_fen,
                wechat_fen=found.refund_fen,
            )
            if row.status in SENDABLE:
                await fail(row, OTHER_AMOUNT)
            return row
        await _STEPS[found.status](row, found.success_time)
    return row


async def _succeeded(row: Refund, at: datetime | None) -> None:
    if row.status is RefundStatus.BY_HAND:
        fen = row.amount_fen
        await differences.note(
            Side.REFUND, Fault.AFTER_HAND, row.number, ours_fen=fen, wechat_fen=fen
        )
    elif row.status is not RefundStatus.SETTLED:
        await returned(SYSTEM, row, "settle", settled_at=at or clock.now())


async def returned(who: Who, row: Refund, action: str, **changes: object) -> None:
    """The money is back with the payer. In the transaction of the caller."""
    moment = clock.now()
    values = {"settled_at": moment, "settled_by_name": who.name, "sent_at": row.sent_at or moment}
    await advance(row, REFUND, action, due_at=None, failure="", **(values | changes))
    same = Payment.filter(id=row.payment_id)
    await same.update(refunded_fen=F("refunded_fen") + row.amount_fen)
    payment = await Payment.get(id=row.payment_id)
    about = f"Payment/{payment.id}"
    await audit(who, f"refund.{action}", about, patient_id=payment.patient_id, reason=row.note)
    event = RefundSettled(
        payment_id=str(payment.id),
        subject=payment.subject,
        patient_id=str(payment.patient_id),
        refund_id=str(row.id),
        refund_fen=row.amount_fen,
        refunded_fen=payment.refunded_fen,
    )
    await record(event, subject=payment.subject)


async def _under_way(row: Refund, at: datetime | None) -> None:
    moment = clock.now()
    due = moment + rules.wait(rules.REFUND_LOOKS_S, row.looks)
    if row.status is RefundStatus.REQUESTED:
        await advance(row, REFUND, "send", sent_at=moment, due_at=due, looks=1, failure="")
    elif row.status is RefundStatus.PROCESSING:
        await Refund.filter(id=row.id).update(due_at=due, looks=row.looks + 1)


async def _refused_by_bank(row: Refund, at: datetime | None) -> None:
    """ABNORMAL: the money waits at WeChat; only a person can send it elsewhere."""
    if row.status in SENDABLE:
        await fail(row, ABNORMAL, sent_at=row.sent_at or clock.now())
    elif row.status is RefundStatus.STUCK:
        await Refund.filter(id=row.id).update(due_at=clock.now() + rules.STUCK_LOOKS)


async def _closed(row: Refund, at: datetime | None) -> None:
    """CLOSED: the money is with us again; another number makes another try."""
    if row.status is RefundStatus.STUCK:
        await Refund.filter(id=row.id).update(due_at=None, failure=CLOSED)
    if row.status not in SENDABLE:
        return
    if row.attempt >= rules.REFUND_TRIES:
        await fail(row, CLOSED)
        return
    pause = rules.wait(rules.REFUSED_S, row.attempt - 1)
    await again(row, due_at=clock.now() + pause, failure=CLOSED)


async def again(row: Refund, *, due_at: datetime, failure: str) -> None:
    """Try once more under a new number."""
    attempt = row.attempt + 1
    base = row.number.partition("*")[0]
    await advance(
        row,
        REFUND,
        "repeat",
        attempt=attempt,
        number=f"{base}*{attempt}",
        sent_at=None,
        due_at=due_at,
        looks=0,
        failure=failure,
    )


async def fail(row: Refund, why: str, **changes: object) -> None:
    """It does not go on by itself: a person must look. In the transaction of the caller."""
    later = clock.now() + rules.STUCK_LOOKS if why == ABNORMAL else None
    await advance(row, REFUND, "fail", failure=why[:40], due_at=later, **changes)
    payment = await Payment.get(id=row.payment_id)
    about = f"Payment/{payment.id}"
    await audit(SYSTEM, "refund.fail", about, patient_id=payment.patient_id, outcome="failure")
    event = RefundFailed(
        payment_id=str(payment.id),
        subject=payment.subject,
        patient_id=str(payment.patient_id),
        refund_id=str(row.id),
        refund_fen=row.amount_fen,
        why=why[:40],
    )
    await record(event, subject=payment.subject)


_STEPS: Final = {
    pay.RefundStatus.SUCCESS: _succeeded,
    pay.RefundStatus.PROCESSING: _under_way,
    pay.RefundStatus.ABNORMAL: _refused_by_bank,
    pay.RefundStatus.CLOSED: _closed,
}


async def refused(row: Refund, why: str) -> None:
    """WeChat did not take the request: later again a few times, then a person."""
    async with db.atomic():
        row = await Refund.select_for_update().get(id=row.id)
        if row.status is not RefundStatus.REQUESTED:
            return
        if why in rules.HOPELESS or row.looks + 1 >= rules.REFUSALS:
            await fail(row, why)
            return
        later = clock.now() + rules.wait(rules.REFUSED_S, row.looks)
        changes = {"due_at": later, "looks": row.looks + 1, "failure": why[:40]}
        await Refund.filter(id=row.id, status=row.status).update(**changes)


async def retry(actor: Actor, refund_id: UUID) -> Refund:
    """A person lets a stuck refund be tried again. Raises NotFound, Conflict."""
    actor.require(*differences.KEEPERS)
    async with db.atomic():
        row = await _stuck(refund_id)
        if row.failure == CLOSED:
            await again(row, due_at=clock.now(), failure="")
        else:
            await advance(row, REFUND, "repeat", due_at=clock.now(), looks=0, failure="")
        await _audit_hand(actor, row, "refund.retry", "")
    return row


async def settle_by_hand(actor: Actor, refund_id: UUID, note: str) -> Refund:
    """A person has paid it back another way, and says how. Raises NotFound, Conflict."""
    actor.require(*differences.KEEPERS)
    async with db.atomic():
        row = await _stuck(refund_id)
        row.note = note
        await returned(actor, row, "settle_by_hand", note=note, sent_at=row.sent_at)
    return row


async def _stuck(refund_id: UUID) -> Refund:
    row = await Refund.select_for_update().get_or_none(id=refund_id)
    if row is None:
        raise NotFound("not_found", "没有这笔退款。")
    payment = await Payment.select_for_update().get(id=row.payment_id)
    row.payment = payment
    return row


async def _audit_hand(actor: Actor, row: Refund, action: str, reason: str) -> None:
    await audit(
        actor,
        action,
        f"Payment/{row.payment_id}",
        patient_id=row.payment.patient_id,
        reason=reason,
    )
