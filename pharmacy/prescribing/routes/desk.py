"""A doctor's own prescriptions over all visits, the returned ones first, and their templates."""

from typing import Final

from aiohttp import web

from care.encounter.access import DOCTORS
from core import pages
from core.doors import allow
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of
from pharmacy.prescribing import queries, templates

routes = web.RouteTableDef()

REMOVED: Final = pages.notice("prescription-template-gone", "模板已删掉。")


@routes.get("/prescriptions", name="my_prescriptions")
@allow(*DOCTORS)
async def mine(request: web.Request) -> web.Response:
    """What I prescribed lately, and what waits for me."""
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/prescribing/mine.html",
        title="我的处方",
        rows=await queries.of_author(actor.practitioner_id),
    )


@routes.get("/prescription-templates", name="prescription_templates")
@allow(*DOCTORS)
async def listed(request: web.Request) -> web.Response:
    """One's own and the department's."""
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/prescribing/templates.html",
        title="处方模板",
        templates=await queries.templates_in_words(await templates.SHELF.of(actor)),
        me=actor.practitioner_id,
    )


@routes.post("/prescription-templates/{id}/removal", name="remove_prescription_template")
@allow(*DOCTORS)
@once
async def remove(request: web.Request) -> web.Response:
    """Take one away that one has made."""
    await templates.SHELF.remove(actor_of(request), path_id(request))
    raise pages.see_other("/prescription-templates", say=REMOVED)
