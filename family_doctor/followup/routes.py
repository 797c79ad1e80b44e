"""The follow-up form: asked once for both diseases, judged at once; and what was found."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from care.record import queries as records
from core import clock, pages
from core.doors import allow
from core.errors import NotFound
from core.forms import ABOVE, Form, blank, filled
from core.http import path_id
from core.idempotency import once
from family_doctor.access import MEMBERS, open_resident, open_team
from family_doctor.care_plan.schemas import ReasonIn
from family_doctor.followup import mending, queries, service, words
from family_doctor.followup.devices import kept_for
from family_doctor.followup.form import FollowUpIn
from family_doctor.followup.judging import PROGRAMME
from family_doctor.followup.models import FollowUp
from people.actor import actor_of

routes = web.RouteTableDef()

WRONG: Final = pages.notice("follow-up-wrong", "已标为记错,两周内重新随访。")
PATIENT: Final = "/follow-ups/patients/{id:[0-9a-fA-F-]{36}}/records"
CHOICES: Final[dict[str, Mapping[Any, str]]] = {
    "modes": words.MODES,
    "hypertension_symptoms": words.HYPERTENSION_SYMPTOMS,
    "diabetes_symptoms": words.DIABETES_SYMPTOMS,
    "hypertension_dangers": words.HYPERTENSION_DANGERS,
    "diabetes_dangers": words.DIABETES_DANGERS,
    "salt": words.SALT,
    "grades": words.GRADES,
    "adherence": words.ADHERENCE,
    "hypoglycaemia": words.HYPOGLYCAEMIA,
    "pulse": words.PULSE,
}


@routes.get(f"{PATIENT}/new", name="new_follow_up")
@allow(*MEMBERS)
async def new(request: web.Request) -> web.Response:
    """The empty form, with what the last one found beside it."""
    view = await open_resident(actor_of(request), path_id(request), purpose="follow-up-form")
    plans = await queries.plans_by_table(view.patient.id)
    diseases = [one.value for one, programme in PROGRAMME.items() if programme in plans]
    if not diseases:
        raise NotFound("not_enrolled", "居民没有纳入高血压或糖尿病管理,请先纳入。")
    mode = request.query.get("mode", "")
    values = {"id": uuid4(), "met_on": clock.today(), "mode": mode, "diseases": diseases}
    return await _form(request, blank(**values))


async def _form(request: web.Request, form: Form[Any]) -> web.Response:
    view = await open_resident(actor_of(request), path_id(request), purpose="follow-up-form")
    before = await queries.latest(view.patient.id, 1)
    return await pages.render(
        request,
        "family_doctor/followup/form.html",
        status=form.status,
        title="随访",
        form=form,
        patient=view.patient,
        banner=(await records.summary(view.patient.id)).banner(href=""),
        diseases=form.values.get("diseases") or [],
        choices={name: list(found.items()) for name, found in CHOICES.items()},
        before=before[0] if before else None,
        kept=kept_for(view.actor),
        before_class=words.class_of(before[0].classification) if before else None,
    )


async def _again(request: web.Request, form: Form[Any]) -> web.Response:
    """A person sees the form once more; a script that sends a kept one hears why it cannot be."""
    if isinstance(form.refusal, service.PlanOver) and not pages.wants_html(request):
        raise form.refusal
    return await _form(request, form)


@routes.post(PATIENT, name="record_follow_up")
@allow(*MEMBERS)
@once
@filled(FollowUpIn, again=_again, refusals={service.PlanOver: ABOVE})
async def record(request: web.Request, entry: FollowUpIn) -> web.Response:
    """Write it down; the answer says what the rules ask for."""
    row = await service.record_follow_up(actor_of(request), path_id(request), entry)
    raise web.HTTPSeeOther(f"/follow-ups/records/{row.id}")


@routes.get("/follow-ups/records/{id:[0-9a-fA-F-]{36}}", name="follow_up")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """One follow-up: the class, what to do, until when."""
    return await _found(request, blank())


async def _found(request: web.Request, form: Form[Any]) -> web.Response:
    row = await FollowUp.get_or_none(id=path_id(request))
    if row is None:
        raise NotFound("follow_up_not_found", "没有找到这次随访。")
    actor = actor_of(request)
    view = await open_resident(actor, row.patient_id, purpose="follow-up")
    mine = row.by_id == actor.practitioner_id
    return await pages.render(
        request,
        "family_doctor/followup/found.html",
        status=form.status,
        form=form,
        may_mend=mine or (await open_team(actor, view.contract.team_id)).leads,
        title=f"{row.met_on.year} 年 {row.met_on.month} 月 {row.met_on.day} 日的随访",
        row=row,
        patient=view.patient,
        banner=(await records.summary(view.patient.id)).banner(href=""),
        judged=words.class_of(row.classification),
        action=words.ACTIONS[row.action],
        urgent=row.classification is None,
        lines=words.lines_of(row),
    )


@routes.post("/follow-ups/records/{id:[0-9a-fA-F-]{36}}/error", name="mark_follow_up_wrong")
@allow(*MEMBERS)
@once
@filled(ReasonIn, again=_found)
async def mark_wrong(request: web.Request, entry: ReasonIn) -> web.Response:
    """It was entered in error."""
    row = await mending.find_wrong(actor_of(request), path_id(request), entry.reason)
    raise pages.see_other(f"/follow-ups/patients/{row.patient_id}", say=WRONG)
