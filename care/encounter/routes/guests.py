"""The doctor asks a third person in, sees who is there, and puts them out."""

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from care.encounter.access import DOCTORS, open_encounter
from care.encounter.guests import service, words
from care.encounter.guests.models import Part
from care.encounter.guests.schemas import GuestIn
from care.encounter.guests.service import Invitation
from care.encounter.guests.states import EXPECTED
from care.encounter.models import Encounter
from care.encounter.routes.visit import ONE
from care.encounter.states import TALKING
from core import pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import actor_of

routes = web.RouteTableDef()

ADDRESS: Final[web.AppKey[Callable[[], str]]] = web.AppKey("visit_house_address")
"""Where residents' phones find this house."""
REMOVED: Final = pages.notice("visit-guest-removed", "已请出,那边的页面会关上。")
PARTS: Final = [(part.value, word) for part, word in words.PARTS.items()]


@routes.get(f"{ONE}/guests", name="visit_guests")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """Who was asked to join, as a part of the visit's page."""
    row = (await open_encounter(actor_of(request), path_id(request))).encounter
    shown = await _context(row)
    return await pages.render(request, "care/encounter/_guests.html", **shown)


async def _context(row: Encounter) -> dict[str, Any]:
    found = await service.of(row.id)
    await row.fetch_related("practitioner")
    doctor = row.practitioner.name
    return {
        "id": row.id,
        "may_invite": row.status in TALKING,
        "guests": [
            {
                "row": one,
                "part": words.PARTS[one.part],
                "badge": words.status_of(one),
                "expected": one.status in EXPECTED,
                "by": words.inviter(one, doctor),
            }
            for one in found
        ],
    }


@routes.get(f"{ONE}/guests/new", name="new_visit_guest")
@allow(*DOCTORS)
async def new(request: web.Request) -> web.Response:
    """Who is to join."""
    return await _form(request, blank(part=Part.INTERPRETER.value))


async def _form(
    request: web.Request, form: Form[Any], *, made: Invitation | None = None
) -> web.Response:
    row = (await open_encounter(actor_of(request), path_id(request))).encounter
    address = f"{request.app[ADDRESS]()}/h5/guest#{made.link}" if made else ""
    return await pages.render(
        request,
        "care/encounter/guest.html",
        status=201 if made else form.status,
        title="请人一起看",
        id=row.id,
        form=form,
        parts=PARTS,
        made=made,
        address=address,
        qr=qr_svg(address) if made else "",
    )


@routes.post(f"{ONE}/guests", name="invite_visit_guest")
@allow(*DOCTORS)
@filled(GuestIn, again=_form)
async def invite(request: web.Request, entry: GuestIn) -> web.Response:
    """Make the link and show it, once. A repeat makes another one, of which few are possible."""
    row = (await open_encounter(actor_of(request), path_id(request))).encounter
    made = await service.invite(actor_of(request), row, entry)
    return await _form(request, blank(), made=made)


@routes.post(f"{ONE}/guests/{{guest:[0-9a-fA-F-]{{36}}}}/removal", name="remove_visit_guest")
@allow(*DOCTORS)
@once
async def remove(request: web.Request) -> web.Response:
    """Put somebody out, or take a link back."""
    row = (await open_encounter(actor_of(request), path_id(request))).encounter
    await service.remove(actor_of(request), row, path_id(request, "guest"))
    raise pages.see_other(f"/visits/{row.id}", say=REMOVED)
