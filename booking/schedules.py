"""Schedules: whose time can be booked, every week, and the slots that follow from it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F
from tortoise.queryset import QuerySet

from booking import rules, waiting
from booking.models import (
    ActorKind,
    Appointment,
    Closure,
    Pool,
    Schedule,
    Slot,
    WeeklyHours,
)
from booking.policy import params
from booking.schemas import HoursIn, ScheduleIn
from core import clock, db
from core.audit import audit
from core.clock import SHANGHAI
from core.errors import FieldError, Invalid, NotFound
from people.actor import Actor, Role
from people.models import Practitioner

KEEPERS = (Role.SCHEDULER, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Planned:
    """One time of one pool, as the weekly hours give it."""

    pool: Pool
    starts_at: datetime
    ends_at: datetime
    places: int


def planned(day: date, hours: Iterable[WeeklyHours]) -> list[Planned]:
    """The slots that these weekly hours give on one day."""
    found = []
    for row in hours:
        if row.weekday != day.weekday():
            continue
        midnight = datetime.combine(day, time.min, SHANGHAI)
        for minute in range(row.opens, row.closes - row.slot_minutes + 1, row.slot_minutes):
            starts = midnight + timedelta(minutes=minute)
            ends = starts + timedelta(minutes=row.slot_minutes)
            found += [
                Planned(Pool(pool), starts, ends, places)
                for pool, places in row.places.items()
                if places
            ]
    return found


async def create(actor: Actor, entry: ScheduleIn) -> Schedule:
    """Open a doctor's clinic, a room or a device of the actor's own house. Raises Invalid."""
    actor.require(*KEEPERS)
    name = entry.name
    if entry.kind is ActorKind.DOCTOR:
        doctor = await Practitioner.get_or_none(
            id=entry.practitioner, organization_id=actor.organization_id, active=True
        )
        if doctor is None:
            raise wrong("practitioner", "请从本院医生里选")
        name = doctor.name
    elif not name:
        raise wrong("name", "请写诊室或设备的名字")
    try:
        async with db.atomic():
            row = await Schedule.create(
                organization_id=actor.organization_id,
                kind=entry.kind,
                practitioner_id=entry.practitioner if entry.kind is ActorKind.DOCTOR else None,
                name=name,
                department=entry.department,
                service_type=entry.service_type,
                place=entry.place,
                fee_fen=entry.fee_fen,
                needs=list(entry.needs),
                created_at=clock.now(),
            )
            await audit(actor, "schedule.create", f"Schedule/{row.id}")
    except IntegrityError:
        raise wrong("name", "这个号表已经有了") from None
    return row


def wrong(field: str, sentence: str) -> Invalid:
    """One field to be mended."""
    return Invalid("schedule", f"{sentence}。", errors=[FieldError(field, sentence)])


async def own(actor: Actor, schedule_id: UUID) -> Schedule:
    """A schedule of the actor's own house. Raises NotFound."""
    found = await Schedule.get_or_none(
        id=schedule_id, organization_id=actor.organization_id
    ).select_related("practitioner")
    if found is None:
        raise NotFound("not_found", "没有这个号表,或它不属于本院。")
    return found


async def others_of(schedule: Schedule) -> list[Schedule]:
    """The same doctor's other clinics in the same house; a room or a device has none."""
    if schedule.practitioner_id is None:
        return []
    same = Schedule.filter(
        organization_id=schedule.organization_id,
        practitioner_id=schedule.practitioner_id,
        active=True,
    )
    return await same.exclude(id=schedule.id).order_by("service_type", "id")


async def add_hours(actor: Actor, schedule_id: UUID, entry: HoursIn) -> WeeklyHours:
    """Add a block of the week and make its slots. Raises Invalid."""
    actor.require(*KEEPERS)
    schedule = await own(actor, schedule_id)
    opens, closes = entry.minutes
    if closes - opens < entry.slot_minutes:
        raise wrong("closes", "结束时间至少要比开始晚一个时段")
    places = entry.places
    if not rules.pools_fit(places):
        raise wrong("public", "至少要有一个号")
    async with db.atomic():
        mine = WeeklyHours.filter(schedule_id=schedule.id, weekday=entry.weekday)
        if await mine.filter(opens__lt=closes, closes__gt=opens).exists():
            raise wrong("opens", "和已有的时间重叠")
        row = await WeeklyHours.create(
            schedule_id=schedule.id,
            weekday=entry.weekday,
            opens=opens,
            closes=closes,
            slot_minutes=entry.slot_minutes,
            places=places,
        )
        await audit(actor, "schedule.add_hours", f"Schedule/{schedule.id}")
        horizon = clock.now() + timedelta(days=params().window_days + 1)
        await reopen(schedule, clock.now(), horizon, added=row)
        await build(schedule)
    return row


async def remove_hours(actor: Actor, schedule_id: UUID, hours_id: UUID) -> None:
    """Take a block of the week away: free slots go, what is booked stays and is not refilled."""
    actor.require(*KEEPERS)
    schedule = await own(actor, schedule_id)
    async with db.atomic():
        row = await WeeklyHours.get_or_none(id=hours_id, schedule_id=schedule.id)
        if row is None:
            return
        await row.delete()
        for slot in await locked(Slot.filter(schedule_id=schedule.id, starts_at__gt=clock.now())):
            local = slot.starts_at.astimezone(SHANGHAI)
            minute = local.hour * 60 + local.minute
            if local.weekday() == row.weekday and row.opens <= minute < row.closes:
                await Slot.filter(id=slot.id).update(open=False)
                if not await Appointment.exists(slot_id=slot.id):
                    await Slot.filter(id=slot.id, remaining=F("quota")).delete()
        await audit(actor, "schedule.remove_hours", f"Schedule/{schedule.id}")


