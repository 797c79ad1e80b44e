"""The boards' numbers: each relation grouped by team and village, in one question each."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from core import db
from family_doctor.alerts.policy import params as alert_params
from family_doctor.boards import relations, sql
from family_doctor.boards.definitions import Definition, Kind
from family_doctor.boards.periods import Period
from family_doctor.boards.rules import percent, wait_of


@dataclass(slots=True)
class Tally:
    """What was counted in one place. `waits`: minutes until somebody took an alert on."""

    counts: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Take another place's in."""
        self.counts.update(other.counts)
        self.waits.extend(other.waits)

    def top(self, what: Definition) -> int:
        """The numerator of a count or a rate."""
        return self.counts[what.top]

    def bottom(self, what: Definition) -> int:
        """The denominator; of a count its own number, of waits how many there are."""
        if what.kind is Kind.MINUTES:
            return len(self.waits)
        return self.counts[what.bottom or what.top]

    def value(self, what: Definition) -> float | None:
        """What is told: a number, percent, or minutes; None where the denominator is 0."""
        if what.kind is Kind.COUNT:
            return self.counts[what.top]
        if what.kind is Kind.RATE:
            return percent(self.top(what), self.bottom(what))
        return wait_of(self.waits, int(what.top))


@dataclass(frozen=True, slots=True)
class Place:
    """A team's village."""

    team_id: UUID
    village: str


Tallies = dict[Place, Tally]


def total(tallies: Iterable[Tally]) -> Tally:
    """Several places together."""
    found = Tally()
    for one in tallies:
        found.add(one)
    return found


def by_team(tallies: Mapping[Place, Tally]) -> dict[UUID, Tally]:
    """The villages of each team together."""
    found: dict[UUID, Tally] = {}
    for place, tally in tallies.items():
        found.setdefault(place.team_id, Tally()).add(tally)
    return found


GROUPED: Final = """
WITH {mine} SELECT r.team_id, {village} AS village, {columns}
FROM ({relation}) r {people} GROUP BY r.team_id{more}
"""
ALERTS: Final = """
WITH {mine} SELECT r.team_id, {village} AS village, r.raised_at, r.acknowledged_at
FROM ({relation}) r {people}
"""
PEOPLE: Final = "JOIN people_patient p ON p.id = r.patient_id"


async def counted(team_ids: Collection[UUID], period: Period, *, villages: bool = True) -> Tallies:
    """Everything that these teams' boards show. Without `villages` each team is one place without
    a name, and the county's half million patients need not be read for their addresses."""
    found: Tallies = {}
    if not team_ids:
        return found
    given = {
        "mine": sql.teams(team_ids),
        "village": "p.village" if villages else "''",
        "people": PEOPLE if villages else "",
    }
    queries = [
        GROUPED.format(
            columns=columns,
            more=", p.village" * villages + more,
            relation=relations.RELATIONS[name](period),
            **given,
        )
        for name, (columns, more, _) in QUESTIONS.items()
    ]
    alerts = ALERTS.format(relation=relations.alerts(period), **given)
    *answers, rung = await sql.ask(*queries, alerts)
    for rows, (_, _, named) in zip(answers, QUESTIONS.values(), strict=True):
        for row in rows:
            _at(found, row).counts.update(named(row))
    for row in rung:
        _wait(_at(found, row), row)
    return found


def _at(found: Tallies, row: Mapping[str, Any]) -> Tally:
    return found.setdefault(Place(db.as_id(row["team_id"]), row["village"]), Tally())


def _wait(tally: Tally, row: Mapping[str, Any]) -> None:
    tally.counts["alerts"] += 1
    minutes = waited(row)
    if minutes is not None:
        tally.waits.append(minutes)
        tally.counts["in_time"] += in_time(minutes)


def waited(row: Mapping[str, Any]) -> float | None:
    """Minutes until somebody took an alert on; None while nobody has."""
    if row["acknowledged_at"] is None:
        return None
    wait = db.as_moment(row["acknowledged_at"]) - db.as_moment(row["raised_at"])
    return round(wait.total_seconds() / 60, 1)


def in_time(minutes: float) -> bool:
    """Whether the responsible doctor did not have to be asked."""
    return minutes * 60 <= alert_params().to_doctor.total_seconds()


Named = Callable[[Mapping[str, Any]], dict[str, int]]


def _plain(*names: str) -> Named:
    return lambda row: {name: int(row[name] or 0) for name in names}


def _of_programme(*names: str) -> Named:
    return lambda row: {f"{row['programme']}.{name}": int(row[name] or 0) for name in names}


QUESTIONS: Final[dict[str, tuple[str, str, Named]]] = {
    "contracts": (
        "COUNT(*) AS signed, SUM(r.paid) AS paid, SUM(r.fresh) AS fresh",
        "",
        _plain("signed", "paid", "fresh"),
    ),
    "groups": (
        "r.grouped, COUNT(*) AS people",
        ", r.grouped",
        lambda row: {f"group.{row['grouped']}": row["people"]},
    ),
    "fulfilment": ("SUM(r.done) AS done, SUM(r.due) AS due", "", _plain("done", "due")),
    "known": ("r.programme, COUNT(*) AS known", ", r.programme", _of_programme("known")),
    "care": (
        "r.programme, COUNT(*) AS managed, SUM(r.goal) AS goal, SUM(r.standard) AS standard",
        ", r.programme",
        _of_programme("managed", "goal", "standard"),
    ),
    "late": ("COUNT(*) AS in_care, SUM(r.late) AS late", "", _plain("in_care", "late")),
    "follow_ups": (
        "COUNT(*) AS met, SUM(r.face) AS face, SUM(r.video) AS video, SUM(r.phone) AS phone",
        "",
        _plain("met", "face", "video", "phone"),
    ),
}
