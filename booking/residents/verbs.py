"""What a resident does: book, give up, stand in line, choose after a stop, check in at the door.

Every verb may be repeated: it changes nothing the second time, or says what stands.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from booking import doors, service, sold_out, stopping, visits, waiting
from booking.models import (
    Appointment,
    CancelledBy,
    Channel,
    Disruption,
    Payment,
    Schedule,
    ServiceType,
    Slot,
    WaitingWish,
)
from booking.places import SlotFull
from booking.states import PRESENT, Remedy, Status, Wish
from core import clock
from core.audit import Entry, Who
from core.errors import Conflict, FieldError, Invalid, NotFound

OFFER_OVER: Final = ("offer_over", "这个候补号已经过了答复时间,给了后面的人。")


async def book(
    who: Who,
    patient_id: UUID,
    slot_id: UUID,
    *,
    key: str | None = None,
    confirmed: Collection[str] = (),
    traces: Sequence[Entry] = (),
) -> Appointment:
    """Hold a place until it is paid, or book it when it costs nothing. See `service.hold`."""
    return await service.hold(
        who,
        slot_id=slot_id,
        patient_id=patient_id,
        channel=Channel.RESIDENT,
        key=key,
        confirmed=confirmed,
        traces=traces,
    )


async def refuse_full(slot_id: UUID, key: str | None) -> None:
    """Raise `slot_full` when it was so a moment ago: before anything else is asked."""
    if await sold_out.known(slot_id, key):
        raise SlotFull


async def cancel(who: Who, appointment: Appointment, *, reason: str = "") -> Appointment:
    """Give it up. Raises Conflict `too_late` after the free time."""
    if appointment.cancelled_by is CancelledBy.PATIENT:
        return appointment
    return await service.cancel(who, appointment, by=CancelledBy.PATIENT, reason=reason)


async def join_line(who: Who, patient_id: UUID, schedule_id: UUID, day: date) -> WaitingWish:
    """Stand in line for a full day. Raises Conflict `places_left`, NotFound."""
    return await waiting.join(
        who, schedule_id=schedule_id, day=day, patient_id=patient_id, channel=Channel.RESIDENT
    )


async def leave_line(who: Who, wish: WaitingWish) -> None:
    """Step out of the line, or decline what is offered: the place goes to the next."""
    if wish.status is Wish.WAITING:
        await waiting.leave(who, wish)
    elif wish.status is Wish.OFFERED:
        offered = await Appointment.get(id=wish.appointment_id)
        await service.cancel(who, offered, by=CancelledBy.PATIENT)


async def accept(who: Who, wish: WaitingWish) -> Appointment:
    """Take the offered place: booked when it costs nothing, else held for the payment.

    Raises Conflict `offer_over`, or `no_offer` while the wish still waits.
    """
    if wish.status is Wish.WAITING:
        raise Conflict("no_offer", "还没有轮到您,有号时会马上通知您。")
    if wish.status not in (Wish.OFFERED, Wish.TAKEN) or wish.appointment_id is None:
        raise Conflict(*OFFER_OVER)
    offered = await Appointment.get(id=wish.appointment_id)
    if offered.status is Status.HELD and not offered.fee_fen:
        return await service.confirm(who, offered.id, Payment.FREE)
    if offered.status in (Status.EXPIRED, Status.CANCELLED):
        raise Conflict(*OFFER_OVER)
    return offered


async def choose_move(who: Who, appointment: Appointment, slot_id: UUID) -> Appointment:
    """Another time with the same department after a stop; what was paid goes along."""
    told = await _told(appointment)
    slot = await Slot.get_or_none(id=slot_id).select_related("schedule")
    old = await Schedule.get(id=appointment.schedule_id)
    if slot is None or _clinic(slot.schedule) != _clinic(old):
        raise NotFound("slot_not_found", "请选同一个科室的号;别的科室请先退号,再重新预约。")
    if told.remedy is Remedy.MOVED:
        moved = await Appointment.get(id=told.moved_to_id)
        if moved.slot_id == slot_id:
            return moved
    if slot.starts_at <= clock.now():
        raise Conflict("slot_past", "这个时间已经过了,请选后面的时间。")
    return await stopping.move(who, told.id, slot_id)


def _clinic(schedule: Schedule) -> tuple[UUID, str, ServiceType]:
    return schedule.organization_id, schedule.department, schedule.service_type


async def choose_refund(who: Who, appointment: Appointment) -> Appointment:
    """The money back after a stop, or nothing more when nothing was paid."""
    told = await _told(appointment)
    if told.remedy is not Remedy.REFUNDED:
        await stopping.refund(who, told.id)
    return await Appointment.get(id=appointment.id)


async def _told(appointment: Appointment) -> Disruption:
    told = await Disruption.get_or_none(appointment_id=appointment.id)
    if told is None:
        raise Conflict("not_stopped", "这个预约没有停诊,不用处理。")
    return told


async def check_in(who: Who, appointment: Appointment, *, door: str = "") -> Appointment:
    """At the door, with the code that hangs there; an online visit needs none.

    Raises Invalid `wrong_door`, Conflict (unpaid, too early, over).
    """
    if appointment.status in PRESENT:
        return appointment
    schedule = await Schedule.get(id=appointment.schedule_id)
    if schedule.service_type is not ServiceType.ONLINE and not doors.opens(door, schedule):
        sentence = f"这不是{schedule.place or '候诊区'}门口的签到码,请扫对应诊室门口的二维码。"
        raise Invalid("wrong_door", sentence, errors=[FieldError("door", sentence)])
    return await visits.check_in(who, appointment)
