"""看板: the first one that somebody has, and a team's day."""

from typing import Final

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.http import path_id
from family_doctor.access import MEMBERS, open_team
from family_doctor.boards.access import READERS, reads_county
from family_doctor.boards.day import day_of
from family_doctor.boards.routes.asked import shared, tabs
from people.actor import actor_of

routes = web.RouteTableDef()

ONE: Final = "/boards/teams/{id:[0-9a-fA-F-]{36}}"


@routes.get("/boards", name="boards")
@allow(*READERS)
async def home(request: web.Request) -> web.Response:
    """The team's day for members, the county for who reads it, a sentence for nobody."""
    actor = actor_of(request)
    found = await tabs(actor)
    if not found:
        return await pages.render(request, "family_doctor/boards/none.html", title="看板")
    first = found[0][0]
    if reads_county(actor) and not first.startswith("/boards/teams/"):
        first = "/boards/county"
    raise web.HTTPSeeOther(first)


@routes.get(ONE, name="board_of_day")
@allow(*MEMBERS)
async def day(request: web.Request) -> web.Response:
    """What the team has to do today, and what it has done."""
    actor = actor_of(request)
    view = await open_team(actor, path_id(request))
    await audit(actor, "board.day", f"CareTeam/{view.team.id}")
    return await pages.render(
        request,
        "family_doctor/boards/day.html",
        title="今日团队",
        team=view.team,
        day=await day_of(view.team.id),
        today=clock.today(),
        **shared(f"/boards/teams/{view.team.id}", await tabs(actor)),
    )
