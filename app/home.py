"""`/` leads everybody to where their work begins."""

from typing import Final

from aiohttp import web

from core.doors import ANY_STAFF, allow
from people.actor import Role, actor_of

routes = web.RouteTableDef()

HOMES: Final = (
    (Role.SPECIALIST, "/desk"),
    (Role.VILLAGE_DOCTOR, "/clinic"),
    (Role.TOWNSHIP_DOCTOR, "/today"),
    (Role.SUPERVISOR, "/oversight/consultations"),
    (Role.TEAM_LEAD, "/patients"),
    (Role.NURSE, "/patients"),
    (Role.PHARMACIST, "/pharmacy/review"),
    (Role.STOCK_KEEPER, "/pharmacy/stock"),
    (Role.DRIVER, "/runs"),
    (Role.SCHEDULER, "/outpatient"),
    (Role.ADMIN, "/roster"),
)
"""The first that fits. A specialist's is the live desk: requests to the department wait there,
which are nobody's day yet; a village doctor's has the consultations asked for."""


@routes.get("/", name="home")
@allow(ANY_STAFF)
async def home(request: web.Request) -> web.Response:
    """Go to one's own home page."""
    actor = actor_of(request)
    raise web.HTTPSeeOther(next((to for role, to in HOMES if actor.has(role)), "/sessions"))
