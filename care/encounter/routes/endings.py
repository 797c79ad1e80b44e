"""How a visit ends: finished, stopped as unfit, or it did not happen."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from care.encounter import visiting
from care.encounter.access import DOCTORS, open_encounter
from care.encounter.reasons import Offer, Termination
from care.encounter.routes.note import FINISHED
from care.encounter.routes.visit import ONE, page
from care.encounter.schemas import NotHappenedIn, TerminationIn
from core import pages
from core.doors import allow
from core.forms import Form, filled
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of

routes = web.RouteTableDef()

TO_REFER: Final = pages.notice("visit-to-refer", "已终止。请选转到哪里,居民同意后就发过去。")
TERMINATED: Final = pages.notice("visit-terminated", "已终止,居民能看到该去哪里看。")
CLOSED: Final = pages.notice("visit-closed", "已记为没有看成,居民已收到通知。")


@routes.post(f"{ONE}/closure", name="finish_visit")
@allow(*DOCTORS)
@once
async def finish(request: web.Request) -> web.Response:
    """The visit is over, with the note that is signed."""
    await visiting.finish(actor_of(request), path_id(request))
    raise pages.see_other(f"/visits/{path_id(request)}", say=FINISHED)


async def _again(request: web.Request, form: Form[Any], *, opened: str) -> web.Response:
    view = await open_encounter(actor_of(request), path_id(request))
    return await page(request, view, end_form=form, opened=opened, status=form.status)


@routes.post(f"{ONE}/termination", name="terminate_visit")
@allow(*DOCTORS)
@once
@filled(TerminationIn, again=partial(_again, opened="terminate"))
async def terminate(request: web.Request, entry: TerminationIn) -> web.Response:
    """Unfit for the internet; a referral goes on where to is chosen."""
    actor, id = actor_of(request), path_id(request)
    await visiting.terminate(actor, id, entry)
    row = (await open_encounter(actor, id)).encounter
    if row.offer == Offer.REFERRAL and row.reason != Termination.EMERGENCY_SIGNS:
        raise pages.see_other(f"/visits/{id}/referral", say=TO_REFER)
    raise pages.see_other(f"/visits/{id}", say=TERMINATED)


@routes.post(f"{ONE}/non-occurrence", name="visit_did_not_happen")
@allow(*DOCTORS)
@once
@filled(NotHappenedIn, again=partial(_again, opened="close"))
async def did_not_happen(request: web.Request, entry: NotHappenedIn) -> web.Response:
    """One of six reasons."""
    await visiting.did_not_happen(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/visits/{path_id(request)}", say=CLOSED)
