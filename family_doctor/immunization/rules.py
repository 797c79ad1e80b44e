"""Which dose is due when. Pure; the numbers stand in the calendar's file with their source.

国家免疫规划疫苗儿童免疫程序及说明(2021年版) and its changes of 2025. A dose that is missing is
caught up, nothing is begun anew. Whether a child may be vaccinated today is judged by who
vaccinates.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from family_doctor.immunization.calendar import Calendar, Dose, Series, Way

GROWN_UP: Final = 18
"""Years; the programme catches up below (2021, 补种)."""
BETWEEN_LIVE: Final = timedelta(days=28)
"""Two injected live vaccines that were not given on one day (2021, 通用原则)."""


class State(StrEnum):
    """How a dose stands today."""

    DONE = "done"
    UNRECORDED = "unrecorded"  # a later one is on record: look into the book
    LATER = "later"  # not before `opens`
    DUE = "due"
    LATE = "late"
    OVER = "over"  # too old: no longer given by the programme


class Doubt(StrEnum):
    """What is odd about a dose on record. Who vaccinates decides whether it counts."""

    TOO_YOUNG = "too_young"
    TOO_SOON = "too_soon"


@dataclass(frozen=True, slots=True)
class Child:
    """Whom it is about; `sex` as in FHIR."""

    born: date
    sex: str


@dataclass(frozen=True, slots=True)
class Given:
    """A dose on record."""

    vaccine: str
    number: int
    on: date


@dataclass(frozen=True, slots=True)
class Line:
    """One dose of the calendar. `opens` to `last` is its window; from `until` on it is no longer
    given. `is_next`: the one its series waits for. `checks`: what its sources leave open for this
    child."""

    series: Series
    dose: Dose
    state: State
    given: Given | None = None
    doubt: Doubt | None = None
    opens: date = date.max
    last: date = date.max
    until: date = date.max
    is_next: bool = False
    checks: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether it may be given now."""
        return self.state in (State.DUE, State.LATE)


@dataclass(frozen=True, slots=True)
class Params:
    """`late`: days after a dose's first day in which it is in time, where the programme names no
    last age (our reading)."""

    late: int = 30


def forecast(
    calendar: Calendar, child: Child, given: Collection[Given], today: date, params: Params
) -> list[Line]:
    """Every dose of the programme that is for this child, in the order of the file."""
    found: list[Line] = []
    for series in calendar.series:
        if series.sex in (None, child.sex) and child.born >= (series.born_from or date.min):
            found += _Series(calendar, series, child, given, today, params).lines()
    return found


class _Series:
    """One series of one child."""

    def __init__(
        self,
        calendar: Calendar,
        series: Series,
        child: Child,
        given: Collection[Given],
        today: date,
        params: Params,
    ) -> None:
        self.calendar, self.series, self.child = calendar, series, child
        self.given, self.today, self.params = given, today, params
        self.mine = {one.number: one for one in given if calendar.counts_for(one.vaccine, series)}
        self.until = series.until.after(child.born)

    def lines(self) -> Iterator[Line]:
        before: date | None = None
        highest = max(self.mine, default=0)
        waiting = True
        for dose in self._way().dose:
            if (one := self.mine.get(dose.number)) is not None:
                yield Line(self.series, dose, State.DONE, one, self._doubt(dose, one, before))
                before = one.on
            elif dose.number < highest:
                yield Line(self.series, dose, State.UNRECORDED)
            else:
                line = self._open(dose, before, is_next=waiting)
                yield line
                waiting, before = False, max(line.opens, self.today)

    def _way(self) -> Way:
        """As it was begun, else as the county does."""
        first = self.mine[min(self.mine)].vaccine if self.mine else ""
        return next((way for way in self.series.way if first in way.vaccines), self.series.way[0])

    def _open(self, dose: Dose, before: date | None, *, is_next: bool) -> Line:
        opens = max(self._not_before(dose, before))
        last = opens + timedelta(days=self.params.late)
        if dose.before is not None:
            named = dose.before.after(self.child.born) - timedelta(days=1)
            last = named if opens <= named else last
        state = self._state(opens, last, is_next=is_next)
        return Line(
            self.series,
            dose,
            state,
            opens=opens,
            last=last,
            until=self.until,
            is_next=is_next,
            checks=tuple(filter(None, (self._check(), dose.check))),
        )

    def _check(self) -> str:
        until = self.series.check_born_before or date.max
        return self.series.check if self.child.born < until else ""

    def _state(self, opens: date, last: date, *, is_next: bool) -> State:
        if max(opens, self.today) >= self.until:
            return State.OVER
        if self.today < opens or not is_next:
            return State.LATER
        return State.DUE if self.today <= last else State.LATE

    def _not_before(self, dose: Dose, before: date | None) -> Iterator[date]:
        yield dose.opens.after(self.child.born)
        if dose.interval and before:
            yield dose.interval.after(before)
        if dose.since_first and 1 in self.mine:
            yield dose.since_first.after(self.mine[1].on)
        if (other := self.series.after) is not None:
            counted = {one.code for one in self.calendar.vaccine if other.series in one.counts}
            yield from (
                other.interval.after(one.on) for one in self.given if one.vaccine in counted
            )
        yield from self._after_live(dose)

    def _after_live(self, dose: Dose) -> Iterator[date]:
        live = {one.code for one in self.calendar.vaccine if one.live}
        if dose.vaccine in live:
            others = (one for one in self.given if one.vaccine in live)
            yield from (one.on + BETWEEN_LIVE for one in others)

    def _doubt(self, dose: Dose, one: Given, before: date | None) -> Doubt | None:
        if one.on < (dose.accepted or dose.opens).after(self.child.born):
            return Doubt.TOO_YOUNG
        soon = bool(dose.interval and before and one.on < dose.interval.after(before))
        first = self.mine.get(1)
        if dose.since_first and first and one.on < dose.since_first.after(first.on):
            soon = True
        return Doubt.TOO_SOON if soon else None


@dataclass(frozen=True, slots=True)
class Visit:
    """What may be given from one day on: whoever comes once has it all."""

    opens: date
    last: date
    until: date
    lines: tuple[Line, ...]


def visits(lines: Iterable[Line]) -> list[Visit]:
    """The next dose of each series, those of one day together."""
    nexts = [one for one in lines if one.is_next and one.state is not State.OVER]
    nexts.sort(key=lambda one: one.opens)
    return [
        Visit(opens, min(one.last for one in found), max(one.until for one in found), tuple(found))
        for opens, grouped in groupby(nexts, key=lambda one: one.opens)
        if (found := list(grouped))
    ]
