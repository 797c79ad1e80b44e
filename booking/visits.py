"""At the door and in the room: check in, call, pass, begin, finish, miss."""

from datetime import date, datetime, timedelta
from uuid import UUID

from booking import rules
from booking.events import (
    AppointmentMissed,
    PatientCalled,
    PatientCheckedIn,
    VisitBegan,
    VisitFinished,
)
from booking.models import Appointment, Schedule
from booking.policy import params
from booking.service import ids
from booking.states import APPOINTMENT, Status
from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, NotFound
from core.outbox import Event, record
from core.states import advance
from people.access import close_after, grant, revoke
from people.links import same_person
from people.models import GrantBasis
from people.policy import policy

DAY = timedelta(days=1)
"""Within which whoever has come is seen; the doctor may open the record so long at most."""


async def check_in(who: Who, appointment: Appointment) -> Appointment:
    """The patient is at the door. Raises Conflict: unpaid, too early, or already in."""
    if appointment.status is Status.HELD:
        raise Conflict("unpaid", "这个号还没有缴费,请先缴费再签到。")
    if refusal := too_early(appointment):
        raise Conflict(refusal.code, refusal.sentence)
    return await arrive(who, appointment)


def too_early(appointment: Appointment) -> rules.Refusal | None:
    """Why the door does not open yet."""
    return rules.why_not_check_in(appointment.starts_at, clock.now(), params())


async def arrive(who: Who, appointment: Appointment) -> Appointment:
    """The patient is there: a number in the queue, and the doctor may open the record.

    Raises Conflict when they have come already.
    """
    moment = clock.now()
    async with db.atomic():
        schedule = await _lock(appointment.schedule_id)
        number = await _next_number(appointment.schedule_id, appointment.day)
        await _step(
            who,
            appointment,
            "check_in",
            PatientCheckedIn(**ids(appointment), queue_number=number),
            checked_in_at=moment,
            queue_number=number,
            queue_at=rules.place_in_queue(appointment.starts_at, appointment.ends_at, moment),
        )
        if schedule.practitioner_id:
            await grant(
                appointment.patient_id,
                basis=GrantBasis.VISIT,
                subject=_subject(appointment),
                granted_by=who.account_id,
                practitioner_id=schedule.practitioner_id,
                until=moment + DAY + policy().after_visit,
            )
    return appointment


async def _lock(schedule_id: UUID) -> Schedule:
    """One queue, one hand at a time; who books meanwhile (a foreign key) does not wait."""
    found = await Schedule.filter(id=schedule_id).select_for_update(no_key=True).first()
    if found is None:
        raise NotFound("not_found", "没有这个号表。")
    return found


async def _next_number(schedule_id: UUID, day: date) -> int:
    numbered = Appointment.filter(schedule_id=schedule_id, day=day, queue_number__isnull=False)
    last = await numbered.order_by("-queue_number").only("id", "queue_number").first()
    return (last.queue_number or 0) + 1 if last else 1


async def call_next(who: Who, schedule_id: UUID, day: date) -> Appointment | None:
    """Call the first in the queue; None when nobody waits.

    Raises Conflict while somebody is called and has neither come in nor been passed over.
    """
    async with db.atomic():
        await _lock(schedule_id)
        queue = Appointment.filter(schedule_id=schedule_id, day=day)
        if await queue.filter(status=Status.CALLED).exists():
            raise Conflict("somebody_called", "已叫的人还没处理:请先点“开始就诊”或“过号”。")
        first = await (
            queue.filter(status=Status.CHECKED_IN).order_by("queue_at", "queue_number").first()
        )
        return await _call(who, first) if first else None


async def call(who: Who, appointment: Appointment) -> Appointment:
    """Call this one, or once more."""
    async with db.atomic():
        await _lock(appointment.schedule_id)
        return await _call(who, appointment)


async def _call(who: Who, row: Appointment) -> Appointment:
    return await _step(
        who,
        row,
        "call",
        PatientCalled(**ids(row), queue_number=row.queue_number or 0),
        called_at=clock.now(),
        calls=row.calls + 1,
    )


async def pass_over(who: Who, appointment: Appointment) -> Appointment:
    """Called and not there: back to the end of the line."""
    async with db.atomic():
        return await _step(who, appointment, "pass", queue_at=clock.now())


async def begin(who: Who, appointment: Appointment) -> Appointment:
    """Doctor and patient are together."""
    async with db.atomic():
        return await _step(
            who, appointment, "begin", VisitBegan(**ids(appointment)), began_at=clock.now()
        )


async def finish(who: Who, appointment: Appointment) -> Appointment:
    """The visit is over; the record stays open for the writing."""
    async with db.atomic():
        await close_after(_subject(appointment), policy().after_visit)
        return await _step(
            who, appointment, "finish", VisitFinished(**ids(appointment)), ended_at=clock.now()
        )


async def miss(appointment_id: UUID, *, after_check_in: bool = False) -> bool:
    """The patient did not come; False when they did meanwhile.

    `after_check_in`: they had come in online and did not answer the call.
    """
    try:
        async with db.atomic():
            row = await Appointment.get(id=appointment_id)
            here = (Status.CHECKED_IN, Status.CALLED) if after_check_in else ()
            if row.status not in (Status.BOOKED, *here):
                return False
            await advance(row, APPOINTMENT, "miss", ended_at=clock.now())
            await revoke(_subject(row))
            until = rules.blocked_until(await misses_of(row.patient_id), params())
            await audit(SYSTEM, "appointment.miss", _subject(row), patient_id=row.patient_id)
            await record(
                AppointmentMissed(**ids(row), blocked_until=until.isoformat() if until else ""),
                subject=_subject(row),
            )
    except Conflict:
        return False
    return True


async def misses_of(patient_id: UUID) -> list[datetime]:
    """When this patient did not come, without what was excused."""
    rows = Appointment.filter(
        patient_id__in=await same_person(patient_id), status=Status.NO_SHOW, excused_at=None
    )
    return [row.ends_at for row in await rows.order_by("ends_at")]


async def miss_due(*, limit: int = 200) -> int:
    """Mark those who should have come by now."""
    due = Appointment.filter(status=Status.BOOKED, miss_at__lte=clock.now())
    found = await due.order_by("miss_at").limit(limit).only("id")
    return sum([await miss(row.id) for row in found])


async def _step(
    who: Who, row: Appointment, action: str, event: Event | None = None, **changes: object
) -> Appointment:
    await advance(row, APPOINTMENT, action, **changes)
    await audit(who, f"appointment.{action}", _subject(row), patient_id=row.patient_id)
    if event is not None:
        await record(event, subject=_subject(row))
    return row


def _subject(row: Appointment) -> str:
    return f"Appointment/{row.id}"
