"""What residents can book: who, on which days, at which times. Only the public pool."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from tortoise.functions import Min, Sum
from tortoise.queryset import QuerySet

from booking import rules
from booking.holidays import closed_days
from booking.models import Pool, Schedule, ServiceType, Slot
from booking.policy import params
from booking.rules import PREREQUISITES
from core import clock, db


class Offering(StrEnum):
    """Whether there is something to take: free, full, soon (not released yet) or stopped."""

    FREE = "free"
    FULL = "full"
    SOON = "soon"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Need:
    """What an examination asks of the patient; `key` is confirmed when booking."""

    key: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a practitioner. `releases_at` is when places that are not out yet open."""

    day: date
    state: Offering
    remaining: int
    releases_at: datetime | None


@dataclass(frozen=True, slots=True)
class Offer:
    """One time of the public pool (contract: a slot).

    `cancel_until`: until when whoever takes it gives it up on the phone; None when that is over.
    """

    id: UUID
    schedule_id: UUID
    starts_at: datetime
    ends_at: datetime
    service_type: ServiceType
    pool: Pool
    remaining: int
    fee_fen: int
    state: Offering
    releases_at: datetime | None
    place: str
    needs: tuple[Need, ...]
    cancel_until: datetime | None


@dataclass(frozen=True, slots=True)
class Clinic:
    """A doctor's clinic, a room or a device; `next_at` is the first free time, if there is one."""

    schedule: Schedule
    remaining: int
    next_at: datetime | None


def needs_of(keys: Sequence[str]) -> tuple[Need, ...]:
    """The prerequisites in words."""
    return tuple(Need(key, *PREREQUISITES[key]) for key in keys if key in PREREQUISITES)


def _public(first: date, last: date) -> QuerySet[Slot]:
    return Slot.filter(
        pool=Pool.PUBLIC,
        day__gte=first,
        day__lte=last,
        starts_at__gt=clock.now(),
        schedule__active=True,
    )


def _of(
    found: QuerySet[Slot], practitioner_id: UUID | None, schedule_id: UUID | None
) -> QuerySet[Slot]:
    if schedule_id is not None:
        return found.filter(schedule_id=schedule_id)
    return found.filter(schedule__practitioner_id=practitioner_id)


async def days(
    practitioner_id: UUID | None = None, *, schedule_id: UUID | None = None
) -> list[Day]:
    """The days of the window on which this person (or room, or device) works."""
    moment, first = clock.now(), clock.today()
    window = _public(first, first + timedelta(days=params().window_days))
    rows = await (
        _of(window, practitioner_id, schedule_id)
        .order_by("day")
        .values_list("day", "remaining", "open", "release_at")
    )
    by_day: dict[date, list[tuple[int, bool, datetime]]] = {}
    for day, *slot in rows:
        by_day.setdefault(day, []).append((slot[0], slot[1], slot[2]))
    return [_day(day, found, moment) for day, found in by_day.items()]


def _day(day: date, slots: list[tuple[int, bool, datetime]], moment: datetime) -> Day:
    served = [(remaining, release) for remaining, is_open, release in slots if is_open]
    free = sum(remaining for remaining, release in served if release <= moment)
    coming = [release for remaining, release in served if release > moment and remaining]
    if not served:
        state = Offering.STOPPED
    elif free:
        state = Offering.FREE
    else:
        state = Offering.SOON if coming else Offering.FULL
    return Day(day, state, free, min(coming, default=None))


