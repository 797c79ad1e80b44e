"""The people behind a number of one team: the same rows that were counted, those first about whom
there is something to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from core import clock, db
from family_doctor.boards import relations, sql
from family_doctor.boards.definitions import Definition
from family_doctor.boards.numbers import in_time, waited
from family_doctor.boards.periods import Period
from family_doctor.care_plan.models import Programme
from family_doctor.contracts.states import Status
from family_doctor.followup.models import Mode
from family_doctor.followup.words import MODES
from family_doctor.packages.models import Group
from people.ages import age_in_words
from people.matching.states import LinkStatus
from people.models import Sex
from people.queries import SEX_WORDS

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """Which rows of a relation belong to a number (`within`), which of them to its numerator
    (`reached`, 1 or 0), and how the two are called. Without `good` the numerator is what is amiss.
    """

    within: str = "1 = 1"
    reached: str = "1"
    words: tuple[str, str] = ("", "")
    good: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """One line. Who is no longer signed with the team has no name here."""

    name: str
    who: str
    village: str
    href: str
    kind: str
    word: str
    fact: str


@dataclass(frozen=True, slots=True)
class People:
    """A page of them."""

    rows: list[Person]
    total: int
    page: int
    pages: int


def _shown() -> dict[str, Shown]:
    found = {
        "signed": Shown(),
        "paid": Shown(reached="r.paid", words=("有偿", "没有收费的包")),
        "fresh": Shown("r.fresh = 1"),
        "fulfilment": Shown(
            "r.due > 0", "CASE WHEN r.done >= r.due THEN 1 ELSE 0 END", ("都做了", "还差")
        ),
        "late": Shown(reached="r.late", words=("超期", "没有超期"), good=False),
        "met": Shown(),
        "face": Shown(reached="r.face", words=("面对面", "电话或视频")),
        "alerts": Shown(),
        "in_time": Shown(words=("按时", "没有按时")),
        "wait_median": Shown("r.acknowledged_at IS NOT NULL"),
        "wait_p90": Shown("r.acknowledged_at IS NOT NULL"),
    }
    for group in Group:
        found[f"group_{group}"] = Shown(f"r.grouped = '{group}'")
    for one in (Programme.HYPERTENSION, Programme.DIABETES):
        within = f"r.programme = '{one}'"
        found[f"{one}_managed"] = Shown(within, "r.managed", ("已纳入", "还没有纳入"))
        found[f"{one}_standard"] = Shown(within, "r.standard", ("够次数", "次数不够"))
        found[f"{one}_control"] = Shown(within, "r.goal", ("达标", "没有达标"))
    return found


SHOWN: Final = _shown()
FROM: Final = """
WITH {mine} SELECT {columns} FROM ({relation}) r JOIN people_patient p ON p.id = r.patient_id
WHERE {within}{village}
"""
COLUMNS: Final = f"""
  r.*, p.name, p.sex, p.birth_date, p.village, {{reached}} AS reached,
  CASE WHEN EXISTS (
    SELECT 1 FROM family_contract k WHERE k.team_id = r.team_id AND k.status = '{Status.ACTIVE}'
      AND (k.patient_id = r.patient_id OR EXISTS (
        SELECT 1 FROM people_patient_link l WHERE l.survivor_id = r.patient_id
          AND l.merged_id = k.patient_id AND l.status = '{LinkStatus.ACTIVE}'))
  ) THEN 1 ELSE 0 END AS ours
"""  # noqa: S608  (enumerations of our own)


async def people(
    team_id: UUID, what: Definition, period: Period, *, village: str | None, page: int
) -> People:
    """A page of those behind a number."""
    shown = SHOWN[what.code]
    given = {
        "mine": sql.teams([team_id]),
        "relation": relations.RELATIONS[what.people](period),
        "within": shown.within,
        "village": "" if village is None else " AND p.village = $1",
    }
    values = [] if village is None else [village]
    counted = await db.fetch(FROM.format(columns="COUNT(*) AS found", **given), *values)
    total = int(counted[0]["found"])
    pages = max(1, -(-total // PAGE))
    page = min(max(page, 1), pages)
    order = "ASC" if shown.good else "DESC"
    query = FROM.format(columns=COLUMNS.format(reached=shown.reached), **given)
    query += f" ORDER BY reached {order}, p.village, p.name, subject_id"
    query += f" LIMIT {PAGE} OFFSET {(page - 1) * PAGE}"
    rows = await db.fetch(query, *values)
    return People([_person(what, shown, row) for row in rows], total, page, pages)


def _person(what: Definition, shown: Shown, row: Mapping[str, Any]) -> Person:
    reached = bool(row["reached"])
    if what.code == "in_time":
        minutes = waited(row)
        reached = minutes is not None and in_time(minutes)
    kind = "done" if reached is shown.good else "waiting"
    word = shown.words[0] if reached else shown.words[1]
    fact = FACTS[what.people](row)
    if not row["ours"]:
        return Person("已不在本团队签约", "", "", "", kind if word else "", word, fact)
    born = db.as_day(row["birth_date"])
    who = f"{SEX_WORDS[Sex(row['sex'])]} {age_in_words(born, clock.today())}"
    href = f"{LEADS[what.people]}{row['subject_id']}"
    return Person(row["name"], who, row["village"], href, kind if word else "", word, fact)


LEADS: Final = {
    "contracts": "/contracts/",
    "groups": "/contracts/",
    "fulfilment": "/contracts/",
    "known": "/follow-ups/patients/",
    "care": "/follow-ups/patients/",
    "late": "/follow-ups/patients/",
    "follow_ups": "/follow-ups/records/",
    "alerts": "/alerts/",
}


def _day(row: Mapping[str, Any]) -> date | None:
    return db.as_day(row["on_day"]) if row["on_day"] else None


def _since(row: Mapping[str, Any]) -> str:
    day = _day(row)
    return f"{day:%Y-%m-%d} 起" if day else ""


def _last(row: Mapping[str, Any]) -> str:
    day = _day(row)
    return f"最近 {day:%Y-%m-%d},面对面 {row['faces']} 次" if day else "12 个月里没有随访"


def _due(row: Mapping[str, Any]) -> str:
    day = _day(row)
    return f"最晚 {day:%Y-%m-%d}" if day else ""


def _met(row: Mapping[str, Any]) -> str:
    return f"{_day(row):%Y-%m-%d} {MODES[Mode(row['mode'])]}"


def _rung(row: Mapping[str, Any]) -> str:
    minutes, raised = waited(row), clock.in_words(db.as_moment(row["raised_at"]))
    return f"{raised},{'还没有人接' if minutes is None else f'{minutes:g} 分钟后有人接'}"


FACTS: Final = {
    "contracts": _since,
    "groups": _since,
    "fulfilment": lambda row: f"应做 {row['due']} 次,做了 {row['done']} 次",
    "known": lambda row: "",
    "care": _last,
    "late": _due,
    "follow_ups": _met,
    "alerts": _rung,
}
