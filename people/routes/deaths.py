"""Recording that a resident has died, mending it, and taking it back."""

from typing import Any, Final

from aiohttp import web

from core import clock, pages
from core.doors import allow
from core.errors import Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import path_id
from core.idempotency import once
from people import access
from people.access import CLINICAL
from people.actor import actor_of
from people.deaths import queries, service, words
from people.deaths.models import Death
from people.deaths.schemas import CorrectionIn, DeathIn, ReasonIn
from people.deaths.states import Status
from people.queries import patient_header

routes = web.RouteTableDef()

ONE: Final = "/patients/{id:[0-9a-fA-F-]{36}}/death"
RECORDED: Final = pages.notice("death-recorded", "已登记去世,随访、签约和预约正在结束。")
CORRECTED: Final = pages.notice("death-corrected", "已更正。")
UNDONE: Final = pages.notice("death-undone", f"已撤销,这位居民在世。{words.STAYS_ENDED}")
DISMISSED: Final = pages.notice("death-dismissed", "已记下没有去世,暂停的管理正在恢复。")


@routes.get(ONE, name="patient_death")
@allow(*CLINICAL)
async def show(request: web.Request) -> web.StreamResponse:
    """What is on record, and the form that fits it."""
    return await _page(request, None, 200)


@routes.post(ONE, name="record_death")
@allow(*CLINICAL)
@once
async def record(request: web.Request) -> web.StreamResponse:
    """It is proven."""
    actor, patient_id = actor_of(request), path_id(request)
    form = await read_form(request, DeathIn)
    try:
        await service.record(actor, patient_id, form.require())
    except Invalid as problem:
        return await _page(request, with_problem(form, problem) if form.entry else form, 422)
    raise _done(request, RECORDED)


@routes.post(ONE + "/correction", name="correct_death")
@allow(*CLINICAL)
@once
async def correct(request: web.Request) -> web.StreamResponse:
    """Another day or another proof."""
    actor, patient_id = actor_of(request), path_id(request)
    form = await read_form(request, CorrectionIn)
    try:
        await service.correct(actor, patient_id, form.require())
    except Invalid as problem:
        return await _page(request, with_problem(form, problem) if form.entry else form, 422)
    raise _done(request, CORRECTED)


@routes.post(ONE + "/{action:undoing|dismissal}", name="undo_death")
@allow(*CLINICAL)
@once
async def undo(request: web.Request) -> web.StreamResponse:
    """The resident lives."""
    actor, patient_id = actor_of(request), path_id(request)
    undoing = request.match_info["action"] == "undoing"
    form = await read_form(request, ReasonIn)
    if form.entry is None:
        return await _page(request, form, 422, undoing=True)
    verb = service.undo if undoing else service.dismiss
    await verb(actor, patient_id, form.entry.reason)
    raise _done(request, UNDONE if undoing else DISMISSED)


def _done(request: web.Request, say: str) -> web.HTTPException:
    return pages.see_other(f"/patients/{path_id(request)}", say=say)


async def _page(
    request: web.Request, form: Form[Any] | None, status: int, *, undoing: bool = False
) -> web.StreamResponse:
    patient = await access.open_patient(actor_of(request), path_id(request), purpose="death-form")
    found = await queries.standing(patient.id)
    empty = blank(**_values(found))
    return await pages.render(
        request,
        "people/death.html",
        status=status,
        patient=await patient_header(patient.id),
        standing=found,
        recorded=found is not None and found.status is Status.RECORDED,
        form=empty if form is None or undoing else form,
        undo_form=form if form and undoing else blank(),
        past=[one for one in await queries.reports(patient.id) if one != found],
        grounds=[(key.value, word) for key, word in words.GROUNDS.items()],
        words=words,
        today=clock.today(),
    )


def _values(found: Death | None) -> dict[str, Any]:
    if found is None or found.status is not Status.RECORDED:
        return {}
    ground = found.ground.value if found.ground else ""
    return {"died_on": found.died_on, "ground": ground, "evidence": found.evidence}
