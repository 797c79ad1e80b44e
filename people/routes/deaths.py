"""Recording that a resident has died, mending it, and taking it back."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled
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
    return await _page(request, None)


async def _page(
    request: web.Request, form: Form[Any] | None, *, undoing: bool = False
) -> web.StreamResponse:
    patient = await access.open_patient(actor_of(request), path_id(request), purpose="death-form")
    found = await queries.standing(patient.id)
    empty = blank(**_values(found))
    return await pages.render(
        request,
        "people/death.html",
        status=form.status if form else 200,
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


def _done(request: web.Request, say: str) -> web.HTTPException:
    return pages.see_other(f"/patients/{path_id(request)}", say=say)


@routes.post(ONE, name="record_death")
@allow(*CLINICAL)
@once
@filled(DeathIn, again=_page)
async def record(request: web.Request, entry: DeathIn) -> web.StreamResponse:
    """It is proven."""
    await service.record(actor_of(request), path_id(request), entry)
    raise _done(request, RECORDED)


@routes.post(ONE + "/correction", name="correct_death")
@allow(*CLINICAL)
@once
@filled(CorrectionIn, again=_page)
async def correct(request: web.Request, entry: CorrectionIn) -> web.StreamResponse:
    """Another day or another proof."""
    await service.correct(actor_of(request), path_id(request), entry)
    raise _done(request, CORRECTED)


@routes.post(ONE + "/{action:undoing|dismissal}", name="undo_death")
@allow(*CLINICAL)
@once
@filled(ReasonIn, again=partial(_page, undoing=True))
async def undo(request: web.Request, entry: ReasonIn) -> web.StreamResponse:
    """The resident lives."""
    undoing = request.match_info["action"] == "undoing"
    verb = service.undo if undoing else service.dismiss
    await verb(actor_of(request), path_id(request), entry.reason)
    raise _done(request, UNDONE if undoing else DISMISSED)
