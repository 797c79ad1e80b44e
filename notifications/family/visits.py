"""Reminders of visits and checks: when one comes, and once when it is late; wired in
`app.reactions`. Who has left the team meanwhile, or has been seen, hears nothing."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from core import clock
from core.clock import SHANGHAI
from family_doctor.care_plan.events import TaskEnded, TaskMoved, TaskOpened
from family_doctor.care_plan.models import Task, TaskKind
from family_doctor.care_plan.states import TaskStatus
from family_doctor.queries import signed_now
from notifications import reminders
from notifications.family import rules, wording
from notifications.family.policy import params
from notifications.family.whose import contract_now
from notifications.reminders import Said, Source

COMING: Final = "FamilyTask"
LATE: Final = "FamilyTaskLate"


async def set_reminders(event: TaskOpened | TaskMoved) -> None:
    """A date was found, or moved."""
    row = await Task.get(id=event.task_id)
    if row.status is not TaskStatus.REQUESTED:
        return
    check, house = row.kind is TaskKind.CHECK, params()
    first = rules.coming(row.code, row.opens, row.due, clock.now(), house, check=check)
    again = rules.late(row.code, row.due, house, check=check)
    for name, moment in ((COMING, first), (LATE, again)):
        if moment is not None:
            await reminders.remind(name, row.id, due_at=moment)


async def take_back(event: TaskEnded) -> None:
    """Done, or nobody needs it any more."""
    for name in (COMING, LATE):
        await reminders.withdraw(name, UUID(event.task_id))


async def _to_come(ids: Collection[UUID]) -> set[UUID]:
    return await _signed(_open(ids).filter(due__gte=clock.today()))


async def _overdue(ids: Collection[UUID]) -> set[UUID]:
    return await _signed(_open(ids).filter(due__lt=clock.today()))


async def _signed(rows: QuerySet[Task]) -> set[UUID]:
    whose = {row.id: row.patient_id for row in await rows}
    signed = await signed_now(whose.values())
    return {id for id, patient_id in whose.items() if patient_id in signed}


def _open(ids: Collection[UUID]) -> QuerySet[Task]:
    rows = Task.filter(id__in=list(ids), status=TaskStatus.REQUESTED)
    return rows.filter(patient__deceased_on=None)


async def _coming(id: UUID) -> Said:
    row = await Task.get(id=id).select_related("patient")
    message = wording.coming(row, await contract_now(row.patient_id))
    over = datetime.combine(row.due + timedelta(days=1), time(), SHANGHAI)
    return Said(row.patient_id, message, expires_at=over)


async def _late(id: UUID) -> Said:
    row = await Task.get(id=id).select_related("patient")
    return Said(row.patient_id, wording.late(row, await contract_now(row.patient_id)))


OWN: Final = (
    Source(COMING, "family_visit", _to_come, _coming),
    Source(LATE, "family_late", _overdue, _late),
)