async def locked(wanted: QuerySet[Slot]) -> list[Slot]:
    """Several slots for one transaction, always in one order, so that no two wait in a ring.

    Whoever takes or gives back one place comes to its slot last and holds no other.
    """
    return await wanted.order_by("id").select_for_update(no_key=True)


def gives(plans: Collection[Planned], slot: Slot) -> Planned | None:
    """The plan that a slot is there for; a public one may hold what a kept pool gave back."""
    same = {
        plan.pool: plan
        for plan in plans
        if (plan.starts_at, plan.ends_at) == (slot.starts_at, slot.ends_at)
    }
    if slot.pool is Pool.PUBLIC and Pool.PUBLIC not in same and _is_returned(slot):
        return next((plan for pool, plan in same.items() if pool in rules.KEPT), None)
    return same.get(slot.pool)


async def reopen(
    schedule: Schedule,
    starts: datetime,
    ends: datetime,
    *,
    added: WeeklyHours | None = None,
) -> None:
    """Open the closed slots of a time that today's weekly hours give and no stop covers.

    Hours that were taken away, shortened or cut otherwise meanwhile stay closed. Hours that are put
    back (`added`) bring their own number of places, but never fewer than are taken.
    """
    hours = [added] if added else await WeeklyHours.filter(schedule_id=schedule.id)
    closures = await closures_of(schedule)
    shut = Slot.filter(
        schedule_id=schedule.id,
        open=False,
        starts_at__lt=ends,
        ends_at__gt=max(starts, clock.now()),
    )
    for slot in await locked(shut):
        plan = gives(planned(slot.day, hours), slot)
        if plan is None:
            continue
        taken, quota = slot.quota - slot.remaining, slot.quota
        if added and not _is_returned(slot):
            quota = max(plan.places, taken)
        free = not any(_covers(closure, slot) for closure in closures)
        await Slot.filter(id=slot.id).update(open=free, quota=quota, remaining=quota - taken)


def _covers(closure: Closure, time: Slot | Planned) -> bool:
    return closure.starts_at < time.ends_at and time.starts_at < closure.ends_at


def _is_returned(slot: Slot) -> bool:
    """From this time on places may have gone from a kept pool to the public one."""
    return slot.starts_at - clock.now() <= timedelta(hours=params().quota_return_hours)


async def build(schedule: Schedule, *, days: int | None = None) -> int:
    """Make the slots of the coming days that are not there yet; safe to repeat."""
    house, first = params(), clock.today()
    hours = await WeeklyHours.filter(schedule_id=schedule.id)
    closures = await closures_of(schedule)
    there = set(
        await Slot.filter(schedule_id=schedule.id, day__gte=first).values_list("starts_at", "pool")
    )
    made = []
    for number in range((house.window_days if days is None else days) + 1):
        day = first + timedelta(days=number)
        for plan in planned(day, hours):
            closed = any(_covers(closure, plan) for closure in closures)
            known = (plan.starts_at, plan.pool) in there
            if not closed and not known and plan.ends_at > clock.now():
                made.append(_slot(schedule, day, plan))
    if made:
        await Slot.bulk_create(made, ignore_conflicts=True)
    return len(made)


async def closures_of(schedule: Schedule) -> list[Closure]:
    """What closes this schedule from now on: its own stops and the house's holidays."""
    live = Closure.filter(
        organization_id=schedule.organization_id, lifted_at=None, ends_at__gt=clock.now()
    )
    return [row for row in await live if row.schedule_id in (None, schedule.id)]


def _slot(schedule: Schedule, day: date, plan: Planned) -> Slot:
    house = params()
    release = rules.released(day, house)
    if plan.pool is Pool.ONSITE:
        release = datetime.combine(day, time.min, SHANGHAI)
    return Slot(
        id=uuid4(),
        schedule_id=schedule.id,
        pool=plan.pool,
        day=day,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        quota=plan.places,
        remaining=plan.places,
        release_at=release,
        returns_at=rules.returns_at(plan.pool, plan.starts_at, house),
    )


async def build_all() -> int:
    """Keep every schedule's slots made for the whole window (hourly)."""
    return sum([await build(row) for row in await Schedule.filter(active=True)])


async def return_quotas(*, limit: int = 200) -> int:
    """Move what nobody took of the kept pools to the public one, when its time has come."""
    moment = clock.now()
    due = Slot.filter(returns_at__lte=moment, remaining__gt=0, starts_at__gt=moment, open=True)
    moved = 0
    for slot in await due.limit(limit):
        if await _return(slot):
            moved += 1
            await waiting.serve_line(slot.schedule_id, slot.day)
    return moved


async def _return(slot: Slot) -> bool:
    """Both counts move in one transaction, so no place is lost or doubled."""
    count = slot.remaining
    pair = Slot.filter(
        schedule_id=slot.schedule_id, starts_at=slot.starts_at, pool__in=[slot.pool, Pool.PUBLIC]
    )
    async with db.atomic():
        await locked(pair)
        same = Slot.filter(id=slot.id, remaining=count)
        if not await same.update(remaining=0, quota=F("quota") - count):
            return False
        public = Slot.filter(
            schedule_id=slot.schedule_id, starts_at=slot.starts_at, pool=Pool.PUBLIC
        )
        if await public.update(quota=F("quota") + count, remaining=F("remaining") + count):
            return True
        await Slot.create(
            schedule_id=slot.schedule_id,
            pool=Pool.PUBLIC,
            day=slot.day,
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
            quota=count,
            remaining=count,
            release_at=slot.returns_at or clock.now(),
        )
    return True
