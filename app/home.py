"""`/` leads everybody to where their work begins."""

from typing import Final

from aiohttp import web

from core.doors import ANY_STAFF, allow
from family_doctor.access import my_team_ids
from people.actor import Role, actor_of

routes = web.RouteTableDef()

TEAM: Final = "/boards"
HOMES: Final = (
    (Role.SPECIALIST, "/desk"),
    (Role.VILLAGE_DOCTOR, "/clinic"),
    (Role.TOWNSHIP_DOCTOR, "/today"),
    (Role.SUPERVISOR, "/oversight/consultations"),
    (Role.TEAM_LEAD, TEAM),
    (Role.NURSE, TEAM),
    (Role.PHARMACIST, "/pharmacy/review"),
    (Role.STOCK_KEEPER, "/pharmacy/stock"),
    (Role.DRIVER, "/runs"),
    (Role.SCHEDULER, "/outpatient"),
    (Role.ADMIN, "/roster"),
)
"""The first that fits. A specialist's is the live desk: requests to the department wait there,
which are nobody's day yet; a village doctor's has the consultations asked for. A team's people
begin with the team's day; who is in no team yet, with the residents."""


@routes.get("/", name="home")
@allow(ANY_STAFF)
async def home(request: web.Request) -> web.Response:
    """Go to one's own home page."""
    actor = actor_of(request)
    found = next((to for role, to in HOMES if actor.has(role)), "/sessions")
    if found == TEAM and not await my_team_ids(actor):
        found = "/patients"
    raise web.HTTPSeeOther(found)
