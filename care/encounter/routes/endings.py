"""How a visit ends: finished, stopped as unfit, or it did not happen."""

from collections.abc import Awaitable, Callable
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
from core.forms import read_form
from core.http import Schema, path_id
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


@routes.post(f"{ONE}/termination", name="terminate_visit")
@allow(*DOCTORS)
@once
async def terminate(request: web.Request) -> web.Response:
    """Unfit for the internet; a referral goes on where to is chosen."""
    try:
        return await _end(request, TerminationIn, visiting.terminate, TERMINATED, "terminate")
    except web.HTTPSeeOther:
        row = (await open_encounter(actor_of(request), path_id(request))).encounter
        if row.offer == Offer.REFERRAL and row.reason != Termination.EMERGENCY_SIGNS:
            raise pages.see_other(f"/visits/{row.id}/referral", say=TO_REFER) from None
        raise


@routes.post(f"{ONE}/non-occurrence", name="visit_did_not_happen")
@allow(*DOCTORS)
@once
async def did_not_happen(request: web.Request) -> web.Response:
    """One of six reasons."""
    return await _end(request, NotHappenedIn, visiting.did_not_happen, CLOSED, "close")


async def _end(
    request: web.Request,
    model: type[Schema],
    verb: Callable[..., Awaitable[Any]],
    said: str,
    name: str,
) -> web.Response:
    form = await read_form(request, model)
    if form.entry is None:
        view = await open_encounter(actor_of(request), path_id(request))
        return await page(request, view, end_form=form, opened=name, status=422)
    await verb(actor_of(request), path_id(request), form.entry)
    raise pages.see_other(f"/visits/{path_id(request)}", say=said)
