"""What the address of a board asks for, and what its pages share."""

from typing import Any

from aiohttp import web

from core import clock
from core.errors import NotFound
from core.http import path_id
from family_doctor.boards.access import Scope, open_county, open_township, reads_county, townships
from family_doctor.boards.periods import Period, month_of, period_of
from family_doctor.queries import teams_of
from people.actor import Actor, actor_of


def period_in(request: web.Request) -> Period:
    """The period of the address, this month without one. Raises NotFound for what is none."""
    key, today = request.query.get("period", ""), clock.today()
    found = period_of(key, today) if key else month_of(today, today)
    if found is None:
        raise NotFound("period_not_found", "没有这个时间段。")
    return found


async def scope_in(request: web.Request) -> Scope:
    """The board of the address, through its door."""
    actor = actor_of(request)
    if "id" in request.match_info:
        return await open_township(actor, path_id(request))
    return await open_county(actor)


async def tabs(actor: Actor) -> list[tuple[str, str]]:
    """Address and name of every board that somebody may open."""
    found = [
        (f"/boards/teams/{team.id}", f"今日 {team.name}")
        for team in await teams_of(actor.practitioner_id)
    ]
    houses = await townships(actor)
    found += [(f"/boards/townships/{house.id}", house.short_name or house.name) for house in houses]
    if reads_county(actor):
        found.append(("/boards/county", "全县"))
    return found


def shared(here: str, found: list[tuple[str, str]]) -> dict[str, Any]:
    """Values of every board's page."""
    return {"here": here, "tabs": found}
