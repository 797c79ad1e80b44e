"""An order that is carried, in the resident's words: where it is, the code, what was told."""

from datetime import datetime
from typing import Final

from core.clock import in_words
from core.errors import FieldError, Invalid
from mini_program_api.schemas.deliveries import (
    CarriedOut,
    ClinicOut,
    Clinics,
    ParcelEventOut,
    PlaceOut,
    TroubleOut,
    WayOut,
    Ways,
)
from mini_program_api.schemas.medications import MedicationOrderIn
from people.masking import mask_name, mask_phone
from people.residents import addresses
from people.residents.actor import Resident
from pharmacy.delivery import receipts
from pharmacy.delivery.models import Parcel, Proof
from pharmacy.delivery.states import OVER, Carrier, Word
from pharmacy.delivery.states import Status as Road
from pharmacy.orders import offers, troubles
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.queries import RequestView
from pharmacy.orders.service import FETCHED, Destination
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing.models import MedicationRequest

WAYS: Final = {
    Way.PICK_UP: ("到药房自取", "药配好了通知您去取"),
    Way.VILLAGE: ("送到村卫生室", "随车送到村里,您去卫生室取"),
    Way.DOOR: ("送到家", "送到您写的地址"),
}
NOTE: Final = "先付款,后配药、送药,送到时不再收钱。不方便用微信付的,请到药房窗口付现金自取。"
CARRIERS: Final = {
    Carrier.COURIER: "快递",
    Carrier.OWN: "医院的送药车",
    Carrier.VILLAGE: "医院的送药车",
}
TOLD: Final = {
    Word.PICKED_UP: "药房把包裹交给了快递",
    Word.IN_TRANSIT: "包裹在路上",
    Word.DELIVERING: "快递员正在派送,请留意电话",
    Word.PROBLEM: "快递说路上有点问题,正在处理",
    Word.REFUSED: "没有收下",
    Word.RETURNING: "包裹正在退回药房",
    Word.SIGNED: "已签收",
    Word.RETURN_SIGNED: "包裹退回到药房了",
    Word.LOST: "包裹丢失",
    Word.DAMAGED: "包裹破损",
}
RECEIVED: Final = {
    Proof.CODE: "核对收药码后领取",
    Proof.NAME: "核对姓名和证件后领取",
    Proof.WITNESS: "由村医当面交给",
    Proof.COURIER: "已签收",
}
STATES: Final = {
    Road.SEALED: "packed",
    Road.ARRIVED: "arrived",
    Road.REFUSED: "not_taken",
    Road.RETURNING: "not_taken",
    Road.RETURNED: "checking",
    Road.SIGNED: "received",
}


async def ways(row: MedicationRequest) -> Ways:
    """How it can come, with the price of each."""
    found = await offers.ways_of(row)
    return Ways(items=[_way(one) for one in found], note=NOTE)


def _way(offer: offers.WayOffer) -> WayOut:
    name, hint = WAYS[offer.way]
    price = offer.price
    return WayOut(
        way=offer.way,
        name=name,
        hint=hint,
        open=offer.refusal is None,
        why=offer.refusal.sentence if offer.refusal else "",
        drugs_fen=price.drugs_fen,
        delivery_fen=price.delivery_fen,
        decoction_fen=price.decoction_fen,
        amount_fen=price.total_fen,
        pharmacies=[PlaceOut(id=place.id, name=place.name) for place in offer.pharmacies],
    )


async def clinics(row: MedicationRequest) -> Clinics:
    """Where it can be brought to."""
    found = await offers.clinics(row.patient_id)
    return Clinics(
        items=[
            ClinicOut(
                id=house.id, name=house.name, address=house.address, phone=house.phone, mine=mine
            )
            for house, mine in found
        ]
    )


async def destination(who: Resident, asked: MedicationOrderIn) -> Destination:
    """What was chosen, with the address as it is now. Raises Invalid, NotFound for a stranger's."""
    way = Way(asked.way)
    if way is Way.VILLAGE:
        if asked.clinic_id is None:
            raise _missing("clinic_id", "请选一个村卫生室。")
        return Destination(way=Way.VILLAGE, clinic_id=asked.clinic_id)
    if way is Way.PICK_UP:
        return FETCHED
    if asked.address_id is None:
        raise _missing("address_id", "请选一个收药的地址。")
    found = await addresses.open_own(who, asked.address_id)
    return Destination(
        way=Way.DOOR, name=found.name, phone=found.phone, address=addresses.in_words(found)
    )


def _missing(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])


def carried(view: RequestView) -> CarriedOut | None:
    """What is seen of an order that is not fetched."""
    order, parcel = view.order, view.parcel
    if order is None or order.way is Way.PICK_UP:
        return None
    clinic = view.clinic
    place = order.address or (clinic.name if clinic else "")
    return CarriedOut(
        state=_state(order, parcel),
        to_name=mask_name(order.recipient_name) if order.recipient_name else "",
        to_phone_masked=mask_phone(order.recipient_phone) if order.recipient_phone else "",
        to_place=place,
        clinic_name=clinic.name if clinic else "",
        clinic_phone=clinic.phone if clinic else "",
        carrier_name=CARRIERS[parcel.carrier] if parcel else "",
        tracking_number=(parcel.tracking_number or "") if parcel else "",
        code=_code(order, parcel),
        events=_events(view),
        keep_until=order.keep_until,
    )


