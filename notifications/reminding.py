"""What this house reminds of by itself: tomorrow's appointment, a prescription's last hours, an
order that nobody has paid. Other packages' sources are brought by `app.reactions`.
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from booking.models import Appointment
from booking.states import Status as Booked
from core import clock, db
from core.clock import in_words
from core.money import yuan
from notifications import appointments, drugs, reminders
from notifications.reminders import Said, Source
from notifications.service import Message
from people.masking import mask_name
from pharmacy.orders.events import (
    MedicationOrderClosed,
    MedicationOrderPaid,
    MedicationOrderPlaced,
)
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus
from pharmacy.prescribing.models import MedicationRequest

PAY: Final = "MedicationOrder"
BEFORE_CLOSING: Final = timedelta(minutes=10)


async def remind_to_pay(event: MedicationOrderPlaced) -> None:
    """Some minutes before the order closes by itself."""
    row = await MedicationOrder.get(id=event.order_id)
    if (due := row.pay_by - BEFORE_CLOSING) > clock.now():
        await reminders.remind(PAY, row.id, due_at=due)


async def paid_or_closed(event: MedicationOrderPaid | MedicationOrderClosed) -> None:
    """Nothing is left to pay."""
    await reminders.withdraw(PAY, UUID(event.order_id))


async def _unpaid(ids: Collection[UUID]) -> set[UUID]:
    rows = MedicationOrder.filter(id__in=list(ids), status=OrderStatus.PAY_PENDING)
    return _ids(await rows.filter(pay_by__gt=clock.now()).values_list("id", flat=True))


async def _pay(id: UUID) -> Said:
    row = await MedicationOrder.get(id=id).select_related("patient", "pharmacy__organization")
    name, until = row.patient.name, in_words(row.pay_by)
    message = Message(
        topic="payment_due",
        title="药费还没有付",
        text=f"{name}:药费 {yuan(row.amount_fen)} 还没有付。药为您留到 {until},过时要重新下单。",
        words={
            "patient": mask_name(name),
            "place": row.pharmacy.organization.short_name,
            "at": row.pay_by,
        },
        page=f"pages/prescription/index?id={row.request_id}",
    )
    return Said(row.patient_id, message, expires_at=row.pay_by)


async def _to_come(ids: Collection[UUID]) -> set[UUID]:
    rows = Appointment.filter(id__in=list(ids), status=Booked.BOOKED)
    return _ids(await rows.filter(starts_at__gt=clock.now()).values_list("id", flat=True))


async def _tomorrow(id: UUID) -> Said:
    return await appointments.reminder_of(id)


async def _ending(ids: Collection[UUID]) -> set[UUID]:
    rows = await MedicationRequest.filter(id__in=list(ids))
    return {row.id for row in rows if await drugs.waits_for_payment(row)}


async def _last_hours(id: UUID) -> Said:
    return await drugs.ending(id)


def _ids(found: Collection[object]) -> set[UUID]:
    return {db.as_id(one) for one in found}


OWN: Final = (
    Source("Appointment", "appointment_reminder", _to_come, _tomorrow),
    Source("MedicationRequest", "prescription_expiring", _ending, _last_hours),
    Source(PAY, "payment_due", _unpaid, _pay),
)
