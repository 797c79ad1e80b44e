"""The verbs of the returns desk. Money and orders move in `shipping.returns`."""

from typing import Any, Final

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import Conflict, Invalid
from people.actor import Actor
from pharmacy.delivery import tracking
from pharmacy.delivery.models import Fault, Goods, Parcel, Return, Why
from pharmacy.delivery.states import Status as Road
from pharmacy.dispatch import bags
from pharmacy.dispensing import service as dispensing
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.formulary import stock
from pharmacy.orders import service as orders
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.returns import rules
from pharmacy.returns.rules import Seen
from pharmacy.sealing import service as seals
from pharmacy.shipping import returns as shipping
from pharmacy.shipping.returns import Found

NEVER_BACK: Final = {
    Road.SEALED: ("not_left", "这一袋还没有送出去,不用登记退回。"),
    Road.CANCELLED: ("not_left", "这一袋已经取消,请到配药发药里放回货架。"),
    Road.SIGNED: ("with_resident", "这一袋居民已经签收。药有质量问题的,到这一单的药费里办退。"),
    Road.LOST: ("was_lost", "这一袋已经按丢失退款。找到了请收好,请第二个人一起销毁并写明。"),
}
KNOWN: Final = ("looked_at", "这一袋已经登记过了,请刷新页面看看。")
ALONE: Final = ("same_person", "销毁和放回要另一个人来确认,不能是登记的人自己。")
NOT_WAITING: Final = ("nothing_to_do", "这一袋没有等处理的药,请刷新页面看看。")
NOT_HAD: Final = ("not_refundable", "这一单的钱已经退过,或者现在不能退,请看这一单的药费。")
NOT_RECEIVED: Final = "快递说送到了,居民没有收到"


async def bring_in(actor: Actor, text: str) -> Parcel:
    """A bag is back in the house: whoever brought it, it has left the road.

    Raises Invalid for a bag of nobody here, Conflict for one that cannot be back.
    """
    parcel = await bags.by_text(text)
    await parcel.fetch_related("pharmacy")
    if parcel.pharmacy.organization_id != actor.organization_id:
        raise bags.unknown()
    if parcel.status in NEVER_BACK:
        raise Conflict(*NEVER_BACK[parcel.status])
    async with db.atomic():
        row = await Parcel.select_for_update().get(id=parcel.id)
        if row.status not in (Road.RETURNED, *rules.SPOILT):
            await tracking.move(actor, row, "return_signed", at=clock.now())
    return parcel


async def look(
    actor: Actor, parcel: Parcel, seen: Seen, *, why: Why, fault: Fault, note: str = ""
) -> None:
    """What was found: sound, it waits for the resident; else everything is paid back, and the
    drugs are scrapped in the books. Once. Raises Conflict."""
    if parcel.status is Road.RETURNED:
        custody = rules.in_custody(parcel.carrier, seen)
        found = Found(
            why=rules.why_of(why, seen), fault=fault, sound=seen.sound, custody=custody, note=note
        )
        await shipping.inspect(actor, parcel, found)
    elif parcel.status in rules.SPOILT:
        await _look_at_spoilt(actor, parcel, fault, note)
    else:
        raise Conflict(*shipping.NOT_BACK)
    if not seen.seal_whole:
        row = await MedicationDispense.get(order_id=parcel.order_id)
        await seals.break_seal(row.id)


async def _look_at_spoilt(actor: Actor, parcel: Parcel, fault: Fault, note: str) -> None:
    """The money went back when it was told; what is left of the drugs goes out of the books."""
    order = await MedicationOrder.get(id=parcel.order_id)
    row = await MedicationDispense.get(order_id=order.id)
    try:
        async with db.atomic():
            await Return.create(
                parcel_id=parcel.id,
                why=Why.QUALITY,
                fault=fault,
                sound=False,
                note=note,
                by=actor.practitioner_id,
                by_name=actor.name,
                at=clock.now(),
            )
            lots, key = await dispensing.lots_of(row), orders.stock_key(order.id)
            under, reason = f"parcel/{parcel.id}", note or "破损或超温"
            await stock.take_back(key, lots, who=actor, reason=reason, under=under, sound=False)
            about = f"Parcel/{parcel.id}"
            await audit(actor, "parcel.inspect", about, patient_id=parcel.patient_id)
    except IntegrityError:
        raise Conflict(*KNOWN) from None


async def goods_of(parcel: Parcel) -> Goods | None:
    """Where the drugs of a bag that was looked at have to go; None while it waits for somebody."""
    order = await MedicationOrder.get(id=parcel.order_id)
    if order.status is Ordered.UNCLAIMED:
        return Goods.DESTROYED
    if order.status not in (Ordered.REFUNDING, Ordered.REFUNDED):
        return None
    row = await MedicationDispense.get(order_id=order.id)
    return Goods.SHELF if row.stop_reason == shipping.LAPSED else Goods.DESTROYED


async def dispose(actor: Actor, parcel: Parcel) -> None:
    """A second person has seen the drugs destroyed, or put back on the shelf. A repeat changes
    nothing. Raises Conflict `same_person`."""
    found = await Return.get_or_none(parcel_id=parcel.id)
    then = await goods_of(parcel) if found else None
    if found is None or then is None:
        raise Conflict(*NOT_WAITING)
    if found.by == actor.practitioner_id:
        raise Conflict(*ALONE)
    async with db.atomic():
        mine = Return.filter(parcel_id=parcel.id, disposed_at=None)
        done: dict[str, Any] = {"goods": then, "disposed_by_name": actor.name}
        if await mine.update(disposed_at=clock.now(), **done):
            about, reason = f"Parcel/{parcel.id}", then.value
            whose = parcel.patient_id
            await audit(actor, "parcel.dispose", about, patient_id=whose, reason=reason)


async def settle(actor: Actor, parcel: Parcel, words: str, *, refund: bool = False) -> None:
    """A carrier told two ends, and somebody has asked: it stands as it is, or the resident never
    had it and is paid back (§12). A repeat changes nothing. Raises Conflict `not_refundable`."""
    if len(words.strip()) < 2:
        raise Invalid("note", "请写清楚怎么核实的。")
    async with db.atomic():
        mine = Parcel.filter(id=parcel.id, disputed=True)
        if not await mine.update(disputed=False, problem=words[:200]):
            return
        if refund:
            order = await MedicationOrder.get(id=parcel.order_id)
            if order.status not in (Ordered.RECEIVED, Ordered.ON_THE_WAY):
                raise Conflict(*NOT_HAD)
            await orders.take_back(actor, order.id, NOT_RECEIVED)
        about = f"Parcel/{parcel.id}"
        await audit(actor, "parcel.settle", about, patient_id=parcel.patient_id, reason=words)
