"""What residents are told about the drugs they ordered; wired in `app.reactions`.

No drug and no diagnosis anywhere: the text is for the inbox, the words show on a locked screen.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core import clock
from core.money import yuan
from core.outbox import schedule
from notifications.events import DrugReminderDue
from notifications.reminders import Said
from notifications.service import Message, Word, tell
from people.masking import mask_name
from people.models import Organization
from pharmacy.delivery.events import ParcelWaits
from pharmacy.orders import unclaimed
from pharmacy.orders.events import (
    MedicationOrderReady,
    MedicationOrderRefunded,
    MedicationOrderStopped,
    PickUpReminderDue,
)
from pharmacy.orders.models import MedicationOrder, Paid, Way
from pharmacy.orders.states import KEEPS_STOCK
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.orders.words import money_back, until_words
from pharmacy.prescribing.events import MedicationRequestApproved
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status as Rx

BEFORE: Final = timedelta(hours=4)
"""So long before its end somebody who has not paid is reminded: an afternoon, not a night."""


async def remind(event: MedicationRequestApproved) -> None:
    """Set the reminder for before the prescription's end."""
    row = await MedicationRequest.get(id=event.request_id)
    if row.valid_until is None or (due := row.valid_until - BEFORE) <= clock.now():
        return
    reminder = DrugReminderDue(request_id=event.request_id)
    await schedule(reminder, due_at=due, key=f"drug-reminder/{event.request_id}")


async def tell_expiring(event: DrugReminderDue) -> None:
    """Its days are nearly over, and nobody has paid."""
    row = await MedicationRequest.get(id=event.request_id)
    if await waits_for_payment(row):
        said = await ending(row.id)
        subject = f"MedicationRequest/{row.id}"
        await tell(said.patient_id, subject, said.message, expires_at=said.expires_at)


async def waits_for_payment(row: MedicationRequest) -> bool:
    """It may still be ordered, and nobody has paid."""
    if row.valid_until is None or row.valid_until <= clock.now() or row.status is not Rx.ACTIVE:
        return False
    paid = MedicationOrder.filter(request_id=row.id, status__in=list(KEEPS_STOCK))
    return not await paid.exclude(status=Status.PAY_PENDING).exists()


async def ending(id: UUID) -> Said:
    """What is said in a prescription's last hours."""
    row = await MedicationRequest.get(id=id).select_related("patient")
    until = until_words(row.valid_until) if row.valid_until else ""
    text = f"处方 {until} 过期,还没有付款。要用药请在这之前付款取药。"
    message = _message(row.patient.name, "prescription_expiring", "处方快过期了", text, row.id)
    return Said(row.patient_id, message, expires_at=row.valid_until)


async def tell_ready(event: MedicationOrderReady) -> None:
    """They may fetch it; a second picking is told again."""
    order = await _read(event.order_id)
    if order.way is not Way.PICK_UP:
        return  # told when it leaves: `carrying`
    where, hours = order.pharmacy.name, order.pharmacy.hours
    when = f"({hours})" if hours else ""
    text = f"药配好了,请到{where}{when}取药,给工作人员看取药码。"
    moment = order.ready_at or clock.now()
    await _tell(order, f"ready/{moment.isoformat()}", "drugs_ready", "药配好了", text)


async def tell_waiting(event: PickUpReminderDue) -> None:
    """It lies ready for days and nobody has come; until when, and what then."""
    if await unclaimed.still_lies(event.order_id, event.ready_at) is None:
        return
    order = await _read(event.order_id)
    until = unclaimed.last_day(order)
    then = f"留到 {until_words(until)},到时没取就放回药房,药费退给您。" if until else ""
    text = f"药配好好几天了,还没有来取。请到{order.pharmacy.name}取药,给工作人员看取药码。{then}"
    await _tell(order, f"waiting/{event.ready_at}", "drugs_waiting", "药还在等您来取", text)


async def tell_at_clinic(event: ParcelWaits) -> None:
    """It has lain at the village clinic for days, and goes back."""
    order = await _read(event.order_id)
    clinic = await Organization.get_or_none(id=order.clinic_id)
    where = clinic.name if clinic else "村卫生室"
    until = until_words(datetime.fromisoformat(event.until))
    text = f"药在{where}等您来取,留到 {until}。之后会退回药房。"
    await _tell(order, f"at-clinic/{event.parcel_id}", "drugs_waiting", "药还没有取", text)


async def tell_stopped(event: MedicationOrderStopped) -> None:
    """It cannot be had; what was paid goes back."""
    order = await _read(event.order_id)
    cash = order.payment is Paid.CASH
    back = money_back(event.refund_fen, cash=cash, done=False) if event.refund_fen else ""
    if event.reason == "自己取消":
        return  # one knows
    await _tell(order, "stopped", "drugs_stopped", "取药停止了", f"{event.reason}。{back}")


async def tell_refunded(event: MedicationOrderRefunded) -> None:
    """The money is back with the payer."""
    order = await _read(event.order_id)
    if not event.refund_fen:
        return
    how = "现金已经退给您" if order.payment is Paid.CASH else "已经原路退回付款的微信"
    text = f"药费 {yuan(event.refund_fen)} {how}。"
    words: dict[str, Word] = {
        "subject": "药费",
        "amount": event.refund_fen,
        "day": clock.today(),
        "note": "已原路退回",
    }
    name = order.patient.name
    message = _message(name, "refund", "药费退款到账", text, order.request_id, words)
    await tell(order.patient_id, f"MedicationOrder/{order.id}", message)


async def _read(order_id: str) -> MedicationOrder:
    return await MedicationOrder.get(id=UUID(order_id)).select_related(
        "patient", "request", "pharmacy__organization"
    )


async def _tell(order: MedicationOrder, key: str, topic: str, title: str, text: str) -> None:
    words: dict[str, Word] = {
        "patient": mask_name(order.patient.name),
        "place": order.pharmacy.organization.short_name,
        "at": clock.now(),
    }
    message = _message(order.patient.name, topic, title, text, order.request_id, words)
    await tell(order.patient_id, f"MedicationOrder/{order.id}/{key}", message)


def _message(
    name: str,
    topic: str,
    title: str,
    text: str,
    request_id: UUID,
    words: dict[str, Word] | None = None,
) -> Message:
    return Message(
        topic=topic,
        title=title,
        text=f"{name}:{text}",
        words=words or {"patient": mask_name(name), "at": clock.now()},
        page=f"pages/prescription/index?id={request_id}",
    )
