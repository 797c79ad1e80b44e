"""The life of an order: placed, paid, stopped, closed. What the pharmacy does is in `dispensing`.

Verbs take an order that came through a door (`access`, or the resident API's own). The order, the
drugs kept for it and the prescription it uses move in one transaction.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, NotFound
from core.outbox import record
from core.states import advance
from payments import service as payments
from pharmacy.delivery import service as parcels
from pharmacy.formulary import stock
from pharmacy.formulary.models import Pharmacy
from pharmacy.orders import offers, rules
from pharmacy.orders.events import (
    MedicationOrderClosed,
    MedicationOrderPaid,
    MedicationOrderPlaced,
    MedicationOrderRefunded,
    MedicationOrderStopped,
)
from pharmacy.orders.models import MedicationOrder, Paid, Way
from pharmacy.orders.policy import params
from pharmacy.orders.states import HAD, MEDICATION_ORDER, OUT, STOPPABLE
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing import agreement
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import MEDICATION_REQUEST
from pharmacy.prescribing.states import Status as Rx

KIND: Final = "MedicationOrder"
ORDER_OVER: Final = ("order_over", "付款时间已过,药已放回,没有扣您的钱。请重新选药房。")
BACK: Final = "药费原路退回"


def subject_of(order_id: UUID | str) -> str:
    """What audit, events and payments call an order."""
    return f"{KIND}/{order_id}"


def stock_key(order_id: UUID | str) -> str:
    """Under which the drugs of an order are kept."""
    return f"order/{order_id}"


def ids(row: MedicationOrder) -> dict[str, str]:
    """What every event of an order names."""
    return {
        "order_id": str(row.id),
        "request_id": str(row.request_id),
        "patient_id": str(row.patient_id),
        "pharmacy_id": str(row.pharmacy_id),
        "organization_id": str(row.organization_id),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """How the drugs come, and to whom and where, as it was chosen."""

    way: Way = Way.PICK_UP
    clinic_id: UUID | None = None
    name: str | None = None
    phone: str | None = None
    address: str | None = None


FETCHED: Final = Destination()


async def place(
    who: Who,
    request_id: UUID,
    pharmacy_id: UUID,
    *,
    account_id: UUID | None = None,
    to: Destination = FETCHED,
) -> MedicationOrder:
    """Order an approved prescription at a pharmacy: its drugs are kept until it is paid.

    The same order again changes nothing. Raises Conflict with what stands in the way: the
    prescription, another pharmacy or way that was chosen before (`ordered_elsewhere`), a way that
    is not open to these drugs (`not_this_way`), or `out_of_stock`.
    """
    try:
        async with db.atomic():
            return await _place(who, request_id, pharmacy_id, account_id, to)
    except IntegrityError:  # somebody ordered at this very moment
        async with db.atomic():
            return await _place(who, request_id, pharmacy_id, account_id, to)


async def _place(
    who: Who, request_id: UUID, pharmacy_id: UUID, account_id: UUID | None, to: Destination
) -> MedicationOrder:
    request = await MedicationRequest.select_for_update().get(id=request_id)
    live = await MedicationOrder.get_or_none(open=str(request_id))
    if live is not None and (live.pharmacy_id, live.way) == (pharmacy_id, to.way):
        return live
    if live is not None:
        raise Conflict(
            "ordered_elsewhere", "这张处方已经选好了怎么拿药。想换的话,请先点“换一家药房”。"
        )
    moment = clock.now()
    refusal = rules.why_not_order(request.status, request.valid_until, moment)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    agreement.require(request)
    place = await Pharmacy.get_or_none(offers.serving(request), id=pharmacy_id)
    if place is None:
        raise NotFound("pharmacy_not_found", "没有这家药房,请重新选。")
    lines = await offers.lines_of([request_id])
    refusal = await offers.why_not_way(to.way, place, lines, request, to.clinic_id)
    if refusal:
        raise Conflict(refusal.code, refusal.sentence)
    price = offers.price_of(request, lines, to.way)
    row = await MedicationOrder.create(
        id=uuid4(),
        request_id=request_id,
        open=str(request_id),
        patient_id=request.patient_id,
        pharmacy_id=place.id,
        organization_id=place.organization_id,
        way=to.way,
        clinic_id=to.clinic_id,
        recipient_name=to.name,
        recipient_phone=to.phone,
        address=to.address,
        drugs_fen=price.drugs_fen,
        delivery_fen=price.delivery_fen,
        decoction_fen=price.decoction_fen,
        amount_fen=price.total_fen,
        account_id=account_id,
        made_by=who.account_id,
        created_at=moment,
        pay_by=rules.pay_by(moment, params().pay, request.valid_until),
    )
    await stock.reserve(place.id, offers.wanted(lines), stock_key(row.id))
    await audit(who, "medication_order.place", subject_of(row.id), patient_id=row.patient_id)
    if not row.amount_fen:
        return await settle(who, row.id, Paid.FREE)
    await record(MedicationOrderPlaced(**ids(row)), subject=subject_of(row.id))
    return row


async def settle(who: Who, order_id: UUID, payment: Paid) -> MedicationOrder:
    """The money is here: the pharmacy may begin. A repeat changes nothing.

    Raises Conflict `order_over` when the order or its prescription has ended meanwhile: whoever
    took the money gives it back.
    """
    async with db.atomic():
        row = await MedicationOrder.get(id=order_id)
        if row.payment == payment:
            return row
        request = await MedicationRequest.get(id=row.request_id)
        late = rules.why_not_order(request.status, request.valid_until, clock.now())
        if row.status is not Status.PAY_PENDING or late:
            raise Conflict(*ORDER_OVER)
        await advance(row, MEDICATION_ORDER, "settle", payment=payment, paid_at=clock.now())
        await audit(who, "medication_order.settle", subject_of(row.id), patient_id=row.patient_id)
        await record(MedicationOrderPaid(**ids(row)), subject=subject_of(row.id))
    return row


async def close(who: Who, order_id: UUID, reason: str) -> bool:
    """End an order that nobody has paid; False when it was paid or has ended meanwhile.

    Money that comes after this goes back by itself.
    """
    try:
        async with db.atomic():
            row = await MedicationOrder.get(id=order_id)
            if row.status is not Status.PAY_PENDING:
                return False
            changes = {"open": None, "ended_at": clock.now(), "end_reason": reason}
            await advance(row, MEDICATION_ORDER, "close", **changes)
            await stock.release(stock_key(row.id))
            await payments.withdraw(subject_of(row.id))
            await audit(
                who, "medication_order.close", subject_of(row.id), patient_id=row.patient_id
            )
            await record(MedicationOrderClosed(**ids(row)), subject=subject_of(row.id))
    except Conflict:
        return False
    return True


async def stop(who: Who, order_id: UUID, reason: str) -> MedicationOrder:
    """End an order that was paid and not handed over: all of it goes back (domain facts §12).

    A prescription that still stands may be ordered anew. A parcel that a courier was asked to
    fetch is called off first: then the order ends when the courier has agreed, or when the parcel
    is back. Raises Conflict after hand-over.
    """
    async with db.atomic():
        row = await MedicationOrder.select_for_update().get(id=order_id)
        if row.status is Status.READY and not await parcels.recall(who, row.id, reason):
            return row
        changes = {
            "open": None,
            "ended_at": clock.now(),
            "end_reason": reason,
            "refund_fen": row.amount_fen,
        }
        request = await MedicationRequest.get(id=row.request_id)
        if request.status is Rx.DISPENSING and row.status in STOPPABLE:
            await _free(request)
        await advance(row, MEDICATION_ORDER, "stop", **changes)
        await stock.release(stock_key(row.id))
        await _owe(who, row, "stop", reason)
    return row


async def _free(request: MedicationRequest) -> None:
    """Nothing was handed out on it: it may be ordered anew, or its days are over by now."""
    if request.valid_until is not None and request.valid_until <= clock.now():
        await prescribing.expire(request.id, dispensing=True)
    else:
        await advance(request, MEDICATION_REQUEST, "give_back")


async def take_back(
    who: Who, order_id: UUID, reason: str, *, fen: int | None = None
) -> MedicationOrder:
    """Something is wrong with the drugs that were handed out: the whole amount goes back, or as
    much as `fen` of it.

    For reasons of quality, a wrong drug, a recall or a parcel that was lost or spoilt only: drugs
    once issued are not taken back otherwise (医疗机构药事管理规定 art. 28). A prescription whose
    drugs nobody has had may be ordered anew while it stands; otherwise it stays used.
    """
    async with db.atomic():
        row = await MedicationOrder.get(id=order_id)
        owed = row.amount_fen if fen is None else max(fen, row.refund_fen)
        changes: dict[str, Any] = {"end_reason": reason, "refund_fen": owed}
        request = await MedicationRequest.get(id=row.request_id)
        if row.status in OUT:
            changes["open"] = None
            if request.status is Rx.DISPENSING:
                await _free(request)
        before = row.refund_fen
        await advance(row, MEDICATION_ORDER, "take_back", ended_at=clock.now(), **changes)
        await _owe(who, row, "take_back", reason, before=before)
    return row


async def _owe(
    who: Who, row: MedicationOrder, action: str, reason: str, *, before: int = 0
) -> None:
    about = subject_of(row.id)
    await audit(who, f"medication_order.{action}", about, patient_id=row.patient_id, reason=reason)
    event = MedicationOrderStopped(
        **ids(row), refund_fen=row.refund_fen, payment=row.payment.value, reason=reason
    )
    await record(event, subject=about)
    if row.payment is Paid.ONLINE:
        fen = row.refund_fen - before
        await payments.refund(SYSTEM, about, amount_fen=fen, reason=BACK, key="order")
    elif row.payment is Paid.FREE:
        await refunded(who, row.id)


async def refunded(who: Who, order_id: UUID) -> bool:
    """The money is back with the payer; False when this was known, or nothing was owed."""
    async with db.atomic():
        row = await MedicationOrder.get(id=order_id)
        if row.status is not Status.REFUNDING:
            return False
        await advance(row, MEDICATION_ORDER, "refund", refunded_at=clock.now())
        await audit(who, "medication_order.refund", subject_of(row.id), patient_id=row.patient_id)
        event = MedicationOrderRefunded(
            **ids(row), refund_fen=row.refund_fen, payment=row.payment.value
        )
        await record(event, subject=subject_of(row.id))
    return True


async def give_up(who: Who, order: MedicationOrder) -> MedicationOrder:
    """The resident wants another pharmacy, or nothing: free until the pharmacy has begun.

    Raises Conflict `begun` afterwards.
    """
    if order.status is Status.PAY_PENDING and await close(who, order.id, "自己取消"):
        return await MedicationOrder.get(id=order.id)
    row = await MedicationOrder.get(id=order.id)
    if row.status is Status.PAID:
        return await stop(who, row.id, "自己取消")
    if row.status in STOPPABLE | OUT | HAD:
        raise Conflict("begun", "药房已经在配药,不能再取消。有问题请给药房打电话。")
    return row


async def end_for(who: Who, request_id: UUID, reason: str) -> None:
    """The prescription has ended: nothing is paid or dispensed on it any more, and what was paid
    goes back."""
    for row in await MedicationOrder.filter(open=str(request_id)):
        if row.status is Status.PAY_PENDING and await close(who, row.id, reason):
            continue
        row = await MedicationOrder.get(id=row.id)
        if row.status in STOPPABLE:
            await stop(who, row.id, reason)
        elif row.status is Status.ON_THE_WAY:
            await parcels.recall(who, row.id, reason)
        elif row.status is Status.BACK:
            await take_back(who, row.id, reason)


async def stop_paying(order_id: UUID) -> None:
    """It was settled another way: an order still open at WeChat is closed."""
    await payments.withdraw(subject_of(order_id))
