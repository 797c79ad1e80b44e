"""家庭医生: a team's console. Applications, members, residents, villages, what is overdue."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.http import path_id
from family_doctor import rules, words
from family_doctor.access import MEMBERS, TeamView, open_team
from family_doctor.contracts import queries, steps
from family_doctor.fulfilment import queries as fulfilment
from family_doctor.fulfilment.rules import DEFINITION
from family_doctor.policy import params
from family_doctor.queries import teams_of
from family_doctor.teams.service import subject
from people.actor import actor_of

routes = web.RouteTableDef()

ONE: Final = "/family/{id:[0-9a-fA-F-]{36}}"
MOST_OVERDUE: Final = 100


@routes.get("/family", name="family_teams")
@allow(*MEMBERS)
async def home(request: web.Request) -> web.Response:
    """One's first team; a page that says so for who is in none."""
    mine = await teams_of(actor_of(request).practitioner_id)
    if mine:
        raise web.HTTPSeeOther(f"/family/{mine[0].id}")
    return await pages.render(request, "family_doctor/contracts/none.html", title="家庭医生")


@routes.get(ONE, name="family_team")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """What waits, how the team stands, who is in it."""
    view = await open_team(actor_of(request), path_id(request))
    stands = await fulfilment.of_team(view.team.id)
    return await _render(
        request,
        view,
        "console",
        waiting=await queries.on_their_way(view.team.id),
        stands=stands,
        definition=DEFINITION,
        signed=len(stands.rates),
        load=params().load,
        of_doctor=await steps.residents_of(view.team.responsible_id),
        missing=rules.missing_tiers({one.role for one in view.members}),
        villages=await queries.villages(view.team.id),
    )


@routes.get(f"{ONE}/residents", name="family_residents")
@allow(*MEMBERS)
async def residents(request: web.Request) -> web.Response:
    """The signed residents, by village and group."""
    actor = actor_of(request)
    view = await open_team(actor, path_id(request))
    village, group = request.query.get("village", ""), request.query.get("group", "")
    page = request.query.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
    found = await queries.residents(view.team.id, village=village, group=group, page=number)
    await audit(actor, "team.residents", subject(view.team.id), reason=f"{found.total}")
    stands = await fulfilment.of_team(view.team.id)
    return await _render(
        request,
        view,
        "residents",
        found=found,
        village=village,
        group=group,
        rates=stands.rates,
        villages=await queries.villages(view.team.id),
        definition=DEFINITION,
    )


@routes.get(f"{ONE}/overdue", name="family_overdue")
@allow(*MEMBERS)
async def overdue(request: web.Request) -> web.Response:
    """What was promised and is late, the longest first."""
    actor = actor_of(request)
    view = await open_team(actor, path_id(request))
    stands = await fulfilment.of_team(view.team.id)
    await audit(actor, "team.overdue", subject(view.team.id), reason=f"{len(stands.overdue)}")
    return await _render(
        request,
        view,
        "overdue",
        overdue=stands.overdue[:MOST_OVERDUE],
        total=len(stands.overdue),
        definition=DEFINITION,
    )


TABS: Final = {"console": "工作台", "residents": "签约居民", "overdue": "该做没做"}


async def _render(request: web.Request, view: TeamView, name: str, **values: Any) -> web.Response:
    shared: dict[str, Any] = {
        "title": view.team.name,
        "view": view,
        "team": view.team,
        "teams": await teams_of(view.actor.practitioner_id),
        "tabs": TABS,
        "here": name,
        "words": words,
    }
    return await pages.render(request, f"family_doctor/contracts/{name}.html", **shared, **values)
