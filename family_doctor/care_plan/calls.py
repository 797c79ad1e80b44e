"""What came of a call, and what follows from it."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID, uuid5

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
OVER: Final = "这件事已经有人办了,不用再记。"
NOTED: Final = "这次电话已经记过。是又打的一次,请再点“记下”;不是,就不用再记。"
HEARD: Final = "电话里说已去世,等核实"


def call_id(task_id: UUID, number: int) -> UUID:
    """The id of a task's first, second, third call."""
    return uuid5(task_id, str(number))


async def next_number(task: Task) -> int:
    """Which call of the task the next one is, from 1."""
    return await Call.filter(task_id=task.id).count() + 1


async def note_call(actor: Actor, task_id: UUID, number: int, entry: CallIn) -> Call:
    """Write the call of this number down, and do what follows: call again tomorrow, on the day
    agreed, in the next round, or never.

    The same words of the same person under the same number are one call, from however many tabs.
    Raises Invalid for the day, NotFound, Conflict `call_noted` when other words stand there already
    and `task_over`.
    """
    task = await tasks.open_task(actor, task_id, purpose="call")
    there = await Call.get_or_none(id=call_id(task.id, number))
    if there is not None:
        return _the_same(there, actor, entry)
    if task.status is not TaskStatus.REQUESTED:
        raise Conflict("task_over", OVER)
    if number != await next_number(task):
        raise Conflict("call_noted", NOTED)
    _refuse_day(entry)
    try:
        async with db.atomic():
            return await _note(actor, task, number, entry)
    except IntegrityError:
        return _the_same(await Call.get(id=call_id(task.id, number)), actor, entry)


def _the_same(there: Call, actor: Actor, entry: CallIn) -> Call:
    said = (there.by_id, there.answer, there.note, there.again_on)
    if said != (actor.practitioner_id, entry.answer, entry.note, entry.again_on):
        raise Conflict("call_noted", NOTED)
    return there


async def _note(actor: Actor, task: Task, number: int, entry: CallIn) -> Call:
    call = await Call.create(
        id=call_id(task.id, number),
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
