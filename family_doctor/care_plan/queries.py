"""The team's lists: what is to be done and overdue, village by village. `within` bounds each of
them to the actor's own teams; none of these is a door to a record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count, Max, Min
from tortoise.queryset import QuerySet

from core import clock
from family_doctor.access import my_team_ids
from family_doctor.care_plan.models import Call, CarePlan, Programme, Task
from family_doctor.care_plan.policy import params
from family_doctor.care_plan.states import PlanStatus, TaskStatus
from family_doctor.followup.models import FollowUp
from family_doctor.queries import members_of
from people.actor import Actor
from people.links import same_person
from people.models import Practitioner

PAGE: Final = 50
ORDER: Final = list(Programme)


class Shown(StrEnum):
    """Which part of the list."""

    OVERDUE = "overdue"
    NOW = "now"  # may be done today: overdue ones with it
    LATER = "later"
    HOME = "home"  # called so often in vain that somebody goes there


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody wants to see. `owner_id`: one member's; `inbox`: those that nobody has."""

    team_ids: Collection[UUID]
    shown: Shown = Shown.NOW
    village: str = ""
    programme: Programme | None = None
    owner_id: UUID | None = None
    inbox: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Line:
    """One task of the list. `late` is days overdue, 0 in time. `last` is the patient's last
    follow-up."""

    task: Task
    programmes: list[Programme]
    last: FollowUp | None
    late: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list."""

    lines: list[Line]
    total: int
    pages: int


def tasks_of(what: Filter) -> QuerySet[Task]:
    """The open tasks that fit, without order."""
    today = clock.today()
    rows = Task.filter(team_id__in=list(what.team_ids), status=TaskStatus.REQUESTED)
    rows = rows.filter(_shown(what.shown, today))
    if what.village:
        rows = rows.filter(village=what.village)
    if what.inbox:
        rows = rows.filter(owner_id=None)
    elif what.owner_id is not None:
        rows = rows.filter(owner_id=what.owner_id)
    if what.programme is not None:
        plans = CarePlan.filter(
            team_id__in=list(what.team_ids), programme=what.programme, status=PlanStatus.ACTIVE
        )
        rows = rows.filter(patient_id__in=Subquery(plans.values("patient_id")))
    return rows


def _shown(shown: Shown, today: date) -> Q:
    wanted = Q(not_before=None) | Q(not_before__lte=today)
    match shown:
        case Shown.OVERDUE:
            return Q(due__lt=today)
        case Shown.NOW:
            return Q(opens__lte=today) & wanted
        case Shown.LATER:
            return Q(opens__gt=today) | Q(not_before__gt=today)
        case Shown.HOME:
            return Q(calls__gte=params().home_after)


async def listed(what: Filter) -> Listed:
    """A page, the longest overdue first."""
    rows = tasks_of(what)
    total = await rows.count()
    found = await (
        rows.order_by("due", "id")
        .offset((what.page - 1) * PAGE)
        .limit(PAGE)
        .select_related("patient")
    )
    patients = {task.patient_id for task in found}
    programmes, last = await _programmes(patients), await _last(patients)
    today = clock.today()
    lines = [
        Line(
            task,
            programmes.get(task.patient_id, []),
            last.get(task.patient_id),
            max((today - task.due).days, 0),
        )
        for task in found
    ]
    return Listed(lines, total, max(-(-total // PAGE), 1))


async def _programmes(patients: Collection[UUID]) -> dict[UUID, list[Programme]]:
    rows = CarePlan.filter(patient_id__in=list(patients), status=PlanStatus.ACTIVE)
    found: dict[UUID, list[Programme]] = {}
    for plan in sorted(await rows, key=lambda plan: ORDER.index(plan.programme)):
        found.setdefault(plan.patient_id, []).append(plan.programme)
    return found


async def _last(patients: Collection[UUID]) -> dict[UUID, FollowUp]:
    """The latest follow-up of each of a page's patients."""
    rows = FollowUp.filter(patient_id__in=list(patients), wrong_at=None)
    newest = await rows.group_by("patient_id").annotate(on=Max("met_on")).values("patient_id", "on")
    if not newest:
        return {}
    wanted = Q(
        *(Q(patient_id=one["patient_id"], met_on=one["on"]) for one in newest), join_type="OR"
    )
    sound = FollowUp.filter(wanted, wrong_at=None)
    return {row.patient_id: row for row in await sound.order_by("recorded_at")}


@dataclass(frozen=True, slots=True)
class Village:
    """A row of the village table."""

    name: str
    in_care: int
    due: int
    overdue: int
    oldest: date | None


async def villages(team_ids: Collection[UUID]) -> list[Village]:
    """The team's villages, the one with most overdue first."""
    today = clock.today()
    plans = CarePlan.filter(team_id__in=list(team_ids), status=PlanStatus.ACTIVE)
    in_care = await _by_village(plans, "patient__village", Count("patient_id", distinct=True))
    open_tasks = Task.filter(team_id__in=list(team_ids), status=TaskStatus.REQUESTED)
    due = await _by_village(open_tasks.filter(_shown(Shown.NOW, today)), "village", Count("id"))
    late = open_tasks.filter(_shown(Shown.OVERDUE, today))
    overdue = await _by_village(late, "village", Count("id"))
    oldest = await _by_village(late, "village", Min("due"))
    rows = [
        Village(
            name, in_care.get(name, 0), due.get(name, 0), overdue.get(name, 0), oldest.get(name)
        )
        for name in in_care.keys() | due.keys()
    ]
    return sorted(rows, key=lambda row: (-row.overdue, -row.due, row.name))


async def _by_village(rows: QuerySet[Any], field: str, wanted: Any) -> dict[str, Any]:
    found = await rows.annotate(wanted=wanted).group_by(field).values(field, "wanted")
    return {one[field]: one["wanted"] for one in found}


async def counts(team_ids: Collection[UUID]) -> dict[Shown, int]:
    """How many each part of the list has."""
    return {shown: await tasks_of(Filter(team_ids, shown)).count() for shown in Shown}


async def plans_of(patient_id: UUID) -> list[CarePlan]:
    """A patient's programmes, the running ones first."""
    mine = await same_person(patient_id)
    return await CarePlan.filter(patient_id__in=mine).order_by("ended_at", "opened_at")


async def open_tasks_of(patient_id: UUID) -> list[Task]:
    """What is to be done for a patient."""
    rows = Task.filter(patient_id__in=await same_person(patient_id), status=TaskStatus.REQUESTED)
    return await rows.order_by("due")


async def calls_of(patient_id: UUID) -> list[Call]:
    """Calls about a patient, the latest first."""
    mine = await same_person(patient_id)
    return await Call.filter(task__patient_id__in=mine).order_by("-at").limit(20)


async def colleagues(team_id: UUID) -> list[tuple[str, str]]:
    """The team's members as choices of a form."""
    rows = await members_of(team_id)
    return [(str(one.practitioner_id), one.practitioner.name) for one in rows]


async def owners(tasks: Collection[Task]) -> dict[UUID, str]:
    """What those are called who have one of these."""
    rows = Practitioner.filter(id__in={task.owner_id for task in tasks if task.owner_id})
    return {row.id: row.name for row in await rows}


async def waiting(actor: Actor) -> int:
    """For the navigation: how many of my teams' tasks are overdue."""
    team_ids = await my_team_ids(actor)
    if not team_ids:
        return 0
    return await tasks_of(Filter(team_ids, Shown.OVERDUE)).count()
