"""What residents are told about drugs that are carried to them; wired in `app.reactions`.

No drug, no diagnosis, no code anywhere: the words show on a locked screen.
"""

from typing import Final
from uuid import UUID

from core import clock
from core.clock import in_words
from core.money import yuan
from notifications.service import Message, Word, tell
from people.models import Organization
from pharmacy.delivery.events import ParcelChanged
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import Status as Road
from pharmacy.orders.events import (
    MedicationOrderArrived,
    MedicationOrderCameBack,
    MedicationOrderLapsed,
    MedicationOrderReceived,
    MedicationOrderShipped,
    TroubleSettled,
)
from pharmacy.orders.models import MedicationOrder, Trouble, Way

TOPIC: Final = "delivery"
NOT_TAKEN: Final = frozenset({Road.REFUSED.value, Road.RETURNING.value})


async def tell_shipped(event: MedicationOrderShipped) -> None:
    """It has left the pharmacy; once more is told again."""
    order = await _read(event.order_id)
    text = "您的药送出了,在路上。请保持电话畅通。"
    if order.way is Way.VILLAGE:
        text = f"您的药送出了,正送往{await _clinic(order)}。到了再通知您,先不用去。"
    sent = await Parcel.filter(order_id=order.id).count()
    await _tell(order, f"shipped/{sent}", "已送出", "药送出了", text)


async def tell_arrived(event: MedicationOrderArrived) -> None:
    """It lies at the village clinic."""
    order = await _read(event.order_id)
    text = f"药到{await _clinic(order)}了,请去取。报手机上的收药码,或者带证件。"
    sent = await Parcel.filter(order_id=order.id).count()
    await _tell(order, f"arrived/{sent}", "可以取了", "药到村卫生室了", text)


async def tell_received(event: MedicationOrderReceived) -> None:
    """Signed for: whoever did not get it says so."""
    order = await _read(event.order_id)
    text = "药已签收。不是您收的,或者药有问题,请点进来告诉药房。"
    await _tell(order, "received", "已签收", "药已签收", text)


async def tell_not_taken(event: ParcelChanged) -> None:
    """It did not come into their hands and goes back."""
    if event.status not in NOT_TAKEN or not event.order_id:
        return
    order = await _read(event.order_id)
    text = "药没有送到您手里,正在退回药房。到了药师先检查,再通知您怎么办。"
    await _tell(order, f"not-taken/{event.parcel_id}", "没有送到", "药没有送到", text)


async def tell_back(event: MedicationOrderCameBack) -> None:
    """It waits at the pharmacy, until when, and what of the money goes back."""
    order = await _read(event.order_id)
    until = f",最晚 {in_words(order.keep_until)}" if order.keep_until else ""
    fee = f"配送费 {yuan(event.refund_fen)} 退给您。" if event.refund_fen else ""
    text = f"药退回到{order.pharmacy.name}了,给您留着,请来取{until}。想再送一次,请打电话。{fee}"
    sent = await Parcel.filter(order_id=order.id).count()
    await _tell(order, f"back/{sent}", "等您来取", "药退回药房了", text)


async def tell_lapsed(event: MedicationOrderLapsed) -> None:
    """Nobody came until the end."""
    order = await _read(event.order_id)
    back = f"药费 {yuan(order.refund_fen)} 退给您。" if order.ended_at and order.refund_fen else ""
    text = f"药在药房等到了期限,没有来取,不再留了。{back}需要用药请联系医生。"
    await _tell(order, "lapsed", "已过期限", "药没有来取", text)


async def tell_answered(event: TroubleSettled) -> None:
    """The pharmacy has looked into what they reported."""
    order = await _read(event.order_id)
    last = await Trouble.filter(order_id=order.id).order_by("-settled_at").first()
    text = "您说的问题,药房有答复了,请点进来看。"
    key = f"answer/{last.id}" if last else "answer"
    await _tell(order, key, "有答复了", "药房有答复", text)


async def _read(order_id: str) -> MedicationOrder:
    return await MedicationOrder.get(id=UUID(order_id)).select_related(
        "patient", "request", "pharmacy__organization"
    )


async def _clinic(order: MedicationOrder) -> str:
    house = await Organization.get_or_none(id=order.clinic_id)
    return house.name if house else "村卫生室"


async def _tell(order: MedicationOrder, key: str, state: str, title: str, text: str) -> None:
    words: dict[str, Word] = {
        "number": order.request.number or "",
        "state": state,
        "at": clock.now(),
        "phone": order.pharmacy.phone or order.pharmacy.organization.phone,
        "note": title,
    }
    message = Message(
        topic=TOPIC,
        title=title,
        text=f"{order.patient.name}:{text}",
        words=words,
        page=f"pages/prescription/index?id={order.request_id}",
    )
    await tell(order.patient_id, f"MedicationOrder/{order.id}/{key}", message)
