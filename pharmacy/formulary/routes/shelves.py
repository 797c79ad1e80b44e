"""库存: one pharmacy's shelf by drug, one drug's lots, goods that come in."""

from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import Form, blank, read_form, refused, text_of
from core.http import path_id
from core.idempotency import FIELD, once
from people.actor import actor_of
from pharmacy.formulary import queries, shelf, shelves, words
from pharmacy.formulary.access import SHELF, open_medication, open_pharmacy, pharmacies
from pharmacy.formulary.models import Medication, Pharmacy, StockMinimum
from pharmacy.formulary.schemas import GoodsIn, MinimumIn
from pharmacy.formulary.shelf import Goods

routes = web.RouteTableDef()

ID: Final = "{id:[0-9a-fA-F-]{36}}"
DRUG: Final = f"/pharmacy/stock/{ID}/drugs/{{drug:[0-9a-fA-F-]{{36}}}}"
RECEIVED: Final = pages.notice("goods-received", "已入库。")
MINIMUM: Final = pages.notice("minimum-set", "最低库存已保存。")


@routes.get("/pharmacy/stock", name="stock")
@allow(*SHELF)
async def home(request: web.Request) -> web.Response:
    """The first pharmacy of one's own house."""
    own = await pharmacies(actor_of(request))
    if not own:
        raise NotFound("no_pharmacy", "您的机构还没有药房,请联系管理员开通。")
    raise web.HTTPSeeOther(f"/pharmacy/stock/{own[0].id}")


@routes.get(f"/pharmacy/stock/{ID}", name="shelf")
@allow(*SHELF)
async def show(request: web.Request) -> web.Response:
    """What is on the shelf; a search or a scanned box finds its drug."""
    actor, text = actor_of(request), request.query.get("q", "").strip()
    place = await open_pharmacy(actor, path_id(request))
    shown = request.query.get("shown", "")
    if text:
        found = await queries.search(text, active=None, most=queries.LOOKED_AT)
        if queries.trace_prefix(text) and len(found) == 1:
            raise web.HTTPSeeOther(f"/pharmacy/stock/{place.id}/drugs/{found[0].id}")
        ranks = {drug.id: rank for rank, drug in enumerate(found)}
        lines = await shelves.lines(place.id, among=list(ranks)) if ranks else []
        lines.sort(key=lambda line: (line.on_hand == 0, ranks[line.drug.id]))
        everything = lines
    else:
        everything = await shelves.lines(place.id)
        shown = shown or ("todo" if shelves.among(everything, "todo") else "all")
        lines = shelves.among(everything, shown)
    page, size = _page_number(request), queries.PAGE
    return await pages.render(
        request,
        "pharmacy/formulary/shelf.html",
        title="库存",
        place=place,
        own=await pharmacies(actor),
        text=text,
        scanned=bool(queries.trace_prefix(text)),
        shown=shown,
        tabs=[(key, word, len(shelves.among(everything, key))) for key, word in TABS],
        lines=lines[(page - 1) * size : page * size],
        page=page,
        pages=-(-len(lines) // size),
        total=len(lines),
        words=words,
    )


TABS: Final = tuple(shelves.SHOWN.items())


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 5 else 1


@routes.get(DRUG, name="shelf_drug")
@allow(*SHELF)
async def drug(request: web.Request) -> web.Response:
    """The lots of one drug, and the forms for what comes in."""
    place, row = await _opened(request)
    return await _page(request, place, row, blank())


async def _opened(request: web.Request) -> tuple[Pharmacy, Medication]:
    actor = actor_of(request)
    place = await open_pharmacy(actor, path_id(request))
    return place, await open_medication(actor, path_id(request, "drug"))


async def _page(
    request: web.Request,
    place: Pharmacy,
    row: Medication,
    form: Form[Any],
) -> web.Response:
    (line,) = await shelves.lines(place.id, among=[row.id])
    least = await StockMinimum.get_or_none(pharmacy_id=place.id, medication_id=row.id)
    packs, units = divmod(least.units if least else 0, max(row.pack_size, 1))
    lots = await shelves.lots(place.id, row.id)
    return await pages.render(
        request,
        "pharmacy/formulary/shelf_drug.html",
        status=form.status,
        title=row.generic_name,
        place=place,
        row=row,
        line=line,
        lots=[(lot, *shelves.life(lot)) for lot in lots],
        form=form,
        minimum=blank(packs=packs, units=units),
        words=words,
    )


@routes.post(f"{DRUG}/receipts", name="receive_goods")
@allow(*SHELF)
@once
async def receive(request: web.Request) -> web.Response:
    """Goods go on the shelf."""
    place, row = await _opened(request)
    form = await read_form(request, GoodsIn)
    if form.entry is None:
        return await _page(request, place, row, form)
    entry = form.entry
    goods = Goods(row.id, entry.lot, entry.expires_on, entry.total(row.pack_size))
    try:
        await shelf.receive(
            actor_of(request), place.id, goods, key=await act_key(request), reason=entry.reason
        )
    except Conflict as problem:
        field = "expires_on" if problem.code in ("lot_expired", "expiry_differs") else "lot"
        return await _page(request, place, row, refused(form, problem, at=field))
    raise pages.see_other(f"/pharmacy/stock/{place.id}/drugs/{row.id}", say=RECEIVED)


async def act_key(request: web.Request) -> str:
    """The name of one sent form: its repeat is the same act, also after `once` has forgotten it."""
    return f"form/{await text_of(request, FIELD) or uuid4().hex}"


@routes.post(f"{DRUG}/minimum", name="set_minimum")
@allow(*SHELF)
@once
async def minimum(request: web.Request) -> web.Response:
    """Below how much one wants to be told."""
    place, row = await _opened(request)
    entry = (await read_form(request, MinimumIn)).require()
    units = entry.packs * max(row.pack_size, 1) + entry.units
    await shelf.set_minimum(actor_of(request), place.id, row.id, units)
    raise pages.see_other(f"/pharmacy/stock/{place.id}/drugs/{row.id}", say=MINIMUM)
