"""Several examinations in the fewest visits: which days, which order. Pure decisions.

Sources: 国卫办医函〔2020〕405号 (examinations are booked in slots and brought together); what each
asks of the patient is in `rules.PREREQUISITES`. How long it takes from one to the next no law says:
those are settings of the house (`Params.exam_*`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise, permutations, product
from typing import Final, TypeAlias
from uuid import UUID

from booking.rules import Params
from core.clock import SHANGHAI

MOST: Final = 4
"""So many at once; all orders of more would have to be looked at."""


@dataclass(frozen=True, slots=True)
class Exam:
    """One examination: whose schedule, in which house, and what it asks of the patient."""

    id: UUID
    house: UUID
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Time:
    """A free time of one examination."""

    slot_id: UUID
    starts_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day in the county."""
        return self.starts_at.astimezone(SHANGHAI).date()


@dataclass(frozen=True, slots=True)
class Step:
    """One examination at one time."""

    exam: Exam
    time: Time


Plan: TypeAlias = tuple[Step, ...]
Times: TypeAlias = Mapping[UUID, Sequence[Time]]


@dataclass(frozen=True, slots=True)
class Has:
    """What the patient has already: examinations to be in order with, and other times to avoid.

    `room` says how many more appointments a day takes, where there is a limit.
    """

    exams: Sequence[Step] = ()
    busy: Sequence[tuple[datetime, datetime]] = ()
    room: Mapping[date, int] | None = None


def pause(first: Exam, second: Exam, params: Params) -> timedelta | None:
    """How long after one the other may begin on the same day; None: not in this order.

    Who has to fast drinks nothing, so an examination with a full bladder comes after it, with time
    to drink. Two houses are two visits, and two contrast media are days apart (`days_apart`).
    """
    if first.house != second.house or days_apart(first, second, params):
        return None
    if "bladder" in first.needs and "fasting" in second.needs:
        return None
    walk = timedelta(minutes=params.exam_walk_minutes)
    if "fasting" in first.needs and "bladder" in second.needs:
        return max(walk, timedelta(minutes=params.exam_bladder_minutes))
    return walk


def days_apart(one: Exam, other: Exam, params: Params) -> int:
    """How many days have to lie between the two: kidneys first get rid of one contrast medium."""
    contrast = "contrast_consent" in one.needs and "contrast_consent" in other.needs
    return params.exam_contrast_days if contrast else 0


def in_order(plan: Collection[Step], params: Params, already: Collection[Step] = ()) -> bool:
    """Whether all these fit one after the other, and among those that are booked already."""
    steps = sorted([*plan, *already], key=lambda step: step.time.starts_at)
    if any(_fasts_too_long(step, params) for step in plan):
        return False
    for number, first in enumerate(steps):
        for second in steps[number + 1 :]:
            if first in already and second in already:
                continue
            apart = (second.time.day - first.time.day).days
            if apart < days_apart(first.exam, second.exam, params):
                return False
            if apart == 0:
                wait = pause(first.exam, second.exam, params)
                if wait is None or second.time.starts_at < first.time.ends_at + wait:
                    return False
    return True


def _fasts_too_long(step: Step, params: Params) -> bool:
    local = step.time.starts_at.astimezone(SHANGHAI).time()
    return "fasting" in step.exam.needs and local > params.exam_fasting_until


def propose(exams: Sequence[Exam], times: Times, has: Has, params: Params) -> Plan | None:
    """The fewest visits, of these the one that is over on the earliest day, with the shortest stay.

    None when there are not times enough. Steps are in the order of time.
    """
    free = {
        exam: [time for time in times.get(exam.id, ()) if _is_free(time, has)] for exam in exams
    }
    for visits in range(1, len(exams) + 1):
        found = [
            plan
            for parts in _parts(list(exams), visits)
            for plan in _plans(parts, free, has, params)
        ]
        if found:
            return min(found, key=_cost)
    return None


def _is_free(time: Time, has: Has) -> bool:
    return not any(time.starts_at < ends and starts < time.ends_at for starts, ends in has.busy)


def _cost(plan: Plan) -> tuple[date, timedelta, list[datetime]]:
    return plan[-1].time.day, _stay(plan), [step.time.starts_at for step in plan]


def _stay(plan: Plan) -> timedelta:
    """Time spent in the house, all visits together."""
    whole = plan[-1].time.ends_at - plan[0].time.starts_at
    nights = [
        second.time.starts_at - first.time.ends_at
        for first, second in pairwise(plan)
        if first.time.day != second.time.day
    ]
    return whole - sum(nights, timedelta())


def _parts(exams: list[Exam], count: int) -> Iterator[list[list[Exam]]]:
    """All ways to share them among so many visits."""
    if not exams:
        if count == 0:
            yield []
        return
    first, rest = exams[0], exams[1:]
    for parts in _parts(rest, count - 1) if count else ():
        yield [[first], *parts]
    for parts in _parts(rest, count):
        for number in range(len(parts)):
            yield [*parts[:number], [first, *parts[number]], *parts[number + 1 :]]


def _plans(
    parts: list[list[Exam]], free: Mapping[Exam, list[Time]], has: Has, params: Params
) -> Iterator[Plan]:
    """One visit for each part, each on a day of its own."""
    days = [_days(part, free, has, params) for part in parts]
    for chosen in product(*days):
        visits = [found[day] for found, day in zip(days, chosen, strict=True)]
        steps = [step for visit in visits for step in visit]
        if len(set(chosen)) == len(chosen) and in_order(steps, params, has.exams):
            yield tuple(sorted(steps, key=lambda step: step.time.starts_at))


def _days(
    part: list[Exam], free: Mapping[Exam, list[Time]], has: Has, params: Params
) -> dict[date, Plan]:
    """The best visit of each day on which all of a part can be done."""
    common = set.intersection(*({time.day for time in free[exam]} for exam in part))
    found = {}
    for day in common:
        if has.room is not None and has.room.get(day, params.per_day) < len(part):
            continue
        if visit := _visit(part, day, free, has, params):
            found[day] = visit
    return found


def _visit(
    part: list[Exam], day: date, free: Mapping[Exam, list[Time]], has: Has, params: Params
) -> Plan | None:
    """The shortest stay that does all of a part on one day.

    For an order and a first time the earliest next time is always right: no rule asks for a later
    one. So all orders and first times are tried, and no more.
    """
    that_day = {exam: [t for t in free[exam] if t.day == day] for exam in part}
    already = [step for step in has.exams if step.time.day == day]
    found = []
    for order in permutations(part):
        for first in that_day[order[0]]:
            steps = _one_after_the_other(order, first, that_day, already, params)
            if steps:
                found.append(steps)
    return min(found, key=_cost) if found else None


def _one_after_the_other(
    order: Sequence[Exam],
    first: Time,
    times: Mapping[Exam, list[Time]],
    already: list[Step],
    params: Params,
) -> Plan | None:
    steps: list[Step] = []
    for exam in order:
        choices = times[exam] if steps else [first]
        fitting = (
            time
            for time in choices
            if (not steps or time.starts_at >= steps[-1].time.ends_at)
            and in_order([*steps, Step(exam, time)], params, already)
        )
        earliest = min(fitting, key=lambda time: time.starts_at, default=None)
        if earliest is None:
            return None
        steps.append(Step(exam, earliest))
    return tuple(steps)
