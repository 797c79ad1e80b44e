"""The on-call roster."""

from typing import Any, Final

from aiohttp import web

from care.teleconsultation import roster
from care.teleconsultation.schemas import ShiftIn
from core import pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import CLINICIANS, Role, actor_of
from people.queries import practitioners

routes = web.RouteTableDef()

ADDED: Final = pages.notice("shift-added", "班次已排上。")
REMOVED: Final = pages.notice("shift-removed", "班次已去掉。")
READERS: Final = (*CLINICIANS, Role.SCHEDULER, Role.ADMIN, Role.SUPERVISOR)


@routes.get("/roster", name="roster")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """Who is on call now and in the coming week."""
    return await _page(request, blank(position="1"))


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    keeps = actor.has(*roster.KEEPERS)
    doctors = (
        await practitioners(role=Role.SPECIALIST, organization_id=actor.organization_id)
        if keeps
        else []
    )
    found = await roster.duties()
    return await pages.render(
        request,
        "care/teleconsultation/roster.html",
        status=form.status,
        title="值班表",
        form=form,
        keeps=keeps,
        now_on_call=[duty for duty in found if duty.now],
        coming=[duty for duty in found if not duty.now],
        doctors=[(d.id, f"{d.name} {d.title} · {d.specialty_name}") for d in doctors],
        specialties=list(roster.ROSTER_SPECIALTIES.items()),
    )


@routes.post("/roster/shifts", name="add_shift")
@allow(*roster.KEEPERS)
@once
@filled(ShiftIn, again=_page)
async def add(request: web.Request, entry: ShiftIn) -> web.Response:
    """Put somebody on the roster."""
    await roster.add_shift(actor_of(request), entry)
    raise pages.see_other("/roster", say=ADDED)


@routes.post("/roster/shifts/{id}/removal", name="remove_shift")
@allow(*roster.KEEPERS)
@once
async def remove(request: web.Request) -> web.Response:
    """Take a shift off."""
    await roster.remove_shift(actor_of(request), path_id(request))
    raise pages.see_other("/roster", say=REMOVED)
