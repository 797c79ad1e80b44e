"""Several examinations of one patient: what is proposed, and booking all of it or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from booking import one_visit, rules, service
from booking.models import Appointment, Channel, Payment, Schedule, ServiceType, Slot
from booking.one_visit import Exam, Has, Step, Time
from booking.policy import params
from booking.states import LIVE
from core import clock, db
from core.audit import Who
from core.clock import SHANGHAI
from core.errors import Conflict, Invalid
from people.links import same_person


@dataclass(frozen=True, slots=True)
class Proposed:
    """One examination of the proposal, with its schedule, in the order of time."""

    schedule: Schedule
    time: Time

    @property
    def clock(self) -> str:
        """When it begins, in the county: 08:30."""
        return f"{self.time.starts_at.astimezone(SHANGHAI):%H:%M}"


async def on_offer(organization_id: UUID | None = None) -> list[Schedule]:
    """The examinations of one house, or of all."""
    wanted = Schedule.filter(service_type=ServiceType.EXAM, active=True)
    if organization_id:
        wanted = wanted.filter(organization_id=organization_id)
    return await wanted.select_related("organization").order_by("organization__code", "name")


async def propose(
    patient_id: UUID, wanted: Collection[UUID], channel: Channel, first: date
) -> list[Proposed]:
    """The fewest visits from `first` on; empty when there are not times enough.

    Raises Invalid for none, too many, or what is no examination.
    """
    schedules = {row.id: row for row in await on_offer() if row.id in wanted}
    if not 0 < len(wanted) <= one_visit.MOST or len(schedules) != len(set(wanted)):
        raise Invalid("exams", f"请选 1 到 {one_visit.MOST} 项检查。")
    has = await _has(patient_id, channel)
    exams = [_exam(row) for row in schedules.values()]
    plan = one_visit.propose(exams, await _times(schedules, has, channel, first), has, params())
    return [Proposed(schedules[step.exam.id], step.time) for step in plan or ()]


async def book(
    who: Who,
    patient_id: UUID,
    slot_ids: Collection[UUID],
    channel: Channel,
    *,
    confirmed: Collection[str] = (),
    payment: Payment | None = None,
    consent_first: bool = False,
) -> list[Appointment]:
    """Take all of these places or none; in the order of time.

    Each is held as any other (`service.hold`), in one transaction and in the order of slots, so
    that two such never wait in a ring. Raises Conflict of the first that is refused, or
    `not_in_order` when the times do not fit one another any more.
    """
    slots = await Slot.filter(id__in=list(slot_ids)).select_related("schedule").order_by("id")
    exams = {slot.schedule_id for slot in slots if slot.schedule.service_type is ServiceType.EXAM}
    if not 0 < len(slots) <= one_visit.MOST or len(exams) != len(set(slot_ids)):
        raise Conflict("slot_not_found", "请重新看一次安排,再确认。")
    steps = [Step(_exam(slot.schedule), _time(slot)) for slot in slots]
    async with db.atomic():
        if not one_visit.in_order(steps, params(), (await _has(patient_id, channel)).exams):
            raise Conflict("not_in_order", "这几项检查的时间排不到一起了,请重新看一次安排。")
        rows = [
            await service.hold(
                who,
                slot_id=slot.id,
                patient_id=patient_id,
                channel=channel,
                confirmed=confirmed,
                payment=payment,
                consent_first=consent_first,
            )
            for slot in slots
        ]
    return sorted(rows, key=lambda row: row.starts_at)


async def _has(patient_id: UUID, channel: Channel) -> Has:
    """What the patient has booked; at the counter a day has no limit (`rules`)."""
    live = Appointment.filter(
        patient_id__in=await same_person(patient_id),
        status__in=list(LIVE),
        day__gte=clock.today() - timedelta(days=params().exam_contrast_days),
    )
    rows = await live.select_related("schedule")
    days = [row.day for row in rows]
    left = {day: params().per_day - days.count(day) for day in days}
    return Has(
        exams=[
            Step(_exam(row.schedule), Time(row.slot_id, row.starts_at, row.ends_at))
            for row in rows
            if row.schedule.service_type is ServiceType.EXAM
        ],
        busy=[(row.starts_at, row.ends_at) for row in rows],
        room=None if channel is Channel.COUNTER else left,
    )


async def _times(
    schedules: Collection[UUID], has: Has, channel: Channel, first: date
) -> dict[UUID, Sequence[Time]]:
    """Free times by examination, none on a day on which it is booked already."""
    moment = clock.now()
    free = await Slot.filter(
        schedule_id__in=list(schedules),
        pool__in=list(rules.POOLS[channel]),
        day__gte=first,
        starts_at__gt=moment,
        release_at__lte=moment,
        remaining__gt=0,
        open=True,
    )
    booked = {(step.exam.id, step.time.day) for step in has.exams}
    free.sort(key=lambda slot: (slot.starts_at, slot.pool not in rules.KEPT))
    found: dict[UUID, dict[object, Time]] = {}
    for slot in free:
        if (slot.schedule_id, slot.day) not in booked:
            found.setdefault(slot.schedule_id, {}).setdefault(slot.starts_at, _time(slot))
    return {schedule_id: list(times.values()) for schedule_id, times in found.items()}


def _exam(schedule: Schedule) -> Exam:
    return Exam(schedule.id, schedule.organization_id, frozenset(schedule.needs))


def _time(slot: Slot) -> Time:
    return Time(slot.id, slot.starts_at, slot.ends_at)


def visits(plan: Collection[Proposed]) -> int:
    """How often the patient has to come."""
    return len({step.time.day for step in plan})
