"""What came of a call, and what follows from it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from family_doctor.care_plan import service, tasks
from family_doctor.care_plan.calendar import BY_TABLE
from family_doctor.care_plan.models import Answer, Call, CarePlan, Task, TaskKind
from family_doctor.care_plan.policy import params
from family_doctor.care_plan.schemas import CallIn
from family_doctor.care_plan.states import CARE_PLAN, PlanStatus, TaskStatus
from family_doctor.care_plan.words import ANSWERS
from people.actor import Actor
from people.deaths import service as deaths
from people.links import same_person

NOBODY: Final = frozenset({Answer.NO_ANSWER, Answer.WRONG_NUMBER})
HEARD: Final = "电话里说已去世,等核实"


async def note_call(actor: Actor, task_id: UUID, entry: CallIn) -> Call:
    """Write a call down, and do what follows: call again tomorrow, on the day agreed, in the next
    round, or never. The same `id` twice is one call. Raises Conflict when the task is over."""
    task = await tasks.open_task(actor, task_id, purpose="call")
    there = await Call.get_or_none(id=entry.id, task_id=task.id)
    if there is not None:
        return there
    if task.status is not TaskStatus.REQUESTED:
        raise Conflict("task_over", "这件事已经有人办了,请刷新名单。")
    _refuse_day(entry)
    try:
        async with db.atomic():
            return await _note(actor, task, entry)
    except IntegrityError:
        return await Call.get(id=entry.id)


async def _note(actor: Actor, task: Task, entry: CallIn) -> Call:
    call = await Call.create(
        id=entry.id,
        task_id=task.id,
        answer=entry.answer,
        note=entry.note,
        again_on=entry.again_on,
        by_id=actor.practitioner_id,
        by_name=actor.name,
        at=clock.now(),
    )
    await audit(actor, "task.call", f"Task/{task.id}", patient_id=task.patient_id)
    if entry.answer in NOBODY:
        tomorrow = clock.today() + timedelta(days=params().again)
        await _put_off(task, tomorrow, calls=task.calls + 1)
    elif entry.answer is Answer.LATER:
        await _put_off(task, entry.again_on, calls=task.calls)
    elif entry.answer is Answer.REFUSED:
        await _next_round(actor, task)
    elif entry.answer is Answer.MOVED:
        await _gone(actor, task, "end", ANSWERS[Answer.MOVED])
    elif entry.answer is Answer.DIED:
        await _gone(actor, task, "hold", HEARD)
        await deaths.propose(actor, task.patient_id, f"随访电话里说已去世。{entry.note}")
    return call


def _refuse_day(entry: CallIn) -> None:
    if entry.answer is not Answer.LATER:
        return
    today = clock.today()
    latest = today + timedelta(days=params().latest)
    if entry.again_on is None or not today <= entry.again_on <= latest:
        sentence = f"请选一个 {params().latest} 天之内的日子再打。"
        raise Invalid("again_on", sentence, errors=[FieldError("again_on", sentence)])


async def _put_off(task: Task, day: date | None, *, calls: int) -> None:
    rows = Task.filter(id=task.id, status=TaskStatus.REQUESTED)
    await rows.update(not_before=day, calls=calls)


async def _next_round(actor: Actor, task: Task) -> None:
    """Refused this time: nobody is pressed, and nobody is forgotten."""
    await tasks.skip(actor, task)
    if task.kind is not TaskKind.FOLLOW_UP:
        return
    mine = await same_person(task.patient_id)
    plans = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ACTIVE)
    plan = await plans.filter(programme__in=list(BY_TABLE)).first()
    if plan is not None:
        by = clock.today() + timedelta(days=params().table.routine)
        opens = by - timedelta(days=params().table.soon)
        await tasks.open_follow_up(plan, task.village, opens=opens, by=by)


async def _gone(actor: Actor, task: Task, action: str, reason: str) -> None:
    """Who moved is looked after elsewhere. Who is said to have died is left in peace, until
    somebody has seen the proof (`people.deaths`)."""
    await tasks.end(actor, task, "cancel", reason)
    mine = await same_person(task.patient_id)
    plans = CarePlan.filter(patient_id__in=mine, ended_at=None)
    for plan in await plans.select_related("patient"):
        if (plan.status, action) in CARE_PLAN:
            await service.move(plan, action, reason)
