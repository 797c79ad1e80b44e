"""The people behind a number of one's own team. Every look at the list is on record."""

from typing import Final

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import NotFound
from core.http import path_id
from family_doctor.access import open_team
from family_doctor.boards.access import READERS
from family_doctor.boards.definitions import BY_CODE
from family_doctor.boards.figures import people_path
from family_doctor.boards.people import people
from family_doctor.boards.routes.asked import period_in
from people.actor import actor_of

routes = web.RouteTableDef()

PEOPLE: Final = "/boards/teams/{id:[0-9a-fA-F-]{36}}/people"


@routes.get(PEOPLE, name="board_people")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """Who was counted. Whoever is not in the team finds nothing, the bureau too."""
    actor = actor_of(request)
    view = await open_team(actor, path_id(request))
    what, period = BY_CODE.get(request.query.get("measure", "")), period_in(request)
    if what is None:
        raise NotFound("measure_not_found", "没有这个指标。")
    village, page = request.query.get("village"), request.query.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    found = await people(view.team.id, what, period, village=village and village[:60], page=number)
    reason = f"{what.code} {period.key}: {found.total}"
    await audit(actor, "board.people", f"CareTeam/{view.team.id}", reason=reason)
    return await pages.render(
        request,
        "family_doctor/boards/people.html",
        title=f"{what.name}:是哪些人",
        team=view.team,
        what=what,
        period=period,
        village=village,
        found=found,
        href=f"{people_path(view.team.id, period.key, village)}{what.code}&page=",
        back=f"/boards/townships/{view.team.organization_id}?period={period.key}",
    )
