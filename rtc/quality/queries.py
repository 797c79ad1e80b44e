"""Reads for the county's page: which clinic's line is how good. No names of people."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from core import clock
from people import queries as people
from people.queries import OrganizationCard
from rtc.quality import statistics
from rtc.quality.models import CallQuality, QualitySample
from rtc.quality.scoring import BAD, SOME_DISSATISFIED

PER_PAGE: Final = 30
RENEW: Final = 0.2
"""Share of bad minutes from which a line should be replaced."""
WATCH: Final = 0.05
"""Share of bad minutes from which it should be watched."""
MENDED_WEEKS: Final = 3
"""So many good weeks at the end and a line counts as mended."""
TREND: Final = 0.2
"""MOS by which the last weeks must differ from the first to be called better or worse."""


@dataclass(frozen=True, slots=True)
class Week:
    """One calendar week, `begins` on its Monday. Without calls there is no score."""

    begins: date
    calls: int
    score: float | None
    bad: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """A clinic's line over a period.

    `score`, `worst` (the worst call's) and `video` are MOS; `bad` and `relayed` shares of the
    time; the rest are medians over time: percent, ms, kbit/s.
    """

    clinic: OrganizationCard
    calls: int
    hours: float
    score: float | None
    worst: float | None
    video: float | None
    bad: float
    relayed: float
    cut_s: float
    frozen_s: float
    rtt_ms: float | None
    loss_up: float | None
    loss_down: float | None
    kbps_up: float | None
    kbps_down: float | None
    weeks: tuple[Week, ...]

    @property
    def advice(self) -> str:
        """renew, watch, mended (bad over the period, good in its last weeks) or fine."""
        if self.bad >= RENEW or (self.score is not None and self.score < BAD):
            return "mended" if self._mended else "renew"
        if self.bad >= WATCH:
            return "mended" if self._mended else "watch"
        return "fine"

    @property
    def _mended(self) -> bool:
        measured = [week for week in self.weeks if week.calls]
        last = measured[-MENDED_WEEKS:]
        return len(measured) > MENDED_WEEKS and all(
            (week.bad or 0.0) < WATCH and (week.score or BAD) >= SOME_DISSATISFIED for week in last
        )

    @property
    def trend(self) -> str:
        """better, worse, or even; of the weeks that have a score the last third by the first."""
        known = [week.score for week in self.weeks if week.score is not None]
        third = len(known) // 3
        if third == 0:
            return "even"
        change = sum(known[-third:]) / third - sum(known[:third]) / third
        return "better" if change >= TREND else "worse" if change <= -TREND else "even"


@dataclass(frozen=True, slots=True)
class Period:
    """So many whole weeks, the current one last."""

    weeks: int

    @property
    def mondays(self) -> list[date]:
        """When each week begins, oldest first."""
        today = clock.today()
        this = today - timedelta(days=today.weekday())
        return [this - timedelta(weeks=back) for back in range(self.weeks - 1, -1, -1)]

    @property
    def since(self) -> datetime:
        """The beginning of the first day."""
        return datetime.combine(self.mondays[0], time(), clock.SHANGHAI)


async def lines(period: Period) -> tuple[list[Line], list[OrganizationCard]]:
    """Every clinic's line, the one that needs help most first; and clinics without a call."""
    found = await statistics.clinics(period.since)
    houses = await people.organizations()
    seen = [line_of(house, found[house.id], period) for house in houses if house.id in found]
    return sorted(seen, key=_need), [house for house in houses if house.id not in found]


def _need(line: Line) -> tuple[float, float]:
    return (-line.bad, line.score if line.score is not None else 5.0)


async def line(clinic: OrganizationCard, period: Period) -> Line | None:
    """One clinic's; None when nobody there has been in a call."""
    found = await statistics.clinics(period.since, clinic.id)
    return line_of(clinic, found[clinic.id], period) if clinic.id in found else None


def _calls(clinic_id: UUID, period: Period) -> Any:
    return CallQuality.filter(organization_id=clinic_id, began_at__gte=period.since)


async def calls(clinic_id: UUID, period: Period, *, page: int = 1) -> tuple[list[CallQuality], int]:
    """A page of the clinic's calls, newest first, and how many pages there are."""
    wanted = _calls(clinic_id, period)
    pages = max(1, -(-await wanted.count() // PER_PAGE))
    page = min(max(1, page), pages)
    newest = wanted.order_by("-began_at", "id").offset((page - 1) * PER_PAGE).limit(PER_PAGE)
    return await newest, pages


async def minutes(call: CallQuality) -> list[QualitySample]:
    """The samples of a call that are still kept, in the order of time."""
    return await QualitySample.filter(room_id=call.room_id, seat=call.seat).order_by("at")


def line_of(clinic: OrganizationCard, found: statistics.Clinic, period: Period) -> Line:
    """In words of the page."""
    whole = found.whole
    return Line(
        clinic=clinic,
        calls=whole.calls,
        hours=whole.sums["seconds"] / 3600,
        score=whole.typical("voice_score"),
        worst=whole.worst,
        video=whole.typical("video_score"),
        bad=whole.share("bad_s"),
        relayed=whole.share("relayed_s"),
        cut_s=whole.sums["cut_s"],
        frozen_s=whole.sums["frozen_s"],
        rtt_ms=whole.typical("rtt_ms"),
        loss_up=whole.typical("loss_up"),
        loss_down=whole.typical("loss_down"),
        kbps_up=whole.typical("kbps_up"),
        kbps_down=whole.typical("kbps_down"),
        weeks=tuple(
            _week(monday, found.weeks.get(number)) for number, monday in enumerate(period.mondays)
        ),
    )


def _week(monday: date, found: statistics.Heap | None) -> Week:
    if found is None:
        return Week(monday, 0, None, None)
    return Week(monday, found.calls, found.typical("voice_score"), found.share("bad_s"))
