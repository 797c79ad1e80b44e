"""What is done with a task: a check that was done, another pair of hands."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.forms import Form, filled, read_form
from core.http import path_id
from core.idempotency import once
from family_doctor.access import MEMBERS, open_resident
from family_doctor.care_plan import tasks
from family_doctor.care_plan.models import Task
from family_doctor.care_plan.routes.patients import show_resident
from family_doctor.care_plan.schemas import CheckIn, OwnerIn
from people.actor import actor_of

routes = web.RouteTableDef()

TASK: Final = "/follow-ups/tasks/{id:[0-9a-fA-F-]{36}}"
DONE: Final = pages.notice("family-check-done", "已记为做完,下一项已排好。")
GIVEN: Final = pages.notice("family-task-given", "已交接。")


async def _task(request: web.Request) -> Task:
    return await tasks.open_task(actor_of(request), path_id(request), purpose="task-form")


def _back(task: Task, say: str) -> web.HTTPException:
    return pages.see_other(f"/follow-ups/patients/{task.patient_id}", say=say)


async def _again(request: web.Request, form: Form[Any]) -> web.Response:
    task = await _task(request)
    view = await open_resident(actor_of(request), task.patient_id, purpose="task-form")
    return await show_resident(request, view, form, status=form.status, at=str(task.id))


@routes.post(f"{TASK}/completion", name="complete_check")
@allow(*MEMBERS)
@once
@filled(CheckIn, again=_again)
async def complete(request: web.Request, entry: CheckIn) -> web.Response:
    """A check of the calendar was done."""
    task = await _task(request)
    await tasks.complete_check(actor_of(request), task.id, entry)
    raise _back(task, DONE)


@routes.post(f"{TASK}/owner", name="hand_task_over")
@allow(*MEMBERS)
@once
async def hand_over(request: web.Request) -> web.Response:
    """Give it to somebody of the team, or back to all."""
    form = await read_form(request, OwnerIn)
    owner = form.entry.owner_id if form.entry else None
    task = await tasks.hand_over(actor_of(request), path_id(request), owner)
    raise _back(task, GIVEN)
