"""An order: made, made again, asked about, closed. WeChat is called with no transaction open."""

import secrets
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import Who, audit
from core.clock import SHANGHAI
from core.errors import Conflict, Problem
from payments import rules, settling
from payments.models import Payment, Source
from payments.states import LIVE, Status
from wechat.bindings import WeChat
from wechat.errors import OrderClosed, OrderPaid, OrderTaken, OrderUnknown
from wechat.pay.schemas import TradeState

log = structlog.get_logger(__name__)

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ENDED: Final = frozenset({TradeState.CLOSED, TradeState.REVOKED})
PAID_ALREADY: Final = ("already_paid", "这笔费用已经付过了,不用再付,请刷新看看。")
OVER: Final = ("hold_over", "付款时间已过,没有扣您的钱,请重新预约。")
CHANGED: Final = ("payment_changed", "付款状态刚刚变了,请刷新页面再试。")


async def request_payment(
    who: Who,
    *,
    subject: str,
    openid: str,
    account_id: UUID,
    patient_id: UUID,
    amount_fen: int,
    description: str,
    expires_at: datetime,
    wechat: WeChat,
    organization_id: UUID | None = None,
) -> dict[str, str]:
    """What `wx.requestPayment` takes. The same request again gives the same live order.

    Another payer, another amount or a prepay_id grown old closes the live order and makes a new
    one. Raises Conflict `already_paid`, `hold_over` or `payment_changed`, and WeChat's problems.
    """
    if expires_at <= clock.now():
        raise Conflict(*OVER)
    asked = {
        "subject": subject,
        "openid": openid,
        "account_id": account_id,
        "patient_id": patient_id,
        "amount_fen": amount_fen,
        "description": description[:127],
        "organization_id": organization_id,
    }
    for _ in range(3):
        row = await _claim(who, asked, expires_at)
        if row.status is Status.PAID:
            raise Conflict(*PAID_ALREADY)
        if not _fits(row, openid, amount_fen):
            await look(row, wechat, close=True)
        elif prepay_id := await _prepay(row, wechat):
            return wechat.pay.payment_request(prepay_id)
    raise Conflict(*CHANGED)


async def _claim(who: Who, asked: dict[str, object], expires_at: datetime) -> Payment:
    """The subject's live order, made when there is none. The index lets only one be live."""
    live = Payment.filter(subject=asked["subject"], status__in=list(LIVE))
    if row := await live.first():
        return row
    moment = clock.now()
    until = rules.order_expiry(expires_at, moment)
    row = Payment(
        id=uuid4(),
        out_trade_no=new_number(moment),
        ordered_at=moment,
        expires_at=until,
        due_at=rules.next_look(until, moment, 0),
        **asked,
    )
    try:
        async with db.atomic():
            await row.save(force_create=True)
            about = settling.subject_of(row)
            await audit(who, "payment.order", about, patient_id=row.patient_id)
    except IntegrityError:
        if found := await live.first():
            return found
        raise Conflict(*CHANGED) from None
    return row


def new_number(moment: datetime) -> str:
    """Our number at WeChat: the day, then chance; nothing of anybody (6 to 32 signs)."""
    chance = "".join(secrets.choice(ALPHABET) for _ in range(16))
    return f"D{moment.astimezone(SHANGHAI):%y%m%d}{chance}"


def _fits(row: Payment, openid: str, amount_fen: int) -> bool:
    same = (row.openid, row.amount_fen) == (openid, amount_fen)
    return same and not rules.is_stale(row.prepaid_at, clock.now()) and not row.withdrawn_at


async def _prepay(row: Payment, wechat: WeChat) -> str:
    """Order at WeChat, or again what was ordered; empty when this order came to its end."""
    if row.expires_at <= clock.now() + timedelta(seconds=60):
        if row.prepay_id:
            return row.prepay_id
        await look(row, wechat, close=True)
        return ""
    try:
        prepay_id = await wechat.pay.order(
            out_trade_no=row.out_trade_no,
            description=row.description,
            amount_fen=row.amount_fen,
            openid=row.openid,
            expires_at=row.expires_at,
        )
    except (OrderPaid, OrderClosed, OrderTaken):
        await look(row, wechat, close=True)
        return ""
    changes = {"prepay_id": prepay_id}
    if prepay_id != row.prepay_id:
        changes["prepaid_at"] = clock.now()  # type: ignore[assignment]
    if not await Payment.filter(id=row.id, status=Status.ORDERED).update(**changes):
        await _close_at_wechat(row, wechat)  # it was closed here while WeChat opened it
        return ""
    return prepay_id


async def look(row: Payment, wechat: WeChat, *, close: bool) -> Payment:
    """Ask WeChat how an order stands and write it down; with `close` it ends, paid or not.

    Raises WeChat's problems; then nothing has changed.
    """
    found = None
    try:
        found = await wechat.pay.query(row.out_trade_no)
    except OrderUnknown:
        if not close:
            return row
    if found and found.trade_state.is_paid:
        return await settling.take_over(found, Source.QUERY) or row
    if found and found.trade_state not in ENDED:
        if not close:
            return row
        if not await _close_at_wechat(row, wechat):
            return await look(row, wechat, close=False)
    return await settling.shut(row)


async def _close_at_wechat(row: Payment, wechat: WeChat) -> bool:
    """False when somebody paid in the last moment."""
    try:
        await wechat.pay.close_order(row.out_trade_no)
    except OrderPaid:
        return False
    except OrderUnknown:
        return True
    return True


async def may_release(subject: str, *, wechat: WeChat) -> bool:
    """Whether what is held for `subject` may be given back: nobody has paid, nobody can any more.

    Call before a hold expires or is given up. False when it was paid (then it is settled), or
    when WeChat does not say; then ask again later.
    """
    row = await Payment.filter(subject=subject, status__in=list(LIVE)).first()
    if row is None:
        return True
    if row.status is Status.ORDERED:
        try:
            row = await look(row, wechat, close=True)
        except Problem as problem:
            log.warning("payment_not_released", why=problem.code)
            return False
    return row.status not in LIVE


async def refresh(subject: str, *, wechat: WeChat) -> None:
    """The payer says that it is paid: ask WeChat now instead of waiting for the notice."""
    row = await Payment.filter(subject=subject, status=Status.ORDERED).first()
    if row is not None and row.prepay_id:
        await look(row, wechat, close=False)


async def withdraw(subject: str) -> None:
    """Nothing is to be paid any more: close the live order soon; what was paid then is late."""
    moment = clock.now()
    open_ = Payment.filter(subject=subject, status=Status.ORDERED, withdrawn_at=None)
    await open_.update(withdrawn_at=moment, due_at=moment)
