"""A doctor, a room or the whole house stops: everybody booked is told, and offered a way on."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from booking import places, rules, schedules
from booking.events import AppointmentMoved, AppointmentStopped, LineEnded, RefundChosen
from booking.models import (
    Appointment,
    CancelledBy,
    Channel,
    Closure,
    Disruption,
    Payment,
    Pool,
    Schedule,
    Slot,
    WaitingWish,
)
from booking.policy import params
from booking.schemas import ClosureIn, HolidayIn
from booking.service import PAID, ids
from booking.states import APPOINTMENT, REMEDY, Remedy, Status, Wish
from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.clock import SHANGHAI
from core.errors import Conflict, NotFound
from core.outbox import record
from core.states import advance, after
from people.access import revoke
from people.actor import Actor

STOPPABLE: Final = (Status.HELD, Status.BOOKED, Status.CHECKED_IN, Status.CALLED)
TRIES: Final = 3


async def stop(actor: Actor, schedule_id: UUID, entry: ClosureIn) -> Closure:
    """No service of one schedule from then until then. Raises Invalid, NotFound.

    A doctor who is away is away everywhere: with `elsewhere` their other clinics get a stop of
    their own.
    """
    actor.require(*schedules.KEEPERS)
    schedule = await schedules.own(actor, schedule_id)
    closure = await _close(actor, entry.starts_at, entry.ends_at, entry.reason, schedule)
    for other in await schedules.others_of(schedule) if entry.elsewhere else ():
        await _close(actor, entry.starts_at, entry.ends_at, entry.reason, other)
    return closure


async def holiday(actor: Actor, entry: HolidayIn) -> Closure:
    """The whole house is closed on these days. Raises Invalid."""
    actor.require(*schedules.KEEPERS)
    starts = datetime.combine(entry.first, time.min, SHANGHAI)
    ends = datetime.combine(entry.last + timedelta(days=1), time.min, SHANGHAI)
    return await _close(actor, starts, ends, entry.reason, None)


async def _close(
    actor: Actor, starts: datetime, ends: datetime, reason: str, schedule: Schedule | None
) -> Closure:
    """First nobody gets in any more, then the line ends, then one appointment after the other.

    Each is a transaction of its own, so that nobody who cancels or checks in at this moment holds
    what we want and wants what we hold. What is left undone (a killed process) `end_left` finds.
    """
    if ends <= starts:
        raise schedules.wrong("ends_at" if schedule else "last", "结束要晚于开始")
    if ends <= clock.now():
        raise schedules.wrong("ends_at" if schedule else "last", "这段时间已经过去了")
    async with db.atomic():
        closure = await Closure.create(
            organization_id=actor.organization_id,
            schedule_id=schedule.id if schedule else None,
            starts_at=starts,
            ends_at=ends,
            reason=reason,
            created_at=clock.now(),
            created_by=actor.practitioner_id,
        )
        days = await _shut(closure)
        await audit(actor, "schedule.stop", f"Closure/{closure.id}", reason=reason)
    for schedule_id, day in days:
        if not await Slot.filter(schedule_id=schedule_id, day=day, open=True).exists():
            await _end_line(schedule_id, day)
    await _end_all(actor, closure)
    return closure


async def _end_line(schedule_id: UUID, day: date) -> None:
    """Nothing can become free that day any more: whoever waits is told, instead of waiting on."""
    first = await Slot.filter(schedule_id=schedule_id, day=day).order_by("starts_at").first()
    line = WaitingWish.filter(schedule_id=schedule_id, day=day, status=Wish.WAITING)
    for wish in await line.order_by("id"):
        same = WaitingWish.filter(id=wish.id, status=Wish.WAITING)
        async with db.atomic():
            if first and await same.update(status=Wish.LAPSED, ended_at=clock.now()):
                event = LineEnded(
                    wish_id=str(wish.id),
                    patient_id=str(wish.patient_id),
                    schedule_id=str(schedule_id),
                    starts_at=first.starts_at.isoformat(),
                )
                await record(event, subject=f"WaitingWish/{wish.id}")


async def _shut(closure: Closure) -> list[tuple[UUID, date]]:
    """Close the slots inside, in the order of `schedules.locked`; return the days concerned."""
    inside = Slot.filter(
        schedule__organization_id=closure.organization_id,
        starts_at__lt=closure.ends_at,
        ends_at__gt=max(closure.starts_at, clock.now()),
    )
    if closure.schedule_id:
        inside = inside.filter(schedule_id=closure.schedule_id)
    slots = await schedules.locked(inside)
    await Slot.filter(id__in=[slot.id for slot in slots]).update(open=False)
    return sorted({(slot.schedule_id, slot.day) for slot in slots})


async def end_left() -> int:
    """End what a live stop covers and nobody has ended yet: a stop that was interrupted."""
    live = Closure.filter(lifted_at=None, ends_at__gt=clock.now())
    return sum([await _end_all(SYSTEM, closure) for closure in await live])


async def _end_all(who: Who, closure: Closure) -> int:
    covered = Appointment.filter(
        schedule__organization_id=closure.organization_id,
        status__in=list(STOPPABLE),
        starts_at__lt=closure.ends_at,
        ends_at__gt=max(closure.starts_at, closure.created_at),
    )
    if closure.schedule_id:
        covered = covered.filter(schedule_id=closure.schedule_id)
    found = await covered.order_by("starts_at", "id").only("id")
    return sum([await _end_one(who, closure, row.id) for row in found])


async def _end_one(who: Who, closure: Closure, appointment_id: UUID) -> bool:
    """False when the stop was lifted, or the appointment is no longer to be stopped."""
    for _ in range(TRIES):
        try:
            async with db.atomic():
                if not await Closure.exists(id=closure.id, lifted_at=None):
                    return False
                row = await Appointment.get(id=appointment_id)
                if row.status not in STOPPABLE:
                    return False
                await _end(who, closure, row)
                return True
        except Conflict:
            continue  # it moved on in this very moment, perhaps to another state we stop
    return False


async def _end(who: Who, closure: Closure, row: Appointment) -> None:
    await advance(
        row,
        APPOINTMENT,
        "stop",
        ended_at=clock.now(),
        cancelled_by=CancelledBy.HOSPITAL,
        reason=closure.reason,
    )
    offered = WaitingWish.filter(appointment_id=row.id, status=Wish.OFFERED)
    await offered.update(status=Wish.LAPSED, ended_at=clock.now())
    await places.give_back(row.slot_id)
    await revoke(f"Appointment/{row.id}")
    told = await Disruption.create(id=uuid4(), closure_id=closure.id, appointment_id=row.id)
    await audit(who, "appointment.stop", f"Appointment/{row.id}", patient_id=row.patient_id)
    event = AppointmentStopped(
        **ids(row),
        closure_id=str(closure.id),
        disruption_id=str(told.id),
        starts_at=row.starts_at.isoformat(),
    )
    await record(event, subject=f"Appointment/{row.id}")


async def lift(actor: Actor, closure_id: UUID) -> Closure:
    """There is service after all: what the weekly hours still give opens again.

    Stopped appointments stay stopped. Raises NotFound.
    """
    actor.require(*schedules.KEEPERS)
    async with db.atomic():
        closure = await Closure.get_or_none(id=closure_id, organization_id=actor.organization_id)
        live = Closure.filter(id=closure_id, lifted_at=None)
        if closure is None or not await live.update(lifted_at=clock.now()):
            raise NotFound("not_found", "这次停诊已经取消,或者不存在。")
        concerned = Schedule.filter(organization_id=actor.organization_id, active=True)
        if closure.schedule_id:
            concerned = concerned.filter(id=closure.schedule_id)
        for schedule in await concerned.order_by("id"):
            await schedules.reopen(schedule, closure.starts_at, closure.ends_at)
            await schedules.build(schedule)
        await audit(actor, "schedule.lift_stop", f"Closure/{closure.id}")
    return closure


async def move(who: Who, disruption_id: UUID, slot_id: UUID) -> Appointment:
    """Another time for somebody who was stopped; what was paid goes along.

    Raises Conflict when it is full, costs something else, or was settled meanwhile.
    """
    try:
        async with db.atomic():
            return await _move(who, disruption_id, slot_id)
    except IntegrityError:
        raise Conflict("already_booked", "这位居民当天在这个科室已经有预约。") from None


async def _move(who: Who, disruption_id: UUID, slot_id: UUID) -> Appointment:
    told, old = await _open(disruption_id)
    slot = await Slot.get_or_none(id=slot_id).select_related("schedule")
    if slot is None:
        raise NotFound("slot_not_found", "没有这个号源,请刷新后重选。")
    if slot.schedule.service_type is not old.schedule.service_type:
        raise Conflict("other_service", "改约请选同一类的号:门诊改门诊,在线改在线。")
    asked = places.asked_of(slot, Channel.COUNTER, confirmed=slot.schedule.needs)
    if slot.pool is not Pool.PUBLIC:
        raise Conflict("pool_closed", "改约请选普通号。")
    if refusal := rules.why_not_slot(asked, clock.now()):
        raise Conflict(refusal.code, refusal.sentence)
    paid = old.payment in PAID
    if paid and slot.schedule.fee_fen != old.fee_fen:
        raise Conflict("other_fee", "挂号费和原来不一样,请先退费,再重新预约。")
    patient_id = await places.check_patient(asked, old.patient_id)
    payment = _payment(old, slot.schedule.fee_fen)
    row = places.new_appointment(
        who,
        slot,
        patient_id,
        channel=old.channel,
        payment=payment,
        hold=timedelta(minutes=params().pay_minutes) if payment is Payment.PENDING else None,
    )
    row.made_at_organization_id = old.made_at_organization_id
    await row.save(force_create=True)
    if not await places.take(slot.id, clock.now()):
        raise places.SlotFull
    await _settle(who, told, "move", row.id)
    await audit(who, "appointment.move", f"Appointment/{row.id}", patient_id=row.patient_id)
    event = AppointmentMoved(
        **ids(row), moved_from_id=str(old.id), starts_at=row.starts_at.isoformat()
    )
    await record(event, subject=f"Appointment/{row.id}")
    return row


def _payment(old: Appointment, fee_fen: int) -> Payment:
    """What was paid goes along; what costs something now and was not paid still has to be."""
    if old.payment in PAID:
        return old.payment
    if not fee_fen:
        return Payment.FREE
    return Payment.AT_VISIT if old.payment is Payment.AT_VISIT else Payment.PENDING


async def refund(who: Who, disruption_id: UUID) -> Disruption:
    """The patient wants the money back, or nothing more. Raises Conflict when settled."""
    async with db.atomic():
        told, old = await _open(disruption_id)
        owed = old.fee_fen if old.payment in PAID else 0
        await Appointment.filter(id=old.id).update(refund_fen=owed)
        await _settle(who, told, "refund")
        await audit(who, "appointment.refund", f"Appointment/{old.id}", patient_id=old.patient_id)
        event = RefundChosen(**ids(old), payment=old.payment.value, refund_fen=owed)
        await record(event, subject=f"Appointment/{old.id}")
    return told


async def _open(disruption_id: UUID) -> tuple[Disruption, Appointment]:
    told = await Disruption.get_or_none(id=disruption_id).select_related("appointment__schedule")
    if told is None:
        raise NotFound("not_found", "没有这一条。")
    if told.remedy is not Remedy.OPEN:
        raise Conflict("changed_meanwhile", "这一位刚才已经处理了,请刷新页面。")
    return told, told.appointment


async def _settle(who: Who, told: Disruption, action: str, moved_to: UUID | None = None) -> None:
    """Close the disruption by compare-and-swap on `remedy`."""
    then = after(REMEDY, told.remedy, action)
    open_ = Disruption.filter(id=told.id, remedy=told.remedy)
    changes = {"remedy": then, "moved_to_id": moved_to, "settled_at": clock.now()}
    if not await open_.update(**changes, settled_by_name=who.name):
        raise Conflict("changed_meanwhile", "这一位刚才已经处理了,请刷新页面。")
    told.update_from_dict(changes)
