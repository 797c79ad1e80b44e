"""The parcel of an order: made, given to whoever carries it, given to the resident, come back."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict
from core.outbox import record
from core.states import advance
from people import throttle
from people.actor import Actor
from people.models import Organization, Patient
from pharmacy.delivery import receipts, tracking
from pharmacy.delivery import service as parcels
from pharmacy.delivery.models import Parcel, Proof, Receipt, Return
from pharmacy.delivery.service import Recipient
from pharmacy.delivery.states import OVER, Carrier
from pharmacy.delivery.states import Status as Road
from pharmacy.dispensing import service as dispensing
from pharmacy.dispensing.models import DispensePick, MedicationDispense, Shown
from pharmacy.dispensing.steps import step, subject_of
from pharmacy.formulary import stock
from pharmacy.formulary.models import StockLot
from pharmacy.formulary.rules import may_issue
from pharmacy.orders import offers
from pharmacy.orders import service as orders
from pharmacy.orders.events import (
    MedicationOrderArrived,
    MedicationOrderReceived,
    MedicationOrderShipped,
)
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.states import MEDICATION_ORDER
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing.models import MedicationRequest

RECALLED: Final = "这个包裹不能发给居民,请退回药房:{why}"
NOT_HERE: Final = ("parcel_over", "这个包裹已经有结果了,请刷新页面看看。")
BAD_LOT: Final = "里面有药过期或被召回"
SPOILT: Final = {
    Road.LOST: "包裹丢失",
    Road.DAMAGED: "包裹破损",
    Road.TOO_WARM: "冷藏药路上超温",
}
TRIES: Final = dispensing.TRIES
"""Of code and document together, for one parcel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Against what a parcel is given: the code; name and document's end; or a witness's word.

    `name` is who takes it, `relation` what they are to the patient.
    """

    proof: Proof
    code: str = ""
    name: str = ""
    document: str = ""
    relation: str = ""
    note: str = ""
    photo_id: UUID | None = None


async def pack(who: Who, order_id: UUID) -> Parcel | None:
    """The parcel of an order that is ready (or came back and is sent once more), made when there
    is none. None for one that is fetched."""
    async with db.atomic():
        order = await MedicationOrder.select_for_update().get(id=order_id)
        if order.way is Way.PICK_UP or order.status not in (Status.READY, Status.BACK):
            return None
        live = await parcels.live_of(order_id)
        if live is not None:
            return live
        dispense = await MedicationDispense.get(order_id=order_id)
        sent = await Parcel.filter(order_id=order_id).count()
        lines = await offers.lines_of([order.request_id])
        cold = any(line.medication.cold_chain for line in lines)
        return await parcels.seal(
            who,
            subject=f"{subject_of(dispense)}/{sent + 1}" if sent else subject_of(dispense),
            patient_id=order.patient_id,
            pharmacy_id=order.pharmacy_id,
            carrier=carrier_of(order.way, cold=cold),
            recipient=await _recipient(order),
            cold=cold,
            order_id=order.id,
            clinic_id=order.clinic_id,
        )


def carrier_of(way: Way, *, cold: bool) -> Carrier:
    """A courier to the door, our own driver with anything cold, the batch to a village clinic."""
    if way is Way.VILLAGE:
        return Carrier.VILLAGE
    return Carrier.OWN if cold else Carrier.COURIER


async def _recipient(order: MedicationOrder) -> Recipient:
    patient = await Patient.get(id=order.patient_id)
    address = order.address or ""
    if order.clinic_id is not None:
        clinic = await Organization.get(id=order.clinic_id)
        address = clinic.address or clinic.name
    name = order.recipient_name or patient.name
    return Recipient(name=name, phone=order.recipient_phone or patient.phone or "", address=address)


async def leave(actor: Actor, parcel: Parcel) -> None:
    """Given to the driver before our eyes. A repeat changes nothing.

    Raises Conflict for one that was called back, or whose drugs may not be given out any more.
    """
    async with db.atomic():
        found = await _locked(parcel)
        if found.status is not Road.SEALED:
            return
        _not_recalled(found)
        await _ship(actor, found, gone=False)
        await tracking.move(actor, found, "picked_up", at=clock.now())


async def receive(actor: Actor, parcel: Parcel, given: Given) -> None:
    """The village doctor, the driver or the pharmacist gives it to somebody. Once.

    Raises Invalid when code or document do not fit, Conflict when it was called back or is over.
    """
    await _check(parcel, given)
    async with db.atomic():
        found = await _locked(parcel)
        if found.status in OVER or found.carrier is Carrier.COURIER:
            raise Conflict(*NOT_HERE)
        _not_recalled(found)
        moment = clock.now()
        await Receipt.create(
            parcel_id=found.id,
            proof=given.proof,
            name=given.name or None,
            relation=given.relation,
            given_by=actor.practitioner_id,
            given_by_name=actor.name,
            note=given.note,
            photo_id=given.photo_id,
            at=moment,
        )
        await tracking.move(actor, found, "signed", at=moment)
        await catch_up(actor, found)


async def _check(parcel: Parcel, given: Given) -> None:
    if given.proof is Proof.CODE:
        await throttle.count(TRIES, str(parcel.id))
        receipts.check(parcel.id, given.code)
        await throttle.forget(TRIES, str(parcel.id))
    elif given.proof is Proof.NAME:
        about = str(parcel.id)
        await dispensing.check_document(parcel.patient_id, given.name, given.document, about=about)


async def _locked(parcel: Parcel) -> Parcel:
    """The order first, then its parcel: everybody locks in this order."""
    await MedicationOrder.select_for_update().get_or_none(id=parcel.order_id)
    return await Parcel.select_for_update().get(id=parcel.id)


def _not_recalled(parcel: Parcel) -> None:
    if parcel.recalled:
        raise Conflict("recalled", RECALLED.format(why=parcel.recalled))


async def catch_up(who: Who, parcel: Parcel) -> None:
    """Bring the order to where its parcel is: the same again changes nothing.

    A parcel that came back waits for the pharmacy to look at it, unless we called it back; once
    it was looked at the order has gone its own way.
    """
    async with db.atomic():
        if parcel.order_id is None:
            return
        order = await MedicationOrder.select_for_update().get(id=parcel.order_id)
        if parcel.status is Road.CANCELLED:
            if parcel.recalled and order.status is Status.READY:
                await orders.stop(who, order.id, parcel.recalled)
            return
        if parcel.status is Road.SEALED or await Return.exists(parcel_id=parcel.id):
            return
        if order.status in (Status.READY, Status.BACK):
            await _ship(who, parcel, gone=True)
            order = await MedicationOrder.get(id=order.id)
        if order.status is Status.ON_THE_WAY:
            await _end(who, order, parcel)


async def _end(who: Who, order: MedicationOrder, parcel: Parcel) -> None:
    if parcel.status is Road.ARRIVED:
        about = orders.subject_of(order.id)
        await record(MedicationOrderArrived(**orders.ids(order)), subject=about)
    elif parcel.status is Road.SIGNED:
        await _deliver(who, order, parcel)
    elif parcel.status in SPOILT:
        await orders.take_back(who, order.id, parcel.recalled or SPOILT[parcel.status])
    elif parcel.status is Road.RETURNED and parcel.recalled:
        await orders.take_back(who, order.id, parcel.recalled)


async def _deliver(who: Who, order: MedicationOrder, parcel: Parcel) -> None:
    moment = parcel.ended_at or clock.now()
    await advance(order, MEDICATION_ORDER, "deliver", handed_at=moment)
    if parcel.carrier is Carrier.COURIER:
        row = {"proof": Proof.COURIER, "at": moment}
        await Receipt.get_or_create(parcel_id=parcel.id, defaults=row)
    await dispensing.complete(await MedicationRequest.get(id=order.request_id))
    about = orders.subject_of(order.id)
    await audit(who, "medication_order.deliver", about, patient_id=order.patient_id)
    await record(MedicationOrderReceived(**orders.ids(order)), subject=about)


async def recall_lot(who: Who, lot_id: UUID) -> None:
    """A lot was closed off: what carries it is called back, what waits for its resident is ended.

    What still lies ready for our own driver is refused when it is given out, and picked anew.
    """
    picks = DispensePick.filter(stock_lot_id=lot_id, undone_at=None).select_related("dispense")
    for order_id in {pick.dispense.order_id for pick in await picks}:
        order = await MedicationOrder.get(id=order_id)
        parcel = await parcels.live_of(order_id)
        if order.status is Status.BACK:
            await orders.take_back(who, order_id, BAD_LOT)
        elif order.status is Status.ON_THE_WAY:
            await parcels.recall(who, order_id, BAD_LOT)
        elif order.status is Status.READY and parcel and parcel.carrier is Carrier.COURIER:
            await orders.stop(who, order_id, BAD_LOT)


async def _ship(who: Who, parcel: Parcel, *, gone: bool) -> None:
    """The drugs leave the house: order, dispense and shelf move together. `gone`: a courier says
    that it has them, so the books follow; a lot that must not go out is called back then."""
    moment = clock.now()
    order = await MedicationOrder.get(id=parcel.order_id)
    row = await MedicationDispense.get(order_id=order.id)
    again = order.status is Status.BACK
    await advance(order, MEDICATION_ORDER, "ship", shipped_at=moment, keep_until=None)
    handed: dict[str, Any] = {"handed_by_name": who.name, "handed_at": moment, "code": None}
    await step(who, row, "ship", shown=Shown.PARCEL, **handed)
    lots = await dispensing.lots_of(row)
    if not again:
        await stock.issue(orders.stock_key(order.id), who=who, lots=lots, gone=gone)
    about = orders.subject_of(order.id)
    await audit(who, "medication_order.ship", about, patient_id=order.patient_id)
    await record(MedicationOrderShipped(**orders.ids(order)), subject=about)
    usable = [may_issue(lot, clock.today()) for lot in await StockLot.filter(id__in=list(lots))]
    if gone and not all(usable):
        await parcels.recall(SYSTEM, order.id, BAD_LOT)
