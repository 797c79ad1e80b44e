"""What becomes due by itself. Each thing due is a row with its time, so a restart loses nothing.

A row is leased by moving its `due_at` on with compare-and-swap: of several processes one takes
it, and if that one dies another takes it a minute later.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final, TypeVar

import structlog
from tortoise.models import Model

from core import clock, db
from core.errors import Problem
from payments import daily, orders, refunding, rules
from payments.models import BillDay, Payment, Refund
from payments.states import RefundStatus, Status
from wechat.bindings import WeChat
from wechat.errors import Misconfigured, OrderUnknown, TooFast, Unreachable

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
UNREACHED: Final = timedelta(seconds=30)
BATCH: Final = 50
AT_ONCE: Final = 8
LATER: Final = (Unreachable, TooFast)
M = TypeVar("M", bound=Model)


async def tick(wechat: WeChat) -> None:
    """Orders to ask about or close, refunds to send or ask about, the bill of yesterday."""
    await _all(await _leased(Payment), lambda row: _tend_payment(row, wechat))
    await _all(await _leased(Refund), lambda row: _tend_refund(row, wechat))
    if wechat.configuration.merchant is not None:
        await daily.open_days()
        await _all(await _leased(BillDay), lambda row: _tend_day(row, wechat))


async def _leased(model: type[M]) -> list[M]:
    moment = clock.now()
    due = await model.filter(due_at__lte=moment).order_by("due_at").limit(BATCH)
    taken = []
    for found in due:
        row: Any = found
        mine = model.filter(pk=row.pk, due_at=row.due_at)
        if await mine.update(due_at=moment + LEASE):
            row.due_at = moment + LEASE
            taken.append(found)
    return taken


async def _all(rows: list[M], tend: Callable[[M], Awaitable[None]]) -> None:
    """A few at a time; one that fails does not hold up the others."""
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(row: M) -> None:
        async with turn:
            try:
                await tend(row)
            except Exception:
                log.exception("payment_work_failed", what=type(row).__name__)

    await asyncio.gather(*(one(row) for row in rows))


async def _tend_payment(row: Payment, wechat: WeChat) -> None:
    moment = clock.now()
    over = row.expires_at <= moment or row.withdrawn_at is not None
    try:
        row = await orders.look(row, wechat, close=over)
    except (*LATER, Misconfigured) as problem:
        log.warning("payment_look_failed", why=problem.code)
        await _again(row, rules.wait(rules.AGAIN_S, row.looks))
        return
    if row.status is Status.ORDERED:
        due = rules.next_look(row.expires_at, clock.now(), row.looks + 1)
        await _again(row, due - clock.now())


async def _again(row: Payment | Refund, wait: timedelta) -> None:
    """Look again later, unless it was settled or moved on meanwhile."""
    same: Any = type(row).filter(id=row.id, status=row.status, due_at=row.due_at)
    await same.update(due_at=clock.now() + wait, looks=row.looks + 1)


async def _tend_refund(row: Refund, wechat: WeChat) -> None:
    try:
        if row.status is RefundStatus.REQUESTED:
            await _send(row, wechat)
        else:
            await _ask(row, wechat)
    except LATER as problem:
        log.warning("refund_look_failed", why=problem.code)
        same = Refund.filter(id=row.id, due_at=row.due_at)
        await same.update(due_at=clock.now() + UNREACHED)
    except Problem as problem:
        await refunding.refused(row, problem.code)


async def _send(row: Refund, wechat: WeChat) -> None:
    payment = await Payment.get(id=row.payment_id)
    if payment.status is Status.WRONG_AMOUNT:
        payment = await _true_amount(payment, row, wechat)
    found = await wechat.pay.refund(
        out_refund_no=row.number,
        out_trade_no=payment.out_trade_no,
        refund_fen=row.amount_fen,
        total_fen=payment.settled_fen or 0,
        reason=row.reason,
    )
    await refunding.heard(found)


async def _true_amount(payment: Payment, row: Refund, wechat: WeChat) -> Payment:
    """Two sources named two amounts: what goes back is what WeChat holds now."""
    found = await wechat.pay.query(payment.out_trade_no)
    fen = found.amount_fen
    if found.trade_state.is_paid and fen and fen != payment.settled_fen:
        async with db.atomic():
            await Payment.filter(id=payment.id).update(settled_fen=fen)
            await Refund.filter(id=row.id, sent_at=None).update(amount_fen=fen)
        payment.settled_fen = row.amount_fen = fen
    return payment


async def _ask(row: Refund, wechat: WeChat) -> None:
    try:
        found = await wechat.pay.query_refund(row.number)
    except OrderUnknown:
        await _send(row, wechat)  # under the same number: WeChat carries it out once
        return
    await refunding.heard(found)


async def _tend_day(row: BillDay, wechat: WeChat) -> None:
    try:
        await daily.reconcile(row.day, wechat)
    except Exception as problem:
        why = problem.code if isinstance(problem, Problem) else type(problem).__name__
        log.warning("bill_failed", why=why)
        later = clock.now() + rules.wait(rules.BILL_AGAIN_S, row.looks)
        await BillDay.filter(day=row.day, fetched_at=None).update(
            due_at=later, looks=row.looks + 1, failure=why[:40]
        )
