"""A parcel that came back: looked at, then paid back, kept for the resident, or sent once more."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict
from core.outbox import record
from core.states import advance
from payments import service as payments
from people.actor import Actor
from pharmacy.delivery.models import Fault, Parcel, Return, Why
from pharmacy.delivery.states import Carrier
from pharmacy.delivery.states import Status as Road
from pharmacy.dispensing import picking
from pharmacy.dispensing import rules as dispensing_rules
from pharmacy.dispensing import service as dispensing
from pharmacy.dispensing.access import DISPENSERS
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.dispensing.steps import step
from pharmacy.formulary import stock
from pharmacy.orders import service as orders
from pharmacy.orders.events import MedicationOrderCameBack, MedicationOrderLapsed
from pharmacy.orders.models import MedicationOrder, Paid
from pharmacy.orders.policy import params
from pharmacy.orders.states import MEDICATION_ORDER
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.shipping import rules
from pharmacy.shipping.service import catch_up, pack

NOT_BACK: Final = ("not_back", "这个包裹还没有回到药房,不能登记退回。")
KNOWN: Final = ("looked_at", "这个包裹已经登记过了,请刷新页面看看。")
DELIVERY_BACK: Final = "配送费原路退回"
LAPSED: Final = "到期没有来取"
TRIES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the pharmacist found: why it came back, whose fault, whether it may be handed out."""

    why: Why
    fault: Fault
    sound: bool
    custody: bool = False
    note: str = ""


async def inspect(actor: Actor, parcel: Parcel, found: Found) -> MedicationOrder:
    """The parcel is opened at the pharmacy's desk, once.

    Nothing wrong with it: it waits for the resident (drugs once issued are not taken back,
    医疗机构药事管理规定 art. 28). Wrong or spoilt: everything is paid back. Raises Conflict.
    """
    actor.require(*DISPENSERS)
    if parcel.status is not Road.RETURNED or parcel.order_id is None:
        raise Conflict(*NOT_BACK)
    await catch_up(SYSTEM, parcel)  # the road's last words may not have reached the order yet
    custody = found.custody and parcel.carrier is not Carrier.COURIER
    try:
        async with db.atomic():
            await Return.create(
                parcel_id=parcel.id,
                why=found.why,
                fault=found.fault,
                sound=found.sound,
                custody=custody,
                note=found.note,
                by=actor.practitioner_id,
                by_name=actor.name,
                at=clock.now(),
            )
            about = f"Parcel/{parcel.id}"
            await audit(actor, "parcel.inspect", about, patient_id=parcel.patient_id)
            order = await MedicationOrder.select_for_update().get(id=parcel.order_id)
            called_back = order.status is not Status.ON_THE_WAY  # paid back already
            if called_back or rules.is_paid_back(found.why, sound=found.sound):
                await _destroy(actor, order, f"parcel/{parcel.id}", rules.REASONS[found.why])
            if called_back:
                return order
            if rules.is_paid_back(found.why, sound=found.sound):
                return await orders.take_back(actor, order.id, rules.REASONS[found.why])
            await _keep(actor, order, found.fault)
    except IntegrityError:
        raise Conflict(*KNOWN) from None
    return order


async def _destroy(who: Who, order: MedicationOrder, under: str, reason: str) -> None:
    """What came back and may go to nobody: into the books as returned and scrapped."""
    row = await MedicationDispense.get(order_id=order.id)
    lots, key = await dispensing.lots_of(row), orders.stock_key(order.id)
    await stock.take_back(key, lots, who=who, reason=reason, under=under, sound=False)


async def stop_waiting(order_id: UUID, reason: str) -> None:
    """The order ended while its parcel waited at the pharmacy. A repeat changes nothing."""
    order = await MedicationOrder.get(id=order_id)
    row = await MedicationDispense.get_or_none(order_id=order.id)
    if row is None or order.shipped_at is None or row.status is not Desk.READY:
        return
    async with db.atomic():
        await step(SYSTEM, row, "lapse", reason, code=None, stop_reason=reason)
        await _destroy(SYSTEM, order, "stopped", reason)


