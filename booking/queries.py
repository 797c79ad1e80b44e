"""Reads for the screens of booking. None of these is a door: see `access`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from booking import words
from booking.models import (
    Appointment,
    Channel,
    Disruption,
    Pool,
    Schedule,
    Slot,
    WaitingWish,
)
from booking.policy import params
from booking.rules import POOL_SHORT, POOL_WORDS, POOLS
from booking.states import LIVE, Remedy, Status, Wish
from core import clock
from core.clock import SHANGHAI
from people.actor import Actor, Role
from people.links import same_person
from people.queries import PatientHeader, patient_headers
from people.specialties import SPECIALTIES


@dataclass(frozen=True, slots=True)
class Line:
    """One appointment on a list."""

    row: Appointment
    patient: PatientHeader
    kind: str
    word: str
    time: str
    pool: str
    payment: str
    channel: str

    @property
    def href(self) -> str:
        """The appointment's page."""
        return f"/bookings/{self.row.id}"


@dataclass(slots=True)
class Board:
    """One schedule on one day, as numbers."""

    schedule: Schedule
    department: str
    quota: int = 0
    remaining: int = 0
    stopped: bool = False
    states: dict[Status, int] = field(default_factory=dict)
    now: str = ""

    def count(self, *names: str) -> int:
        """How many appointments are in these states."""
        return sum(self.states.get(Status(name), 0) for name in names)

    @property
    def used(self) -> int:
        """Places taken."""
        return self.quota - self.remaining


def clock_of(row: Any) -> str:
    """08:30–09:00 in the county."""
    starts, ends = row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def parse_day(text: str) -> date:
    """A day from an address; today when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


def day_words(day: date) -> str:
    """今天, 明天, or 11月4日 周三."""
    distance, name = (day - clock.today()).days, paper_day(day)
    near = {0: "今天", 1: "明天", -1: "昨天"}.get(distance)
    return f"{near} {name}" if near else name


def paper_day(day: date) -> str:
    """11月4日 周三: for paper, which is read on another day."""
    return f"{day.month}月{day.day}日 {words.WEEKDAYS[day.weekday()]}"


def coming_days(count: int | None = None) -> list[tuple[date, str]]:
    """The days of the booking window."""
    first = clock.today()
    number = params().window_days if count is None else count
    return [(d, day_words(d)) for d in (first + timedelta(days=n) for n in range(number + 1))]


async def lines(rows: Iterable[Appointment]) -> list[Line]:
    """Appointments with their patients; slot is loaded where the pool matters."""
    found = list(rows)
    headers = await patient_headers(row.patient_id for row in found)
    return [_line(row, headers[row.patient_id]) for row in found]


def _line(row: Appointment, patient: PatientHeader) -> Line:
    kind, word = words.status_of(row)
    return Line(
        row=row,
        patient=patient,
        kind=kind,
        word=word,
        time=clock_of(row),
        pool=POOL_WORDS[row.slot.pool],
        payment=words.PAYMENT[row.payment],
        channel=words.CHANNEL[row.channel],
    )


async def boards(actor: Actor, day: date) -> list[Board]:
    """What is going on: for the office the whole house, for a doctor their own clinics."""
    wanted = Schedule.filter(organization_id=actor.organization_id)
    if not actor.has(Role.SCHEDULER):
        wanted = Schedule.filter(practitioner_id=actor.practitioner_id)
    found = {
        row.id: Board(row, SPECIALTIES.get(row.department, row.department))
        for row in await wanted.order_by("department", "name")
    }
    slots = Slot.filter(schedule_id__in=list(found), day=day)
    seen: dict[UUID, list[bool]] = {}
    for schedule_id, quota, remaining, is_open in await slots.values_list(
        "schedule_id", "quota", "remaining", "open"
    ):
        board = found[schedule_id]
        board.quota += quota
        board.remaining += remaining if is_open else 0
        seen.setdefault(schedule_id, []).append(is_open)
    rows = Appointment.filter(schedule_id__in=list(found), day=day)
    for schedule_id, status, number in await rows.values_list(
        "schedule_id", "status", "queue_number"
    ):
        board = found[schedule_id]
        board.states[status] = board.states.get(status, 0) + 1
        if status is Status.CALLED:
            board.now = f"{number} 号"
    for schedule_id, opens in seen.items():
        found[schedule_id].stopped = not any(opens)
    return [board for key, board in found.items() if key in seen or board.states]


async def queue(schedule: Schedule, day: date) -> Mapping[str, list[Line]]:
    """One schedule's day: who is called, who waits in which order, who is still to come."""
    rows = await (
        Appointment.filter(schedule_id=schedule.id, day=day)
        .select_related("slot")
        .order_by("starts_at", "held_at")
    )
    by_queue = sorted(
        (row for row in rows if row.status is Status.CHECKED_IN),
        key=lambda row: (row.queue_at or row.starts_at, row.queue_number or 0),
    )
    return {
        "called": await lines(row for row in rows if row.status is Status.CALLED),
        "inside": await lines(row for row in rows if row.status is Status.IN_SERVICE),
        "waiting": await lines(by_queue),
        "coming": await lines(r for r in rows if r.status in (Status.BOOKED, Status.HELD)),
        "over": await lines(row for row in rows if row.status not in LIVE),
    }


