"""The verbs on tasks: open, hand over, note a call, complete, cancel.

A task is opened by a plan, by a follow-up or by a referral, never by hand. What is open already
stays open; its date only ever comes nearer.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.expressions import Q

from core import clock, db
from core.audit import audit
from core.errors import FieldError, Invalid, NotFound
from core.outbox import record
from core.states import advance
from family_doctor.access import open_resident, open_team
from family_doctor.care_plan.calendar import BY_TABLE, next_due, stamp
from family_doctor.care_plan.events import TaskEnded, TaskMoved, TaskOpened
from family_doctor.care_plan.models import Answer, CarePlan, Task, TaskKind
from family_doctor.care_plan.policy import params
from family_doctor.care_plan.schemas import CheckIn
from family_doctor.care_plan.states import TASK, PlanStatus, TaskStatus
from family_doctor.care_plan.words import ANSWERS
from family_doctor.followup.rules.dates import Due
from people.actor import Actor
from people.links import same_person
from people.models import Patient

FOLLOW_UP: Final = "follow_up"


async def open_task(actor: Actor, task_id: UUID, *, purpose: str) -> Task:
    """A task for a resident of one of the actor's teams. Raises NotFound alike for strangers."""
    task = await Task.get_or_none(id=task_id).select_related("patient", "plan")
    if task is None:
        raise NotFound("task_not_found", "没有找到这件事,可能已经有人办了。")
    await open_resident(actor, task.patient_id, purpose=purpose)
    return task


async def open_next(plan: CarePlan, village: str) -> None:
    """The plan's next date as a task. Within a transaction."""
    today = clock.today()
    if plan.programme in BY_TABLE:
        due = Due(FOLLOW_UP, today, today + timedelta(days=params().first))
        await _open(due, TaskKind.FOLLOW_UP, plan, village, shared=True)
        return
    found = next_due(plan, params(), today, await _done(plan))
    if found is not None:
        await _open(found, TaskKind.CHECK, plan, village)


async def open_follow_up(
    plan: CarePlan, village: str, *, opens: date, by: date, reason: str = ""
) -> None:
    """The next follow-up, as the rules have it. Within a transaction."""
    due = Due(FOLLOW_UP, opens, by)
    await _open(due, TaskKind.FOLLOW_UP, plan, village, shared=True, reason=reason)


async def follow_soon(patient: Patient, *, reason: str) -> None:
    """Something dangerous happened: see the patient within two weeks, if a plan decides by the
    table (公卫规范: emergencies are followed within two weeks). Within a transaction."""
    mine = await same_person(patient.id)
    plans = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ACTIVE)
    plan = await plans.filter(programme__in=list(BY_TABLE)).first()
    if plan is not None:
        today = clock.today()
        by = today + timedelta(days=params().table.soon)
        await open_follow_up(plan, patient.village, opens=today, by=by, reason=reason)


async def open_asked(patient: Patient, team_id: UUID, code: str, *, by: date, reason: str) -> None:
    """What a doctor asks of the team until `by`. Within a transaction."""
    await _create(
        TaskKind.ASKED,
        Due(code, clock.today(), by),
        patient_id=patient.id,
        team_id=team_id,
        village=patient.village,
        reason=reason,
    )


async def _open(
    due: Due,
    kind: TaskKind,
    plan: CarePlan,
    village: str,
    *,
    shared: bool = False,
    reason: str = "",
) -> None:
    there = await open_one(plan.patient_id, due.code)
    if there is not None:
        if due.by < there.due or reason:
            nearer = {"due": min(due.by, there.due), "opens": min(due.opens, there.opens)}
            rows = Task.filter(id=there.id, open=there.open)
            await rows.update(**nearer, not_before=None, reason=reason or there.reason)
            moved = TaskMoved(
                task_id=str(there.id),
                patient_id=str(there.patient_id),
                team_id=str(there.team_id),
            )
            await record(moved, subject=f"Patient/{there.patient_id}")
        return
    await _create(
        kind,
        due,
        patient_id=plan.patient_id,
        plan_id=None if shared else plan.id,
        team_id=plan.team_id,
        village=village,
        reason=reason,
    )


async def open_one(patient_id: UUID, code: str) -> Task | None:
    """What is to be done of this kind, on whichever of the person's records it lies."""
    names = [f"{one}:{code}" for one in await same_person(patient_id)]
    return await Task.filter(open__in=names).order_by("due", "id").first()


async def _create(kind: TaskKind, due: Due, *, patient_id: UUID, **what: Any) -> None:
    task = await Task.create(
        kind=kind,
        code=due.code,
        open=f"{patient_id}:{due.code}",
        patient_id=patient_id,
        opens=due.opens,
        due=due.by,
        with_it=sorted(due.with_it),
        made_at=clock.now(),
        **what,
    )
    opened = TaskOpened(
        task_id=str(task.id),
        patient_id=str(task.patient_id),
        team_id=str(task.team_id),
        kind=kind,
        due=due.by.isoformat(),
    )
    await record(opened, subject=f"Patient/{task.patient_id}")


