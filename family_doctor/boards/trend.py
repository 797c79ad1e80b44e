"""Twelve months of control, follow-ups and answers to alerts, for the charts and their tables.

The last follow-up before the end of each month decides, as on the board of that month: each one
stands for the months until the next, so that all months are read in one pass.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from core import db
from core.clock import SHANGHAI
from family_doctor.boards import relations, sql
from family_doctor.boards.numbers import Place, Tallies, Tally, in_time, total, waited
from family_doctor.boards.periods import Period


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a trend, by team."""

    period: Period
    tallies: Tallies

    @property
    def tally(self) -> Tally:
        """All teams together."""
        return total(self.tallies.values())


async def trend(team_ids: Collection[UUID], periods: Sequence[Period]) -> list[Month]:
    """These teams, month by month."""
    found: dict[str, Tallies] = defaultdict(dict)
    whole = Period("", "", periods[0].first, periods[-1].day)
    if team_ids:
        given = {
            "mine": sql.teams(team_ids),
            "marks": _marks(periods),
            "met": relations.follow_ups(whole),
            "alerts": relations.alerts(whole),
            "plans": relations.all_plans(),
            "judged": relations.judged(periods[0].since, whole.day),
        }
        questions = (MANAGED, AT_GOAL, MET, ALERTS)
        *answers, rung = await sql.ask(*(one.format(**given) for one in questions))
        for row in (row for rows in answers for row in rows):
            _at(found[row["month"]], row).counts[row["name"]] += row["found"]
        for row in rung:
            _alert(found, row)
    return [Month(one, found[one.key]) for one in periods]


def _at(month: Tallies, row: Mapping[str, Any]) -> Tally:
    return month.setdefault(Place(db.as_id(row["team_id"]), ""), Tally())


def _marks(periods: Sequence[Period]) -> str:
    rows = " UNION ALL ".join(
        f"SELECT '{one.key}' AS month, {sql.day(one.first)} AS first, {sql.day(one.day)} AS day,"
        f" {sql.day(one.since)} AS since, {sql.moment(one.ends)} AS ends"
        for one in periods
    )
    return f"marks AS ({rows})"


def _alert(found: Mapping[str, Tallies], row: Mapping[str, Any]) -> None:
    raised = db.as_moment(row["raised_at"]).astimezone(SHANGHAI)
    tally, minutes = _at(found[f"{raised:%Y-%m}"], row), waited(row)
    tally.counts["alerts"] += 1
    if minutes is not None:
        tally.waits.append(minutes)
        tally.counts["in_time"] += in_time(minutes)


MANAGED: Final = """
WITH {mine}, {marks}
SELECT team_id, month, programme || '.managed' AS name, COUNT(*) AS found FROM (
  SELECT DISTINCT p.team_id, m.month, p.programme, p.patient_id
  FROM marks m JOIN ({plans}) p
    ON p.opened_at < m.ends AND (p.ended_at IS NULL OR p.ended_at >= m.ends)
) people GROUP BY team_id, month, programme
"""
AT_GOAL: Final = """
WITH {mine}, {marks}, spans AS (
  SELECT team_id, patient_id, programme, opened_at, ended_at, goal, met_on, LEAD(met_on) OVER (
    PARTITION BY patient_id, programme, opened_at ORDER BY met_on, recorded_at, id
  ) AS next_on
  FROM ({judged}) judged
)
SELECT team_id, month, programme || '.goal' AS name, COUNT(*) AS found FROM (
  SELECT DISTINCT s.team_id, m.month, s.programme, s.patient_id
  FROM marks m JOIN spans s ON s.goal = 1 AND s.met_on <= m.day AND s.met_on > m.since
    AND (s.next_on IS NULL OR s.next_on > m.day)
    AND s.opened_at < m.ends AND (s.ended_at IS NULL OR s.ended_at >= m.ends)
) people GROUP BY team_id, month, programme
"""
MET: Final = """
WITH {mine}, {marks}
SELECT f.team_id, m.month, CASE WHEN f.face = 1 THEN 'face' WHEN f.video = 1 THEN 'video'
    ELSE 'phone' END AS name, COUNT(*) AS found
FROM marks m JOIN ({met}) f ON f.on_day >= m.first AND f.on_day <= m.day
GROUP BY 1, 2, 3
"""
ALERTS: Final = """
WITH {mine} SELECT a.team_id, a.raised_at, a.acknowledged_at FROM ({alerts}) a
"""
