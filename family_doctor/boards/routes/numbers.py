"""The board of a township, by team and village, and of the county, by township."""

import asyncio
from datetime import datetime
from typing import Final

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from family_doctor.boards import board, words
from family_doctor.boards.access import READERS, Scope
from family_doctor.boards.charts import charts
from family_doctor.boards.kept import kept
from family_doctor.boards.numbers import Tallies, counted
from family_doctor.boards.periods import Period, choices, months_until
from family_doctor.boards.policy import params
from family_doctor.boards.routes.asked import period_in, scope_in, shared, tabs
from family_doctor.boards.trend import Month, trend

routes = web.RouteTableDef()

COUNTY: Final = "/boards/county"
TOWNSHIP: Final = "/boards/townships/{id:[0-9a-fA-F-]{36}}"


@routes.get(COUNTY, name="board_of_county")
@routes.get(TOWNSHIP, name="board_of_township")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """The numbers; nobody is named."""
    scope, period = await scope_in(request), period_in(request)
    await audit(scope.actor, "board.open", scope.path.removeprefix("/"), reason=period.key)
    (tallies, months), counted_at = await found(scope, period)
    whole, lines = lines_of(scope, tallies, period)
    return await pages.render(
        request,
        "family_doctor/boards/numbers.html",
        title=f"{scope.name}家庭医生看板",
        scope=scope,
        period=period,
        periods=choices(clock.today()),
        whole=whole,
        lines=lines,
        counted_at=counted_at,
        sections=words.SECTIONS,
        charts=charts(scope, months, lines),
        least=params().least,
        asked={"values": {"period": period.key}},
        **shared(scope.path, await tabs(scope.actor)),
    )


async def found(scope: Scope, period: Period) -> tuple[tuple[Tallies, list[Month]], datetime]:
    """What was counted, the months before it, and when."""
    months = months_until(period, clock.today())

    async def count() -> tuple[Tallies, list[Month]]:
        numbers = counted(scope.team_ids, period, villages=scope.path != COUNTY)
        return await asyncio.gather(numbers, trend(scope.team_ids, months))

    return await kept(count, scope.path, *scope.team_ids, period)


def lines_of(scope: Scope, tallies: Tallies, period: Period) -> tuple[board.Line, list[board.Line]]:
    """The total, and what it is made of."""
    by = board.by_township if scope.path == COUNTY else board.by_team
    return board.whole(scope, tallies, period), by(scope, tallies, period)
