"""The board of a township, by team and village, and of the county, by township."""

from typing import Final

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from family_doctor.boards import words
from family_doctor.boards.access import COUNTY_PATH, READERS
from family_doctor.boards.counting import counted_for
from family_doctor.boards.periods import choices
from family_doctor.boards.policy import params
from family_doctor.boards.routes.asked import period_in, scope_in, shared, tabs

routes = web.RouteTableDef()

COUNTY: Final = COUNTY_PATH
TOWNSHIP: Final = "/boards/townships/{id:[0-9a-fA-F-]{36}}"


@routes.get(COUNTY, name="board_of_county")
@routes.get(TOWNSHIP, name="board_of_township")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """The numbers; nobody is named."""
    scope, period = await scope_in(request), period_in(request)
    await audit(scope.actor, "board.open", scope.path.removeprefix("/"), reason=period.key)
    found = await counted_for(scope, period)
    return await pages.render(
        request,
        "family_doctor/boards/numbers.html",
        title=f"{scope.name}家庭医生看板",
        scope=scope,
        period=period,
        periods=choices(clock.today()),
        whole=found.whole,
        lines=found.lines,
        counted_at=found.at,
        sections=words.SECTIONS,
        charts=found.charts(),
        least=params().least,
        asked={"values": {"period": period.key}},
        **shared(scope.path, await tabs(scope.actor)),
    )
