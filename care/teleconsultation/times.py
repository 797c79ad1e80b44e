"""Times of booked consultations: what a specialist offers, what is free, what was agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from tortoise.exceptions import IntegrityError

from care.teleconsultation import rules
from care.teleconsultation.access import open_consultation
from care.teleconsultation.events import ConsultationScheduled, JoinOverdue, WaitingRoomDue
from care.teleconsultation.hours import (
    Booking,
    ConsultHours,
)
from care.teleconsultation.models import (
    Consultation,
    Seat,
)
from care.teleconsultation.schemas import HoursIn
from care.teleconsultation.states import Status
from care.teleconsultation.steps import move
from core import clock, db, outbox
from core.audit import audit
from core.clock import SHANGHAI
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor

DAYS_AHEAD = 14


@dataclass(frozen=True, slots=True)
class FreeTime:
    """A time a request may ask for, and how many of the asked specialists are free then."""

    at: datetime
    free: int


async def free_times(practitioner_ids: Iterable[UUID], *, days: int = DAYS_AHEAD) -> list[FreeTime]:
    """Half-hours in the coming days when at least one of these specialists is free."""
    ids = list(practitioner_ids)
    hours = await ConsultHours.filter(practitioner_id__in=ids)
    taken = {
        (row.practitioner_id, row.starts_at)
        for row in await Booking.filter(practitioner_id__in=ids, starts_at__gt=clock.now())
    }
    first, counted = clock.today(), dict[datetime, int]()
    for day in (first + timedelta(days=n) for n in range(days)):
        for row in hours:
            for at in starts_on(day, row):
                if at > clock.now() and (row.practitioner_id, at) not in taken:
                    counted[at] = counted.get(at, 0) + 1
    return [FreeTime(at, counted[at]) for at in sorted(counted)]


def starts_on(day: date, hours: ConsultHours) -> list[datetime]:
    """The starts that these weekly hours give on one day."""
    if day.weekday() != hours.weekday:
        return []
    length = int(rules.BOOKED_LENGTH.total_seconds() // 60)
    midnight = datetime.combine(day, time.min, SHANGHAI)
    return [
        midnight + timedelta(minutes=minute)
        for minute in range(hours.opens, hours.closes - length + 1, length)
    ]


async def add_hours(actor: Actor, entry: HoursIn) -> ConsultHours:
    """Offer weekly hours. Raises Invalid when they end before they begin or overlap others."""
    opens, closes = _minutes(entry.opens), _minutes(entry.closes)
    if closes - opens < int(rules.BOOKED_LENGTH.total_seconds() // 60):
        raise Invalid(
            "hours",
            "结束时间要晚于开始时间至少 30 分钟。",
            errors=[FieldError("closes", "至少比开始晚 30 分钟")],
        )
    async with db.atomic():
        mine = ConsultHours.filter(practitioner_id=actor.practitioner_id, weekday=entry.weekday)
        if await mine.filter(opens__lt=closes, closes__gt=opens).exists():
            raise Invalid(
                "hours", "这段时间和已有的重叠。", errors=[FieldError("opens", "和已有的时间重叠")]
            )
        row = await ConsultHours.create(
            practitioner_id=actor.practitioner_id,
            weekday=entry.weekday,
            opens=opens,
            closes=closes,
        )
        await audit(actor, "consult_hours.add", f"ConsultHours/{row.id}")
    return row


async def remove_hours(actor: Actor, hours_id: UUID) -> None:
    """Take one's own weekly hours back; what is agreed stays agreed."""
    async with db.atomic():
        mine = ConsultHours.filter(id=hours_id, practitioner_id=actor.practitioner_id)
        if await mine.delete():
            await audit(actor, "consult_hours.remove", f"ConsultHours/{hours_id}")


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


async def set_time(actor: Actor, consultation_id: UUID, at: datetime) -> None:
    """Agree a time after looking at the material, or move it; the coordinator or the inviter."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_leader()
        consultation = view.consultation
        agreed = consultation.status in (Status.SCHEDULED, Status.WAITING)
        await settle_time(consultation, actor, at, "reschedule" if agreed else "schedule")


async def settle_time(consultation: Consultation, actor: Actor, at: datetime, action: str) -> None:
    """Book the coordinator's time and set the clocks. Raises Invalid, Conflict `time_taken`."""
    if at <= clock.now():
        raise Invalid(
            "time_past", "请选将来的时间。", errors=[FieldError("time", "请选将来的时间")]
        )
    lead = await Seat.get(consultation_id=consultation.id, position=0)
    await Booking.filter(consultation_id=consultation.id).delete()
    try:
        async with db.atomic():
            await Booking.create(
                consultation_id=consultation.id,
                practitioner_id=lead.taken_by_id,
                starts_at=at,
            )
    except IntegrityError:
        raise Conflict("time_taken", "这个时间已经约了别的会诊,请换一个时间。") from None
    starts = at.isoformat()
    await move(
        consultation,
        action,
        actor,
        f"会诊时间定在 {clock.in_words(at)}",
        ConsultationScheduled(consultation_id=str(consultation.id), starts_at=starts),
        scheduled_at=at,
        missed_at=None,
    )
    name = str(consultation.id)
    await outbox.schedule(
        WaitingRoomDue(consultation_id=name, starts_at=starts),
        due_at=at - rules.JOIN_BEFORE,
        key=f"consultation-waiting:{name}",
    )
    await outbox.schedule(
        JoinOverdue(consultation_id=name, starts_at=starts),
        due_at=at + rules.JOIN_AFTER,
        key=f"consultation-join:{name}",
    )