async def _done(plan: CarePlan) -> frozenset[str]:
    refused = Q(status=TaskStatus.CANCELLED, end_reason=ANSWERS[Answer.REFUSED])
    rows = Task.filter(Q(status=TaskStatus.COMPLETED) | refused, plan_id=plan.id)
    return frozenset(stamp(Due(row.code, row.opens, row.due)) for row in await rows)


async def complete_check(actor: Actor, task_id: UUID, entry: CheckIn) -> Task:
    """A check of the calendar, or what a doctor asked for, was done; the plan's next one opens.
    Repeating it changes nothing."""
    task = await open_task(actor, task_id, purpose="check")
    if task.status is TaskStatus.COMPLETED:
        return task
    if task.kind is TaskKind.FOLLOW_UP:
        raise Invalid("not_a_check", "这件事要填随访表,不能直接打勾。")
    today = clock.today()
    if not task.opens <= entry.done_on <= today:
        sentence = "日期要在可以做的时间之内,也不能在今天以后。"
        raise Invalid("done_on", sentence, errors=[FieldError("done_on", sentence)])
    async with db.atomic():
        await end(actor, task, "complete", entry.note)
        if task.plan is not None:
            await _go_on(task.plan, entry, task.patient.village)
    return task


async def _go_on(plan: CarePlan, entry: CheckIn, village: str) -> None:
    facts = {"seen_on": entry.done_on.isoformat()}
    if entry.stability is not None:
        facts["stability"] = entry.stability.value
    await _after(plan, facts, village)


async def skip(actor: Actor, task: Task) -> None:
    """Refused this time: the plan's next date comes all the same. Within a transaction."""
    await end(actor, task, "cancel", ANSWERS[Answer.REFUSED])
    if task.kind is TaskKind.CHECK and task.plan is not None:
        await _after(task.plan, {"refused_on": clock.today().isoformat()}, task.village)


async def _after(plan: CarePlan, said: dict[str, str], village: str) -> None:
    facts = {**plan.facts, **said}
    await CarePlan.filter(id=plan.id).update(facts=facts)
    plan.facts = facts
    if plan.status is PlanStatus.ACTIVE:
        await open_next(plan, village)


async def end(actor: Actor, task: Task, action: str, reason: str) -> None:
    """Complete or cancel. Within a transaction."""
    await _finish(task, action, reason, by=actor.practitioner_id)
    await audit(actor, f"task.{action}", f"Task/{task.id}", patient_id=task.patient_id)


async def end_by_itself(task: Task, action: str, reason: str) -> None:
    """Nobody of the team did it: the reason for it is gone. Within a transaction."""
    await _finish(task, action, reason, by=None)


async def _finish(task: Task, action: str, reason: str, *, by: UUID | None) -> None:
    await advance(
        task, TASK, action, open=None, ended_at=clock.now(), ended_by=by, end_reason=reason
    )
    ended = TaskEnded(
        task_id=str(task.id),
        patient_id=str(task.patient_id),
        team_id=str(task.team_id),
        status=task.status,
    )
    await record(ended, subject=f"Patient/{task.patient_id}")


async def cancel_of(plan: CarePlan, reason: str) -> None:
    """A plan rests or is over: its checks go, and the follow-up if no other plan needs it. Within
    a transaction."""
    gone: dict[str, Any] = {"plan_id": plan.id}
    if plan.programme in BY_TABLE:
        mine = await same_person(plan.patient_id)
        others = CarePlan.filter(patient_id__in=mine, status=PlanStatus.ACTIVE)
        if await others.filter(programme__in=list(BY_TABLE)).exclude(id=plan.id).exists():
            return
        gone = {"patient_id__in": mine, "code": FOLLOW_UP}
    for task in await Task.filter(status=TaskStatus.REQUESTED, **gone):
        await end_by_itself(task, "cancel", reason)


async def cancel_all(patient_ids: Sequence[UUID], reason: str) -> None:
    """Nothing is to be done for them any more. Within a transaction."""
    rows = Task.filter(patient_id__in=list(patient_ids), status=TaskStatus.REQUESTED)
    for task in await rows:
        await _finish(task, "cancel", reason, by=None)


async def hand_over(actor: Actor, task_id: UUID, owner_id: UUID | None) -> Task:
    """Give it to a member of the team, or back to the team's inbox (None)."""
    task = await open_task(actor, task_id, purpose="hand-over")
    view = await open_team(actor, task.team_id)
    if owner_id is not None and owner_id not in {one.practitioner_id for one in view.members}:
        raise Invalid("not_a_member", "这个人不在团队里,请换一位。")
    async with db.atomic():
        await Task.filter(id=task.id, status=TaskStatus.REQUESTED).update(owner_id=owner_id)
        await audit(actor, "task.hand_over", f"Task/{task.id}", patient_id=task.patient_id)
    return task