async def _keep(actor: Actor, order: MedicationOrder, fault: Fault) -> None:
    until = clock.now() + params().unclaimed
    back = order.delivery_fen if rules.delivery_is_paid_back(fault) else 0
    more = back if order.payment is Paid.ONLINE and not order.refund_fen else 0
    row = await MedicationDispense.get(order_id=order.id)
    code = await _free_code()
    await advance(
        order,
        MEDICATION_ORDER,
        "come_back",
        keep_until=until,
        refund_fen=order.refund_fen + more,
    )
    await step(actor, row, "come_back", code=code, shown=None, handed_at=None, handed_by_name="")
    about = orders.subject_of(order.id)
    if more:
        key = "delivery"
        await payments.refund(SYSTEM, about, amount_fen=more, reason=DELIVERY_BACK, key=key)
    await audit(actor, "medication_order.come_back", about, patient_id=order.patient_id)
    event = MedicationOrderCameBack(**orders.ids(order), refund_fen=more)
    await record(event, subject=about)


async def _free_code() -> str:
    for _ in range(TRIES):
        code = dispensing_rules.new_code()
        if not await MedicationDispense.exists(code=code):
            return code
    raise Conflict("changed_meanwhile", "没有成功,请再点一次。")


async def again(actor: Actor, order: MedicationOrder) -> Parcel | None:
    """The resident wants it sent once more: another parcel of the same order."""
    actor.require(*DISPENSERS)
    if order.status is not Status.BACK:
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")
    return await pack(actor, order.id)


async def tick(limit: int = 100) -> int:
    """End what has waited at the pharmacy for too long."""
    due = MedicationOrder.filter(status=Status.BACK, keep_until__lte=clock.now())
    return sum([await lapse(SYSTEM, row.id) for row in await due.limit(limit)])


async def lapse(who: Who, order_id: UUID) -> bool:
    """Nobody came. The drugs are destroyed and stay paid: they were issued and have waited, as was
    said. What never left our own hands may go on the shelf again, and then its price goes back.
    """
    async with db.atomic():
        order = await MedicationOrder.select_for_update().get(id=order_id)
        if order.status is not Status.BACK or (order.keep_until or clock.now()) > clock.now():
            return False
        row = await MedicationDispense.get(order_id=order.id)
        if row.status is not Desk.READY:
            return False
        shelf = await _may_go_on_the_shelf(order)
        await step(who, row, "lapse", LAPSED, code=None, stop_reason=LAPSED)
        lots, key = await dispensing.lots_of(row), orders.stock_key(order.id)
        await stock.take_back(key, lots, who=who, reason=LAPSED, under="lapse", sound=shelf)
        fen = rules.owed_when_unclaimed(order.drugs_fen, shelf=shelf)
        if shelf:
            await picking.free_all(row)
        if fen:
            await orders.take_back(who, order.id, LAPSED, fen=fen)
        else:
            changes: dict[str, Any] = {"ended_at": clock.now(), "end_reason": LAPSED}
            await advance(order, MEDICATION_ORDER, "lapse", **changes)
            await dispensing.complete(await MedicationRequest.get(id=order.request_id))
        about = orders.subject_of(order.id)
        await audit(who, "medication_order.lapse", about, patient_id=order.patient_id)
        await record(MedicationOrderLapsed(**orders.ids(order)), subject=about)
    return True


async def _may_go_on_the_shelf(order: MedicationOrder) -> bool:
    sent = await Parcel.filter(order_id=order.id).exclude(status=Road.CANCELLED)
    found = {row.parcel_id: row for row in await Return.filter(parcel__order_id=order.id)}
    kept = all(row.id in found and found[row.id].custody and found[row.id].sound for row in sent)
    cold = any(row.cold for row in sent)
    return rules.may_go_on_the_shelf(
        allowed=params().resell, kept=kept, cold=cold, decocted=bool(order.decoction_fen)
    )
