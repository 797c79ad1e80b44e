"""记一次电话: each call about a task has its number and its own address. Opened again, from the
browser's history or in another tab, it says what stands there already."""

from typing import Any, Final

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.doors import allow
from core.errors import Conflict
from core.forms import ABOVE, Form, blank, filled
from core.http import path_id
from family_doctor.access import MEMBERS, open_resident
from family_doctor.care_plan import calls, tasks, words
from family_doctor.care_plan.models import Answer, Call, Task
from family_doctor.care_plan.schemas import CallIn
from family_doctor.care_plan.states import TaskStatus
from people.actor import actor_of

routes = web.RouteTableDef()

CALLS: Final = "/follow-ups/tasks/{id:[0-9a-fA-F-]{36}}/calls"
CALL: Final = f"{CALLS}/{{number:[1-9][0-9]{{0,3}}}}"
NOTED: Final = pages.notice("family-call-noted", "已记下,下次什么时候打已经排好。")
REACHED: Final = pages.notice("family-call-reached", "已记下。可以接着填随访表。")
SAID_DEAD: Final = pages.notice(
    "family-call-died", "已记下,不再打电话。看到凭证后请登记;弄错了,请点“核实过,没有去世”。"
)


def _number(request: web.Request) -> int:
    return int(request.match_info["number"])


def _at(task: Task, number: int) -> str:
    return f"/follow-ups/tasks/{task.id}/calls/{number}"


@routes.get(f"{CALLS}/new", name="new_call")
@allow(*MEMBERS)
async def new(request: web.Request) -> web.Response:
    """On to the next call's own address."""
    task = await tasks.open_task(actor_of(request), path_id(request), purpose="call-form")
    raise web.HTTPSeeOther(_at(task, await calls.next_number(task)))


@routes.get(CALL, name="call_of_task")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """The empty form, or what stands there already."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    """What was refused because the number is taken is offered once more under the next one."""
    actor, number = actor_of(request), _number(request)
    task = await tasks.open_task(actor, path_id(request), purpose="call-form")
    view = await open_resident(actor, task.patient_id, purpose="call-form")
    following = await calls.next_number(task)
    noted = await Call.get_or_none(id=calls.call_id(task.id, number))
    if number > following or (number < following and noted is None):
        raise web.HTTPSeeOther(_at(task, following))
    return await pages.render(
        request,
        "family_doctor/care_plan/call.html",
        status=form.status,
        title="记一次电话",
        form=form,
        task=task,
        what=words.task_words(task.kind, task.code),
        patient=view.patient,
        banner=(await records.summary(view.patient.id)).banner(href=""),
        noted=noted,
        noted_word=words.ANSWERS[noted.answer] if noted else "",
        over=task.status is not TaskStatus.REQUESTED,
        action=_at(task, following),
        number=number if noted else following,
        answers=list(words.ANSWERS.items()),
        today=clock.today(),
    )


@routes.post(CALL, name="note_call")
@allow(*MEMBERS)
@filled(CallIn, again=_page, refusals={Conflict: ABOVE})
async def note(request: web.Request, entry: CallIn) -> web.Response:
    """Write down what came of it."""
    noted = await calls.note_call(actor_of(request), path_id(request), _number(request), entry)
    task = await tasks.open_task(actor_of(request), noted.task_id, purpose="call")
    if noted.answer is Answer.DIED:
        raise pages.see_other(f"/patients/{task.patient_id}/death", say=SAID_DEAD)
    say = REACHED if noted.answer is Answer.REACHED else NOTED
    raise pages.see_other(f"/follow-ups/patients/{task.patient_id}", say=say)
