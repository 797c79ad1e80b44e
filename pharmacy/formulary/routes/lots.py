"""One lot: its numbers, count, scrap, quarantine and recall, who waits for it, what happened."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict, Forbidden
from core.forms import Form, blank, read_form
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
from pharmacy.formulary import renewing, rules, shelf, shelves, words
from pharmacy.formulary.access import SHELF, may_recall, open_lot
from pharmacy.formulary.models import StockLot
from pharmacy.formulary.routes.shelves import act_key
from pharmacy.formulary.schemas import CountIn, ScrapIn, Why

routes = web.RouteTableDef()

ONE: Final = "/pharmacy/lots/{id:[0-9a-fA-F-]{36}}"
COUNTED: Final = pages.notice("lot-counted", "盘点已记账。")
SCRAPPED: Final = pages.notice("lot-scrapped", "已报损。")
CLOSED: Final = pages.notice("lot-closed", "已封存。预留着它的订单,能换批号的已经换好。")
OPENED: Final = pages.notice("lot-opened", "已解除封存。")


class CloseIn(Schema):
    """Why, and whether in the whole county."""

    reason: Why
    county: bool = False


@routes.get(ONE, name="lot")
@allow(*SHELF)
async def show(request: web.Request) -> web.Response:
    """The lot."""
    return await _page(request, await open_lot(actor_of(request), path_id(request)), blank(), "")


async def _page(
    request: web.Request, lot: StockLot, form: Form[Any], act: str, *, status: int = 200
) -> web.Response:
    """`act` is whose form it is: count, scrap or close."""
    actor, drug = actor_of(request), lot.medication
    everywhere = await shelves.elsewhere(drug.id, lot.lot) if may_recall(actor) else [lot]
    moves = await shelves.moves_of(lot.id)
    kind, word = shelves.life(lot)
    size = max(drug.pack_size, 1)
    return await pages.render(
        request,
        "pharmacy/formulary/lot.html",
        status=status,
        title=f"批号 {lot.lot}",
        lot=lot,
        drug=drug,
        kind=kind,
        word=word,
        form={act: form} if act else {},
        packs=lot.on_hand // size,
        units=lot.on_hand % size,
        free=lot.on_hand - lot.reserved,
        may_recall=may_recall(actor),
        everywhere=[(one, *shelves.life(one)) for one in everywhere],
        holders=await shelves.holders(everywhere),
        moves=[(move, *_effect(move.kind, move.units)) for move in moves],
        names=await shelves.names(moves),
        words=words,
    )


def _effect(kind: Any, units: int) -> tuple[int, int]:
    hand, held = rules.EFFECT[kind]
    return hand * units, held * units


@routes.post(f"{ONE}/count", name="count_lot")
@allow(*SHELF)
@once
async def count(request: web.Request) -> web.Response:
    """Stock-taking."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    form = await read_form(request, CountIn)
    if form.entry is None:
        return await _page(request, lot, form, "count", status=422)
    entry = form.entry
    found = entry.packs * max(lot.medication.pack_size, 1) + entry.units
    try:
        await shelf.count(
            actor,
            lot.id,
            found=found,
            seen=entry.seen,
            key=await act_key(request),
            reason=entry.reason,
        )
    except Conflict as problem:
        return await _refused(request, lot, form, problem, "count")
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=COUNTED)


@routes.post(f"{ONE}/scrap", name="scrap_lot")
@allow(*SHELF)
@once
async def scrap(request: web.Request) -> web.Response:
    """Units are destroyed."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    form = await read_form(request, ScrapIn)
    if form.entry is None:
        return await _page(request, lot, form, "scrap", status=422)
    entry = form.entry
    units = entry.packs * max(lot.medication.pack_size, 1) + entry.units
    try:
        await shelf.scrap(
            actor, lot.id, units=units, key=await act_key(request), reason=entry.reason
        )
    except Conflict as problem:
        return await _refused(request, lot, form, problem, "scrap")
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=SCRAPPED)


async def _refused(
    request: web.Request, lot: StockLot, form: Form[Any], problem: Conflict, act: str
) -> web.Response:
    shown: Form[Any] = Form(form.values, {"packs": problem.detail}, None)
    fresh = await open_lot(actor_of(request), lot.id)
    return await _page(request, fresh, shown, act, status=409)


@routes.post(f"{ONE}/quarantine", name="quarantine_lot")
@allow(*SHELF)
@once
async def quarantine(request: web.Request) -> web.Response:
    """Close it off here, or recall it in the whole county."""
    return await _switch(request, shelf.quarantine, CLOSED)


@routes.post(f"{ONE}/readmission", name="readmit_lot")
@allow(*SHELF)
@once
async def readmit(request: web.Request) -> web.Response:
    """Open it again."""
    return await _switch(request, shelf.readmit, OPENED)


async def _switch(request: web.Request, verb: Any, say: str) -> web.Response:
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    form = await read_form(request, CloseIn)
    if form.entry is None:
        return await _page(request, lot, form, "close", status=422)
    if form.entry.county and not may_recall(actor):
        raise Forbidden("county_only", "全县召回由县医院药房来做,您可以先封存本药房的。")
    where = None if form.entry.county else lot.pharmacy_id
    await verb(actor, lot.medication_id, lot.lot, reason=form.entry.reason, pharmacy_id=where)
    if verb is shelf.quarantine:
        await renewing.renew_spoilt()
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=say)
