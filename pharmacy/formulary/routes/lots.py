"""One lot: its numbers, count, scrap, quarantine and recall, who waits for it, what happened."""

from functools import partial
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict, Forbidden
from core.forms import Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
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
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any], *, act: str = "") -> web.Response:
    """`act` is whose form it is: count, scrap or close."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    drug = lot.medication
    everywhere = await shelves.elsewhere(drug.id, lot.lot) if may_recall(actor) else [lot]
    moves = await shelves.moves_of(lot.id)
    kind, word = shelves.life(lot)
    size = max(drug.pack_size, 1)
    return await pages.render(
        request,
        "pharmacy/formulary/lot.html",
        status=form.status,
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
@filled(CountIn, again=partial(_page, act="count"), refusals={Conflict: "packs"})
async def count(request: web.Request, entry: CountIn) -> web.Response:
    """Stock-taking."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    found = entry.packs * max(lot.medication.pack_size, 1) + entry.units
    await shelf.count(
        actor,
        lot.id,
        found=found,
        seen=entry.seen,
        key=await act_key(request),
        reason=entry.reason,
    )
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=COUNTED)


@routes.post(f"{ONE}/scrap", name="scrap_lot")
@allow(*SHELF)
@once
@filled(ScrapIn, again=partial(_page, act="scrap"), refusals={Conflict: "packs"})
async def scrap(request: web.Request, entry: ScrapIn) -> web.Response:
    """Units are destroyed."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    units = entry.packs * max(lot.medication.pack_size, 1) + entry.units
    await shelf.scrap(actor, lot.id, units=units, key=await act_key(request), reason=entry.reason)
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=SCRAPPED)


@routes.post(f"{ONE}/quarantine", name="quarantine_lot")
@allow(*SHELF)
@once
@filled(CloseIn, again=partial(_page, act="close"))
async def quarantine(request: web.Request, entry: CloseIn) -> web.Response:
    """Close it off here, or recall it in the whole county."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    await shelf.quarantine(
        actor,
        lot.medication_id,
        lot.lot,
        reason=entry.reason,
        pharmacy_id=_where(actor, lot, entry),
    )
    await renewing.renew_spoilt()
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=CLOSED)


@routes.post(f"{ONE}/readmission", name="readmit_lot")
@allow(*SHELF)
@once
@filled(CloseIn, again=partial(_page, act="close"))
async def readmit(request: web.Request, entry: CloseIn) -> web.Response:
    """Open it again."""
    actor = actor_of(request)
    lot = await open_lot(actor, path_id(request))
    await shelf.readmit(
        actor,
        lot.medication_id,
        lot.lot,
        reason=entry.reason,
        pharmacy_id=_where(actor, lot, entry),
    )
    raise pages.see_other(f"/pharmacy/lots/{lot.id}", say=OPENED)


def _where(actor: Actor, lot: StockLot, entry: CloseIn) -> UUID | None:
    """The lot's own pharmacy, or none for the whole county. Raises Forbidden."""
    if entry.county and not may_recall(actor):
        raise Forbidden("county_only", "全县召回由县医院药房来做,您可以先封存本药房的。")
    return None if entry.county else lot.pharmacy_id
