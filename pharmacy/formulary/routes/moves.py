"""库存流水: what moved on a shelf between two days, on the screen and as CSV."""

from datetime import date, datetime, time, timedelta
from typing import Final

from aiohttp import web

from core import clock, pages
from core.doors import allow
from core.http import path_id
from people.actor import actor_of
from pharmacy.formulary import rules, sheets, shelves, words
from pharmacy.formulary.access import SHELF, open_pharmacy
from pharmacy.formulary.models import StockMove
from pharmacy.formulary.routes.imports import attachment

routes = web.RouteTableDef()

WEEK: Final = timedelta(days=6)
ON_SCREEN: Final = 300
HEADINGS: Final = (
    "时间", "药品编码", "药品", "规格", "批号", "有效期至", "动作", "库存变化", "预留变化",
    "单位", "经手人", "说明", "凭据",
)  # fmt: skip


@routes.get("/pharmacy/stock/{id:[0-9a-fA-F-]{36}}/moves", name="stock_moves")
@allow(*SHELF)
async def show(request: web.Request) -> web.Response:
    """The ledger of some days, the latest first."""
    place = await open_pharmacy(actor_of(request), path_id(request))
    first, last = _days(request)
    found = await shelves.moves(place.id, *_bounds(first, last), most=ON_SCREEN + 1)
    return await pages.render(
        request,
        "pharmacy/formulary/moves.html",
        title="库存流水",
        place=place,
        first=first,
        last=last,
        moves=[(move, *_effect(move)) for move in found[:ON_SCREEN]],
        more=len(found) > ON_SCREEN,
        shown=ON_SCREEN,
        names=await shelves.names(found),
        words=words,
    )


@routes.get("/pharmacy/stock/{id:[0-9a-fA-F-]{36}}/moves.csv", name="stock_moves_file")
@allow(*SHELF)
async def export(request: web.Request) -> web.Response:
    """The same for a table program."""
    place = await open_pharmacy(actor_of(request), path_id(request))
    first, last = _days(request)
    found = await shelves.moves(place.id, *_bounds(first, last), most=shelves.MOST_MOVES)
    names = await shelves.names(found)
    rows = []
    for move in found:
        lot = move.stock_lot
        drug = lot.medication
        moment = move.made_at.astimezone(clock.SHANGHAI)
        rows.append(
            [
                f"{moment:%Y-%m-%d %H:%M:%S}",
                *(drug.code, drug.generic_name, drug.strength, lot.lot, lot.expires_on),
                *(words.MOVES[move.kind], *_effect(move), drug.unit),
                *(names.get(move.made_by, ""), move.reason, move.key),
            ]
        )
    return attachment(sheets.write([HEADINGS, *rows]), f"moves-{first}-{last}.csv")


def _effect(move: StockMove) -> tuple[int, int]:
    hand, held = rules.EFFECT[move.kind]
    return hand * move.units, held * move.units


def _days(request: web.Request) -> tuple[date, date]:
    """What was asked for, else the last seven days; never backwards."""
    last = _day(request.query.get("last", "")) or clock.today()
    first = _day(request.query.get("first", "")) or last - WEEK
    return min(first, last), max(first, last)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year < 2100 else None


def _bounds(first: date, last: date) -> tuple[datetime, datetime]:
    begin = datetime.combine(first, time(), clock.SHANGHAI)
    return begin, datetime.combine(last + timedelta(days=1), time(), clock.SHANGHAI)
