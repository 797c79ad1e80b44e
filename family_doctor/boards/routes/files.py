"""The boards' numbers as CSV and Excel; each download is on record."""

import asyncio
from typing import Final

from aiohttp import web

from core.audit import audit
from core.doors import allow
from family_doctor.boards import sheets
from family_doctor.boards.access import READERS
from family_doctor.boards.counting import counted_for
from family_doctor.boards.routes.asked import period_in, scope_in
from family_doctor.boards.routes.numbers import COUNTY, TOWNSHIP

routes = web.RouteTableDef()

KIND: Final = "/numbers.{kind:csv|xlsx}"


@routes.get(f"{COUNTY}{KIND}", name="board_of_county_file")
@routes.get(f"{TOWNSHIP}{KIND}", name="board_of_township_file")
@allow(*READERS)
async def download(request: web.Request) -> web.Response:
    """The same numbers as on the page, hidden where they are hidden there."""
    scope, period, kind = await scope_in(request), period_in(request), request.match_info["kind"]
    await audit(scope.actor, "board.export", scope.path.removeprefix("/"), reason=period.key)
    found = await counted_for(scope, period)
    middle = "乡镇" if scope.path == COUNTY else "团队"
    cells = sheets.cells([found.whole, *found.lines], period, middle=middle)
    if kind == "csv":
        body, content_type = sheets.as_csv(cells), sheets.CSV
    else:
        title = f"{scope.name}家庭医生看板 {period.name}"
        body, content_type = await asyncio.to_thread(sheets.as_xlsx, cells, title), sheets.XLSX
    name = f"boards-{period.key}.{kind}"
    return web.Response(
        body=body,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
