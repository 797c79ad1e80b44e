"""Forms that add to the record, and those that take an entry back. Each works without script.

With htmx from the panel in the consult room (`panel=1`) a form comes as a fragment, and a saved
one answers with the panel.
"""

from functools import partial
from typing import Any, Final

from aiohttp import web

from care.record import queries, service
from care.record.models import Entry, Meal
from care.record.routes import ID, WRITERS, render_panel
from care.record.rules import MEALS
from care.record.schemas import (
    AllergyIn,
    ConditionIn,
    MedicationIn,
    ReasonIn,
    VitalsIn,
)
from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.access import open_patient
from people.actor import actor_of

routes = web.RouteTableDef()

SENTENCES: Final = {
    "vitals": "测量结果已经记下。",
    "allergy": "过敏史已经记下。",
    "condition": "病史已经记下。",
    "medication": "在用药已经记下。",
    "corrected": "这一条已标为记错,原样保留。",
    "ended": "已标为结束。",
    "resumed": "已恢复。",
}
for _name, _sentence in SENTENCES.items():
    pages.notice(f"record.{_name}", _sentence)

CHOICES: Final = {
    "meals": [(meal.value, MEALS[meal]) for meal in Meal],
    "categories": [(c.value, words) for c, words in queries.CATEGORIES.items()],
    "severities": [(s.value, words) for s, words in queries.SEVERITIES.items()],
}


def _in_panel(request: web.Request) -> bool:
    return "HX-Request" in request.headers and "panel" in request.query


async def _show(request: web.Request, form: Form[Any], *, template: str) -> web.Response:
    patient_id, in_panel = path_id(request), _in_panel(request)
    await open_patient(actor_of(request), patient_id, purpose=f"{template}-form")
    found = await queries.summary(patient_id)
    return await pages.render(
        request,
        f"care/record/{template}.html",
        status=form.status,
        form=form,
        record=found,
        banner=found.banner(href=f"/patients/{patient_id}"),
        frame="care/record/fragment.html" if in_panel else "core/page.html",
        in_panel=in_panel,
        choices=CHOICES,
    )


async def _done(request: web.Request, said: str) -> web.Response:
    patient_id = path_id(request)
    if _in_panel(request):
        return await render_panel(request, actor_of(request), patient_id, said=SENTENCES[said])
    raise pages.see_other(f"/patients/{patient_id}", say=f"record.{said}")


@routes.get(f"/patients/{ID}/observations/new", name="new_vitals")
@allow(*WRITERS)
async def new_vitals(request: web.Request) -> web.Response:
    """The form for measurements."""
    local = clock.now().astimezone(clock.SHANGHAI)
    now = f"{local:%Y-%m-%dT%H:%M}"
    return await _show(request, blank(measured_at=now, method="manual"), template="vitals")


@routes.post(f"/patients/{ID}/observations", name="add_vitals")
@allow(*WRITERS)
@once
@filled(VitalsIn, again=partial(_show, template="vitals"))
async def add_vitals(request: web.Request, entry: VitalsIn) -> web.Response:
    """Write down one round of measurements."""
    await service.record_vitals(actor_of(request), path_id(request), entry)
    return await _done(request, "vitals")


@routes.get(f"/patients/{ID}/allergies/new", name="new_allergy")
@allow(*WRITERS)
async def new_allergy(request: web.Request) -> web.Response:
    """The form for an allergy."""
    return await _show(request, blank(), template="allergy")


@routes.post(f"/patients/{ID}/allergies", name="add_allergy")
@allow(*WRITERS)
@once
@filled(AllergyIn, again=partial(_show, template="allergy"))
async def add_allergy(request: web.Request, entry: AllergyIn) -> web.Response:
    """Write down an allergy, or that there is none."""
    await service.add_allergy(actor_of(request), path_id(request), entry)
    return await _done(request, "allergy")


@routes.get(f"/patients/{ID}/conditions/new", name="new_condition")
@allow(*WRITERS)
async def new_condition(request: web.Request) -> web.Response:
    """The form for a problem."""
    return await _show(request, blank(), template="condition")


@routes.post(f"/patients/{ID}/conditions", name="add_condition")
@allow(*WRITERS)
@once
@filled(ConditionIn, again=partial(_show, template="condition"))
async def add_condition(request: web.Request, entry: ConditionIn) -> web.Response:
    """Write down a problem."""
    await service.add_condition(actor_of(request), path_id(request), entry)
    return await _done(request, "condition")


@routes.get(f"/patients/{ID}/medications/new", name="new_medication")
@allow(*WRITERS)
async def new_medication(request: web.Request) -> web.Response:
    """The form for a medicine."""
    return await _show(request, blank(), template="medication")


@routes.post(f"/patients/{ID}/medications", name="add_medication")
@allow(*WRITERS)
@once
@filled(MedicationIn, again=partial(_show, template="medication"))
async def add_medication(request: web.Request, entry: MedicationIn) -> web.Response:
    """Write down a medicine."""
    await service.add_medication(actor_of(request), path_id(request), entry)
    return await _done(request, "medication")


ENTRY: Final = "/record-entries/{resource:[A-Za-z]+}/{id:[0-9a-fA-F-]{36}}"


@routes.get(f"{ENTRY}/error", name="correct_entry")
@allow(*WRITERS)
async def correct_entry(request: web.Request) -> web.Response:
    """Ask why an entry is wrong."""
    return await _show_correction(request, blank())


async def _entry(request: web.Request) -> Entry:
    return await service.find_entry(
        actor_of(request), request.match_info["resource"], path_id(request), purpose="correction"
    )


async def _show_correction(request: web.Request, form: Form[Any]) -> web.Response:
    row = await _entry(request)
    found = await queries.summary(row.patient_id)
    return await pages.render(
        request,
        "care/record/correction.html",
        status=form.status,
        form=form,
        banner=found.banner(href=f"/patients/{row.patient_id}"),
        entry=queries.in_words(row),
        entry_by=f"{row.recorder_name}({row.organization_name})",
        entry_at=row.recorded_at,
        back=f"/patients/{row.patient_id}",
        action=request.path,
    )


@routes.post(f"{ENTRY}/error", name="mark_in_error")
@allow(*WRITERS)
@once
@filled(ReasonIn, again=_show_correction)
async def mark_in_error(request: web.Request, entry: ReasonIn) -> web.Response:
    """Mark an entry as never true."""
    row = await service.mark_in_error(
        actor_of(request), request.match_info["resource"], path_id(request), reason=entry.reason
    )
    raise pages.see_other(f"/patients/{row.patient_id}", say="record.corrected")


@routes.post(f"{ENTRY}/end", name="end_entry")
@allow(*WRITERS)
@once
async def end_entry(request: web.Request) -> web.Response:
    """A problem, allergy or medicine is over."""
    row = await service.end(actor_of(request), request.match_info["resource"], path_id(request))
    raise pages.see_other(f"/patients/{row.patient_id}", say="record.ended")


@routes.post(f"{ENTRY}/resumption", name="resume_entry")
@allow(*WRITERS)
@once
async def resume_entry(request: web.Request) -> web.Response:
    """It is not over after all."""
    row = await service.resume(actor_of(request), request.match_info["resource"], path_id(request))
    raise pages.see_other(f"/patients/{row.patient_id}", say="record.resumed")
