"""One resident: programmes, what is to be done, what was found, calls; and coming into one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled, read_form
from core.http import path_id
from core.idempotency import once
from family_doctor.access import MEMBERS, ResidentView, open_resident
from family_doctor.care_plan import queries, service, words
from family_doctor.care_plan.models import CarePlan, Task, TaskKind
from family_doctor.care_plan.schemas import EnrolIn, ReasonIn
from family_doctor.care_plan.states import CARE_PLAN, PlanStatus
from family_doctor.followup import queries as follow_ups
from family_doctor.followup import words as found
from family_doctor.followup.devices import kept_for
from family_doctor.followup.models import FollowUp
from family_doctor.followup.rules.dates import Stability
from family_doctor.immunization import words as immunization_words
from family_doctor.leads import queries as leads
from people.actor import actor_of

routes = web.RouteTableDef()

ONE: Final = "/follow-ups/patients/{id:[0-9a-fA-F-]{36}}"
PLAN: Final = "/follow-ups/plans/{id:[0-9a-fA-F-]{36}}"
ENROLLED: Final = pages.notice("family-enrolled", "已纳入管理,下一步要做的已排好。")
MOVED: Final = pages.notice("family-plan-moved", "已改好。")
STABILITY: Final = {
    Stability.STABLE: "稳定",
    Stability.BASICALLY_STABLE: "基本稳定",
    Stability.UNSTABLE: "不稳定",
}
MOST: Final = 12


@routes.get(ONE, name="follow_up_patient")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """Everything about one resident's follow-ups."""
    view = await open_resident(actor_of(request), path_id(request), purpose="follow-ups")
    return await show_resident(request, view, blank())


async def show_resident(
    request: web.Request, view: ResidentView, form: Form[Any], *, status: int = 200, at: str = ""
) -> web.Response:
    """The page; `form` is the one that was refused, of the task `at`."""
    patient = view.patient
    plans = await queries.plans_of(patient.id)
    rows = await follow_ups.latest(patient.id, MOST)
    tasks = await queries.open_tasks_of(patient.id)
    owners = await queries.owners(tasks)
    return await pages.render(
        request,
        "family_doctor/care_plan/resident.html",
        status=status,
        title=f"{patient.name}的随访",
        form=form,
        at=at,
        patient=patient,
        banner=(await records.summary(patient.id)).banner(href=f"/patients/{patient.id}"),
        plans=[_plan(plan) for plan in plans],
        by_table=bool(await follow_ups.plans_by_table(patient.id)),
        tasks=[_task(task, owners) for task in tasks],
        me=view.actor.practitioner_id,
        leads=await leads.of(request, [f"Task/{task.id}" for task in tasks]),
        follow_ups=[_follow_up(row) for row in rows],
        year=await follow_ups.in_year(patient.id, clock.today().year),
        calls=[(words.ANSWERS[call.answer], call) for call in await queries.calls_of(patient.id)],
        stability=list(STABILITY.items()),
        members=await queries.colleagues(view.contract.team_id),
        vaccination=await immunization_words.in_short(patient),
        today=clock.today(),
        kept=kept_for(view.actor),
    )


def _plan(plan: CarePlan) -> dict[str, Any]:
    kind, word = words.PLAN[plan.status]
    can = {action for (state, action) in CARE_PLAN if state is plan.status}
    target = f"{plan.target_systolic}/{plan.target_diastolic}" if plan.target_systolic else ""
    return {
        "row": plan,
        "name": words.PROGRAMMES[plan.programme],
        "began": words.BEGAN_FROM[plan.programme],
        "kind": kind,
        "word": word,
        "can": can,
        "target": target,
        "over": plan.status is PlanStatus.ENDED,
    }


def _task(task: Task, owners: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "row": task,
        "what": words.task_words(task.kind, task.code),
        "with_it": words.with_it_words(task.with_it),
        "is_check": task.kind is not TaskKind.FOLLOW_UP,
        "owner": owners.get(task.owner_id, "") if task.owner_id else "",
        "mental": task.code == "mental",
        "late": max((clock.today() - task.due).days, 0),
    }


def _follow_up(row: FollowUp) -> dict[str, Any]:
    kind, word = found.class_of(row.classification)
    return {
        "row": row,
        "kind": kind,
        "word": word,
        "mode": found.MODES[row.mode],
        "action": found.ACTIONS[row.action],
        "pressure": _pressure(row.form),
        "fasting": row.form.get("fasting", ""),
    }


def _pressure(form: dict[str, Any]) -> str:
    if not form.get("systolic"):
        return ""
    return f"{form['systolic'].split('.')[0]}/{form['diastolic'].split('.')[0]}"


@routes.get(f"{ONE}/plans/new", name="new_care_plan")
@allow(*MEMBERS)
async def new(request: web.Request) -> web.Response:
    """The form that takes somebody into a programme."""
    return await _enrol_form(request, blank(supervised_by_staff="1"))


async def _enrol_form(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_resident(actor_of(request), path_id(request), purpose="enrol-form")
    return await pages.render(
        request,
        "family_doctor/care_plan/enrol.html",
        status=form.status,
        title="纳入管理",
        form=form,
        patient=view.patient,
        banner=(await records.summary(view.patient.id)).banner(href=""),
        programmes=list(words.PROGRAMMES.items()),
        stability=list(STABILITY.items()),
    )


@routes.post(f"{ONE}/plans", name="enrol")
@allow(*MEMBERS)
@once
@filled(EnrolIn, again=_enrol_form)
async def enrol(request: web.Request, entry: EnrolIn) -> web.Response:
    """Take a resident into a programme."""
    plan = await service.enrol(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/follow-ups/patients/{plan.patient_id}", say=ENROLLED)


@routes.post(f"{PLAN}/{{action:hold|resume|end}}", name="move_care_plan")
@allow(*MEMBERS)
@once
async def move(request: web.Request) -> web.Response:
    """Hold, resume or end."""
    actor, plan_id, action = actor_of(request), path_id(request), request.match_info["action"]
    if action == "resume":
        plan = await service.resume(actor, plan_id)
        raise pages.see_other(f"/follow-ups/patients/{plan.patient_id}", say=MOVED)
    form = await read_form(request, ReasonIn)
    if form.entry is None:
        return await _refused(request, plan_id, form)
    verb = service.hold if action == "hold" else service.end
    plan = await verb(actor, plan_id, form.entry.reason)
    raise pages.see_other(f"/follow-ups/patients/{plan.patient_id}", say=MOVED)


async def _refused(request: web.Request, plan_id: UUID, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    plan = await service.open_plan(actor, plan_id, purpose="plan-form")
    view = await open_resident(actor, plan.patient_id, purpose="plan-form")
    return await show_resident(request, view, form, status=422, at=str(plan_id))