def _state(order: MedicationOrder, parcel: Parcel | None) -> str:
    if order.status is Status.BACK:
        return "waiting"
    if order.status not in (Status.READY, Status.ON_THE_WAY, Status.RECEIVED):
        return "over" if order.ended_at else "packed"
    if parcel is None:
        return "packed"
    return "over" if parcel.recalled else STATES.get(parcel.status, "under_way")


def _code(order: MedicationOrder, parcel: Parcel | None) -> str | None:
    """Said to whoever of ours gives it; a courier has a signature of their own."""
    gives = parcel is not None and parcel.carrier is not Carrier.COURIER and not parcel.recalled
    if parcel is None or not gives or order.status is not Status.ON_THE_WAY:
        return None
    return None if parcel.status in OVER else receipts.code_of(parcel.id)


def _events(view: RequestView) -> list[ParcelEventOut]:
    parcel = view.parcel
    if parcel is None or view.order is None:
        return []
    found = [(one.at, _told(one.word, one.place)) for one in view.told]
    if parcel.carrier is not Carrier.COURIER:
        clinic = view.clinic.name if view.clinic else "村卫生室"
        found += _ours(parcel, clinic)
    if view.receipt and view.receipt.proof is not Proof.COURIER:
        found.append((view.receipt.at, RECEIVED[view.receipt.proof]))
    return [ParcelEventOut(text=text, at=at) for at, text in sorted(found, key=lambda one: one[0])]


def _told(word: Word, place: str) -> str:
    return f"{TOLD[word]}({place})" if place else TOLD[word]


def _ours(parcel: Parcel, clinic: str) -> list[tuple[datetime, str]]:
    steps = [
        (parcel.handed_over_at, "药房把包裹交给了送药车"),
        (parcel.arrived_at, f"送到了{clinic}"),
        (parcel.ended_at if parcel.status is Road.RETURNED else None, TOLD[Word.RETURN_SIGNED]),
    ]
    return [(at, text) for at, text in steps if at is not None]


def trouble(view: RequestView) -> TroubleOut | None:
    """What was reported last."""
    row = view.trouble
    if row is None:
        return None
    return TroubleOut(
        kind=row.kind,
        kind_name=troubles.NAMES[row.kind],
        text=row.text,
        raised_at=row.raised_at,
        settled=row.settled_at is not None,
        answer=row.answer,
    )


def _call(order: MedicationOrder) -> str:
    phone = order.pharmacy.phone or order.pharmacy.organization.phone
    return f"想再送一次,请打电话 {phone}。" if phone else "想再送一次,请给药房打电话。"


def _stuck(view: RequestView, parcel: Parcel) -> bool:
    """The courier did not accept it, or told of trouble last (`pharmacy.dispatch.stuck`)."""
    if parcel.carrier is not Carrier.COURIER:
        return False
    if parcel.status is Road.SEALED:
        return bool(parcel.problem) and not parcel.tracking_number and parcel.due_at is None
    last = max(view.told, key=lambda one: one.at, default=None)
    return last is not None and last.word is Word.PROBLEM and parcel.status not in OVER


def next_step(view: RequestView) -> str:
    """What to do now, for an order that is carried and has been packed."""
    order, parcel = view.order, view.parcel
    clinic = view.clinic.name if view.clinic else "村卫生室"
    if order is None:
        return ""
    if order.status is Status.BACK:
        until = f",最晚 {in_words(order.keep_until)}" if order.keep_until else ""
        return f"药退回到{order.pharmacy.name}了,给您留着,请来取{until}。{_call(order)}"
    if parcel is not None and parcel.recalled:
        return f"{parcel.recalled}。包裹正在叫回,送到了也请不要收。退回后钱全部退给您。"
    if parcel is not None and _stuck(view, parcel):
        return f"快递现在送不成。药房会打电话跟您商量怎么送,请留意电话。{_call(order)}"
    if order.status is Status.READY or parcel is None:
        return "药配好了,装好了,等着送出。送出会通知您。"
    match parcel.status:
        case Road.ARRIVED:
            return f"药到了,请到{clinic}取,报收药码或者带证件。"
        case Road.REFUSED | Road.RETURNING:
            return f"药没有送到您手里,正在退回药房。到了再通知您,给您留着。{_call(order)}"
        case Road.RETURNED:
            return "药退回到药房了,药师正在检查。检查完通知您。"
    if order.way is Way.VILLAGE:
        return f"药在路上。到了{clinic}会通知您,先不用去。"
    return "药在路上。请保持电话畅通,收的时候看看封口,破了可以不收。"