@dataclass(slots=True)
class Period:
    """One time of a day with its pools, for the office. `row` is where a place is added."""

    time: str
    pools: list[str] = field(default_factory=list)
    row: Slot | None = None
    open: bool = False


async def periods(schedule: Schedule, day: date) -> list[Period]:
    """The day's times: what is used of each pool."""
    order = list(Pool)
    found: dict[datetime, Period] = {}
    slots = await Slot.filter(schedule_id=schedule.id, day=day)
    for row in sorted(slots, key=lambda slot: (slot.starts_at, order.index(slot.pool))):
        period = found.setdefault(row.starts_at, Period(clock_of(row)))
        period.pools.append(f"{POOL_SHORT[row.pool]} {row.quota - row.remaining}/{row.quota}")
        period.open = period.open or row.open
        if row.pool is Pool.PUBLIC and row.open:
            period.row = row
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """A slot that may be booked now through one channel."""

    row: Slot
    time: str
    pool: str
    past: bool


@dataclass(frozen=True, slots=True)
class Clinic:
    """One schedule with what it has on a day, for choosing."""

    schedule: Schedule
    department: str
    service: str
    fee: str
    title: str
    organization: str
    choices: list[Choice]
    full: bool

    @property
    def by_pool(self) -> list[tuple[str, list[Choice]]]:
        """The times of each kind of place, the ordinary ones first."""
        found: dict[str, list[Choice]] = {}
        for pool in Pool:
            for choice in self.choices:
                if choice.row.pool is pool:
                    found.setdefault(choice.pool, []).append(choice)
        return list(found.items())


async def choices(
    day: date,
    channel: Channel,
    *,
    department: str = "",
    organization_id: UUID | None = None,
    schedule_id: UUID | None = None,
) -> list[Clinic]:
    """Who can be booked on a day through a channel, and at what times."""
    moment = clock.now()
    wanted = Schedule.filter(active=True)
    if department:
        wanted = wanted.filter(department=department)
    if organization_id:
        wanted = wanted.filter(organization_id=organization_id)
    if schedule_id:
        wanted = wanted.filter(id=schedule_id)
    schedules = await wanted.select_related("organization", "practitioner").order_by(
        "department", "name"
    )
    started = Q(ends_at__gt=moment) if channel is Channel.COUNTER else Q(starts_at__gt=moment)
    slots = await Slot.filter(
        started,
        schedule_id__in=[row.id for row in schedules],
        day=day,
        pool__in=list(POOLS[channel]),
        open=True,
        release_at__lte=moment,
    ).order_by("starts_at", "pool")
    by_schedule: dict[UUID, list[Slot]] = {}
    for slot in slots:
        by_schedule.setdefault(slot.schedule_id, []).append(slot)
    return [_clinic(row, by_schedule[row.id]) for row in schedules if row.id in by_schedule]


