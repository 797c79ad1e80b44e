"""Where work begins: the homes of the doctors, lists of consultations, the bureau's view."""

from typing import Final

from aiohttp import web

from care.teleconsultation import queries
from core import pages
from core.doors import allow
from people.actor import CLINICIANS, Role, actor_of

routes = web.RouteTableDef()

SHOWN: Final = {"live": "进行中", "past": "已结束"}


def _shown(request: web.Request) -> str:
    wanted = request.query.get("shown", "live")
    return wanted if wanted in SHOWN else "live"


@routes.get("/clinic", name="clinic_home")
@allow(Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR)
async def clinic(request: web.Request) -> web.Response:
    """What a village or township doctor does now."""
    return await _clinic(request, "care/teleconsultation/clinic.html")


@routes.get("/clinic/work", name="clinic_work")
@allow(Role.VILLAGE_DOCTOR, Role.TOWNSHIP_DOCTOR)
async def clinic_work(request: web.Request) -> web.Response:
    """The changing part of the home."""
    return await _clinic(request, "care/teleconsultation/_clinic_work.html")


async def _clinic(request: web.Request, template: str) -> web.Response:
    actor = actor_of(request)
    asked = await queries.asked_by(actor)
    return await pages.render(
        request,
        template,
        title="工作台",
        todo=[row for row in asked if row.mine_to_do],
        others=[row for row in asked if not row.mine_to_do],
        invited=await queries.invited_to(actor),
        given=await queries.given_by(actor),
        owed=await queries.owed(actor),
        booked=await queries.booked_for(actor),
    )


@routes.get("/consultations", name="consultations")
@allow(*CLINICIANS)
async def consultations(request: web.Request) -> web.Response:
    """Consultations I asked for or answer, live or finished."""
    return await _list(request, "care/teleconsultation/consultations.html")


@routes.get("/consultations/rows", name="consultation_rows")
@allow(*CLINICIANS)
async def rows(request: web.Request) -> web.Response:
    """The changing part of the list."""
    return await _list(request, "care/teleconsultation/_rows.html")


async def _list(request: web.Request, template: str) -> web.Response:
    actor, shown = actor_of(request), _shown(request)
    asked = await queries.asked_by(actor, shown=shown)
    seen = {row.id for row in asked}
    given = [row for row in await queries.given_by(actor, shown=shown) if row.id not in seen]
    return await pages.render(
        request,
        template,
        title="会诊",
        shown=shown,
        tabs=SHOWN,
        asked=asked,
        given=given,
        invited=await queries.invited_to(actor) if shown == "live" else [],
    )


@routes.get("/oversight/consultations", name="overseen_consultations")
@allow(Role.SUPERVISOR)
async def oversight(request: web.Request) -> web.Response:
    """How consultations go in the county: states, waits and overdue opinions, no names."""
    return await _oversight(request, "care/teleconsultation/oversight.html")


@routes.get("/oversight/consultations/rows", name="overseen_rows")
@allow(Role.SUPERVISOR)
async def oversight_rows(request: web.Request) -> web.Response:
    """The changing part of the bureau's list."""
    return await _oversight(request, "care/teleconsultation/_oversight_rows.html")


async def _oversight(request: web.Request, template: str) -> web.Response:
    shown = _shown(request)
    return await pages.render(
        request,
        template,
        title="远程会诊督导",
        shown=shown,
        tabs=SHOWN,
        rows=await queries.overseen(shown=shown),
        owed=[item for item in await queries.owed(None) if item.late],
    )