SLOTS: Final = f"""
SELECT slot.id, slot.schedule_id, slot.starts_at, slot.ends_at, slot.remaining, slot.open,
  slot.release_at, schedule.service_type, schedule.fee_fen, schedule.place, schedule.needs,
  schedule.organization_id, EXISTS (SELECT 1 FROM booking_closure AS holiday
    WHERE holiday.organization_id = schedule.organization_id AND holiday.schedule_id IS NULL
    AND holiday.lifted_at IS NULL AND holiday.ends_at > $1) AS has_holidays
FROM booking_slot AS slot JOIN booking_schedule AS schedule ON schedule.id = slot.schedule_id
WHERE slot.pool = '{Pool.PUBLIC.value}' AND slot.day = $2 AND slot.starts_at > $1
AND schedule.active AND schedule.%s = $3 ORDER BY slot.starts_at, slot.id
"""  # noqa: S608  (the pool is our own enumeration)
"""By hand, because it is what everybody looks at again and again on the morning of a release.
SQLite takes `$n` in the order in which they first occur."""


async def slots(
    practitioner_id: UUID | None, day: date, *, schedule_id: UUID | None = None
) -> list[Offer]:
    """The times of one day, the full and the coming ones too. One query, or two near holidays."""
    moment = clock.now()
    column = "practitioner_id" if schedule_id is None else "id"
    rows = await db.fetch(SLOTS % column, moment, day, schedule_id or practitioner_id)
    houses = {db.as_id(row["organization_id"]) for row in rows if row["has_holidays"]}
    closed = await closed_days(houses) if houses else {}
    return [_offer(row, moment, closed) for row in rows]


def _offer(
    row: Mapping[str, Any], moment: datetime, closed: Mapping[UUID, Collection[date]]
) -> Offer:
    starts_at = db.as_moment(row["starts_at"])
    house = closed.get(db.as_id(row["organization_id"]), ())
    until = rules.cancel_until(starts_at, params(), closed=house)
    release = db.as_moment(row["release_at"])
    needs = row["needs"]
    return Offer(
        id=db.as_id(row["id"]),
        schedule_id=db.as_id(row["schedule_id"]),
        starts_at=starts_at,
        ends_at=db.as_moment(row["ends_at"]),
        service_type=ServiceType(row["service_type"]),
        pool=Pool.PUBLIC,
        remaining=row["remaining"],
        fee_fen=row["fee_fen"],
        state=state_of(row["remaining"], bool(row["open"]), release, moment),
        releases_at=release if release > moment else None,
        place=row["place"],
        needs=needs_of(json.loads(needs) if isinstance(needs, str) else needs),
        cancel_until=until if until > moment else None,
    )


def state_of(remaining: int, is_open: bool, release: datetime, moment: datetime) -> Offering:
    """What one slot has to offer now."""
    if not is_open:
        return Offering.STOPPED
    if release > moment:
        return Offering.SOON
    return Offering.FREE if remaining > 0 else Offering.FULL


async def clinics(
    *,
    organization_id: UUID | None = None,
    department: str = "",
    practitioner_ids: Sequence[UUID] | None = None,
) -> list[Clinic]:
    """Whose time residents can book, with the first free time. Two queries.

    Organization and practitioner of each schedule are loaded.
    """
    moment, first = clock.now(), clock.today()
    wanted = Schedule.filter(active=True)
    if organization_id is not None:
        wanted = wanted.filter(organization_id=organization_id)
    if department:
        wanted = wanted.filter(department=department)
    if practitioner_ids is not None:
        wanted = wanted.filter(practitioner_id__in=list(practitioner_ids))
    schedules = await wanted.select_related("organization", "practitioner").order_by(
        "department", "name", "service_type"
    )
    free = _public(first, first + timedelta(days=params().window_days)).filter(
        schedule_id__in=[row.id for row in schedules],
        open=True,
        release_at__lte=moment,
        remaining__gt=0,
    )
    counted = await (
        free.annotate(next_at=Min("starts_at"), left=Sum("remaining"))
        .group_by("schedule_id")
        .values_list("schedule_id", "next_at", "left")
    )
    by_schedule = {row[0]: (row[1], int(row[2])) for row in counted}
    return [
        Clinic(row, left, next_at)
        for row in schedules
        for next_at, left in [by_schedule.get(row.id, (None, 0))]
    ]