def _clinic(row: Schedule, slots: list[Slot]) -> Clinic:
    moment = clock.now()
    free = [slot for slot in slots if slot.remaining > 0]
    return Clinic(
        schedule=row,
        department=SPECIALTIES.get(row.department, row.department),
        service=words.SERVICE[row.service_type],
        fee=words.yuan(row.fee_fen),
        title=row.practitioner.title if row.practitioner else "",
        organization=row.organization.short_name,
        choices=[
            Choice(slot, clock_of(slot), POOL_WORDS[slot.pool], slot.starts_at <= moment)
            for slot in free
        ],
        full=not any(slot.pool is Pool.PUBLIC and slot.remaining for slot in slots),
    )


async def of_clinic(actor: Actor, *, past: bool = False) -> list[Line]:
    """What the actor's clinic booked for its neighbours."""
    mine = Appointment.filter(
        made_at_organization_id=actor.organization_id, channel=Channel.VILLAGE
    ).select_related("slot", "schedule")
    today = clock.today()
    if past:
        rows = (
            await mine.filter(Q(day__lt=today) | ~Q(status__in=list(LIVE)))
            .order_by("-starts_at")
            .limit(60)
        )
    else:
        rows = await mine.filter(day__gte=today, status__in=list(LIVE)).order_by("starts_at")
    return await lines(rows)


async def unsettled(actor: Actor) -> list[Disruption]:
    """Stopped appointments of this person's clinic (or house) that still want an answer."""
    if actor.has(Role.SCHEDULER):
        wanted = Disruption.filter(
            appointment__schedule__organization_id=actor.organization_id, remedy=Remedy.OPEN
        )
    else:
        wanted = Disruption.filter(
            appointment__made_at_organization_id=actor.organization_id, remedy=Remedy.OPEN
        )
    return await wanted.select_related(
        "closure", "appointment__slot", "appointment__schedule"
    ).order_by("appointment__starts_at")


async def waiting_for_office(actor: Actor) -> int:
    """Stopped patients nobody has settled yet, for the navigation."""
    return len(await unsettled(actor))


async def waiting_for_clinic(actor: Actor) -> int:
    """Stopped neighbours and offers that run out, for the navigation."""
    offers = WaitingWish.filter(made_at_organization_id=actor.organization_id, status=Wish.OFFERED)
    return len(await unsettled(actor)) + await offers.count()


async def upcoming_of_patient(patient_id: UUID) -> list[Appointment]:
    """A patient's live appointments."""
    mine = Appointment.filter(patient_id__in=await same_person(patient_id))
    rows = mine.filter(status__in=list(LIVE), day__gte=clock.today())
    return await rows.select_related("slot", "schedule__organization").order_by("starts_at")


async def wishes(schedule: Schedule, day: date) -> list[dict[str, Any]]:
    """The waiting list of one schedule and day, in order."""
    rows = await WaitingWish.filter(
        schedule_id=schedule.id, day=day, status__in=[Wish.WAITING, Wish.OFFERED]
    ).order_by("id")
    headers = await patient_headers(row.patient_id for row in rows)
    return [
        {"row": row, "patient": headers[row.patient_id], "badge": words.WISH[row.status]}
        for row in rows
    ]


async def wishes_of_clinic(actor: Actor) -> list[dict[str, Any]]:
    """The clinic's neighbours who wait for a place."""
    rows = await (
        WaitingWish.filter(
            made_at_organization_id=actor.organization_id,
            status__in=[Wish.WAITING, Wish.OFFERED],
            day__gte=clock.today(),
        )
        .select_related("schedule")
        .order_by("day", "id")
    )
    headers = await patient_headers(row.patient_id for row in rows)
    return [
        {
            "row": row,
            "patient": headers[row.patient_id],
            "badge": words.WISH[row.status],
            "day": day_words(row.day),
        }
        for row in rows
    ]
