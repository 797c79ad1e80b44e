"""Sums and medians over many calls, made by the database: a year of a county in one look.

A median is found from a histogram, so it is exact to the width of a bin.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from core import db
from rtc.quality.rules import median

BINS: Final = {
    "voice_score": 0.02,
    "video_score": 0.02,
    "rtt_ms": 1.0,
    "loss_up": 0.02,
    "loss_down": 0.02,
    "kbps_up": 5.0,
    "kbps_down": 5.0,
}
BY_WEEK: Final = frozenset({"voice_score"})
SUMMED: Final = ("seconds", "bad_s", "relayed_s", "cut_s", "frozen_s")
WEEK_S: Final = 7 * 86_400

Histogram = dict[float, float]


@dataclass(slots=True)
class Heap:
    """What was found of one clinic, or of one of its weeks."""

    calls: int = 0
    worst: float | None = None
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SUMMED, 0.0))
    histograms: dict[str, Histogram] = field(default_factory=lambda: defaultdict(dict))

    def typical(self, name: str) -> float | None:
        """The median over time."""
        return median(self.histograms[name].items())

    def share(self, name: str) -> float:
        """Of all the seconds."""
        return self.sums[name] / self.sums["seconds"] if self.sums["seconds"] else 0.0


@dataclass(slots=True)
class Clinic:
    """All of a clinic, and each week (0 is the first) in which it had calls."""

    whole: Heap = field(default_factory=Heap)
    weeks: dict[int, Heap] = field(default_factory=lambda: defaultdict(Heap))


async def clinics(since: datetime, clinic_id: UUID | None = None) -> dict[UUID, Clinic]:
    """What was measured from `since` on, of all clinics or of one."""
    found: dict[UUID, Clinic] = defaultdict(Clinic)
    await _sum(found, since, clinic_id)
    for name in BINS:
        await _count(found, name, since, clinic_id)
    return dict(found)


async def _sum(found: dict[UUID, Clinic], since: datetime, clinic_id: UUID | None) -> None:
    totals = ", ".join(f"SUM({name}) AS {name}" for name in SUMMED)
    columns = f"COUNT(DISTINCT room_id) AS calls, MIN(voice_score) AS worst, {totals}"
    rows = await _grouped(columns, since, clinic_id, by_week=True)
    for row in rows:
        clinic = found[UUID(str(row["organization_id"]))]
        for heap in (clinic.whole, clinic.weeks[row["week"]]):
            heap.calls += row["calls"]
            known = [value for value in (heap.worst, row["worst"]) if value is not None]
            heap.worst = min(known, default=None)
            for name in SUMMED:
                heap.sums[name] += row[name] or 0.0


async def _count(
    found: dict[UUID, Clinic], name: str, since: datetime, clinic_id: UUID | None
) -> None:
    columns = f"CAST(ROUND({name} / {BINS[name]}) AS INTEGER) AS bin, SUM(seconds) AS seconds"
    by_week = name in BY_WEEK
    rows = await _grouped(columns, since, clinic_id, by_week=by_week, histogram_of=name)
    for row in rows:
        clinic, value = found[UUID(str(row["organization_id"]))], row["bin"] * BINS[name]
        for heap in [clinic.whole, *([clinic.weeks[row["week"]]] if by_week else [])]:
            histogram = heap.histograms[name]
            histogram[value] = histogram.get(value, 0.0) + row["seconds"]


async def _grouped(
    columns: str,
    since: datetime,
    clinic_id: UUID | None,
    *,
    by_week: bool,
    histogram_of: str = "",
) -> list[dict[str, Any]]:
    """Hand-written, as Tortoise groups by no expression; nothing from outside is in the text."""
    postgres = db.is_postgres()
    first, second = ("$1", "$2") if postgres else ("?", "?")
    where, by = [f"began_at >= {first}"], ["organization_id"]
    where.append(f"organization_id = {second}" if clinic_id else "organization_id IS NOT NULL")
    if by_week:
        begun = "extract(epoch from began_at)" if postgres else "strftime('%s', began_at)"
        columns += f", (CAST({begun} AS BIGINT) - {int(since.timestamp())}) / {WEEK_S} AS week"
        by.append("week")
    if histogram_of:
        where.append(f"{histogram_of} IS NOT NULL")
        by.append("bin")
    sql = (
        f"SELECT organization_id, {columns} FROM rtc_call_quality "  # noqa: S608
        f"WHERE {' AND '.join(where)} GROUP BY {', '.join(by)}"
    )
    given: list[Any] = [since]
    if clinic_id:
        given.append(clinic_id if postgres else str(clinic_id))
    return list(await db.connection().execute_query_dict(sql, given))
