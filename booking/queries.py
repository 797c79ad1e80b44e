"""Reads for the screens of booking. None of these is a door: see `access`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from booking import days, words
from booking.models import (
    Appointment,
    Channel,
    Disruption,
    Pool,
    Schedule,
    Slot,
    WaitingWish,
)
from booking.rules import POOL_SHORT, POOL_WORDS
from booking.states import LIVE, Remedy, Status, Wish
from core import clock
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
        time=days.clock_of(row),
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
        period = found.setdefault(row.starts_at, Period(days.clock_of(row)))
        period.pools.append(f"{POOL_SHORT[row.pool]} {row.quota - row.remaining}/{row.quota}")
        period.open = period.open or row.open
        if row.pool is Pool.PUBLIC and row.open:
            period.row = row
    return list(found.values())


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


async def others_of(row: Appointment) -> list[Line]:
    """The same person's other live appointments in the same house; the schedule is loaded."""
    mine = await upcoming_of_patient(row.patient_id)
    house = row.schedule.organization_id
    return await lines(r for r in mine if r.id != row.id and r.schedule.organization_id == house)


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
            "day": days.day_words(row.day),
        }
        for row in rows
    ]
