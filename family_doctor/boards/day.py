"""A team's day: what is due and how late, what was done today and by whom, which alerts wait, which
contracts wait or end. Each line leads to where one acts."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core import clock
from family_doctor import policy as contracts_policy
from family_doctor.alerts.models import Alert
from family_doctor.alerts.states import OPEN, UNANSWERED
from family_doctor.alerts.words import STATUS as ALERT_WORDS
from family_doctor.boards.periods import midnight
from family_doctor.care_plan import queries as tasks
from family_doctor.care_plan.models import Answer, Call
from family_doctor.care_plan.queries import Filter, Shown, Village
from family_doctor.care_plan.words import ANSWERS
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.followup.models import FollowUp, Mode
from family_doctor.followup.words import MODES
from family_doctor.fulfilment.queries import of_team
from family_doctor.fulfilment.rules import Rate

SPANS: Final = ((1, 7, "1 到 7 天"), (8, 30, "8 到 30 天"), (31, None, "30 天以上"))


@dataclass(frozen=True, slots=True)
class Ringing:
    """One open alert."""

    id: UUID
    name: str
    words: str
    raised_at: datetime
    answered_by: str
    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What one member did today."""

    name: str
    modes: dict[str, int]
    calls: int
    reached: int


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on the page. `spans`: how many are overdue for how long; `longest` in days."""

    now: int
    overdue: int
    home: int
    spans: list[tuple[str, int]]
    longest: int
    villages: list[Village]
    worked: list[Worked]
    answers: list[tuple[str, int]]
    ringing: list[Ringing]
    applied: int
    unsigned: int
    ending: int
    rate: Rate
    owed: int


async def day_of(team_id: UUID) -> Day:
    """The team's day as it stands."""
    team, today = [team_id], clock.today()
    late = await tasks.tasks_of(Filter(team, Shown.OVERDUE)).only("id", "due")
    days = [(today - task.due).days for task in late]
    calls = await _calls(team)
    stands = await of_team(team_id)
    counts = await tasks.counts(team)
    return Day(
        now=counts[Shown.NOW],
        overdue=counts[Shown.OVERDUE],
        home=counts[Shown.HOME],
        spans=[(word, sum(_within(one, *span) for one in days)) for *span, word in SPANS],
        longest=max(days, default=0),
        villages=await tasks.villages(team),
        worked=_worked(await _met(team), calls),
        answers=_answers(calls),
        ringing=await _ringing(team),
        applied=await _contracts(team, status=Status.APPLIED),
        unsigned=await _contracts(team, status=Status.REVIEWED),
        ending=await _contracts(
            team,
            status=Status.ACTIVE,
            ends_on__lte=today + contracts_policy.params().renewal,
        ),
        rate=stands.rate,
        owed=len(stands.overdue),
    )


def _within(days: int, least: int, most: int | None) -> bool:
    return days >= least and (most is None or days <= most)


async def _calls(team_ids: Collection[UUID]) -> list[Call]:
    begins = midnight(clock.today())
    rows = Call.filter(task__team_id__in=list(team_ids), at__gte=begins)
    return await rows.filter(at__lt=begins + timedelta(days=1)).order_by("at", "id")


async def _met(team_ids: Collection[UUID]) -> list[FollowUp]:
    rows = FollowUp.filter(team_id__in=list(team_ids), met_on=clock.today(), wrong_at=None)
    return await rows.only("id", "mode", "by_name").order_by("by_name", "id")


def _worked(met: Sequence[FollowUp], calls: Sequence[Call]) -> list[Worked]:
    done: dict[str, Counter[Mode]] = {}
    for row in met:
        done.setdefault(row.by_name, Counter())[row.mode] += 1
    made = Counter(call.by_name for call in calls)
    reached = Counter(call.by_name for call in calls if call.answer is Answer.REACHED)
    return [
        Worked(
            name,
            {word: done.get(name, Counter())[mode] for mode, word in MODES.items()},
            made[name],
            reached[name],
        )
        for name in sorted(done.keys() | made.keys())
    ]


def _answers(calls: Sequence[Call]) -> list[tuple[str, int]]:
    found = Counter(call.answer for call in calls)
    return [(word, found[answer]) for answer, word in ANSWERS.items() if found[answer]]


async def _ringing(team_ids: Collection[UUID]) -> list[Ringing]:
    rows = Alert.filter(team_id__in=list(team_ids), status__in=list(OPEN))
    found = await rows.order_by("raised_at", "id").limit(50).select_related("patient")
    found.sort(key=lambda row: row.status not in UNANSWERED)
    return [
        Ringing(
            row.id,
            row.patient.name,
            row.words,
            row.raised_at,
            row.acknowledged_name,
            *ALERT_WORDS[row.status],
        )
        for row in found
    ]


async def _contracts(team_ids: Collection[UUID], **wanted: object) -> int:
    return await Contract.filter(team_id__in=list(team_ids), **wanted).count()
