"""`/` leads everybody to where their work begins."""

from typing import Final

from aiohttp import web

from core.doors import ANY_STAFF, allow
from people.actor import Role, actor_of

routes = web.RouteTableDef()

HOMES: Final = (
    (Role.SPECIALIST, "/desk"),
    (Role.VILLAGE_DOCTOR, "/clinic"),
    (Role.TOWNSHIP_DOCTOR, "/clinic"),
    (Role.SUPERVISOR, "/oversight/consultations"),
    (Role.TEAM_LEAD, "/patients"),
    (Role.NURSE, "/patients"),
    (Role.PHARMACIST, "/patients"),
    (Role.SCHEDULER, "/outpatient"),
    (Role.ADMIN, "/roster"),
)


@routes.get("/", name="home")
@allow(ANY_STAFF)
async def home(request: web.Request) -> web.Response:
    """Go to one's own home page."""
    actor = actor_of(request)
    raise web.HTTPSeeOther(next((to for role, to in HOMES if actor.has(role)), "/sessions"))
