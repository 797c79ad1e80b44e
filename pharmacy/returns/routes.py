"""The returns desk's pages."""

from typing import Any, Final

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import LOUD, Form, Nothing, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
from people.queries import patient_header
from pharmacy.delivery.models import Fault, Parcel, Return, Why
from pharmacy.dispatch import queries as roads
from pharmacy.dispatch import rules as readings
from pharmacy.dispatch.access import SENDERS, open_parcel
from pharmacy.dispatch.bags import held
from pharmacy.dispatch.schemas import Bag
from pharmacy.dispensing.access import open_order
from pharmacy.returns import queries, rules, service
from pharmacy.returns.rules import Seen
from pharmacy.shipping import returns as shipping

routes = web.RouteTableDef()

DESK: Final = "/pharmacy/returns"
ONE: Final = DESK + "/{id}"
LOOKED: Final = pages.notice("return-looked", "登记好了。")
SEEN_TO: Final = pages.notice("return-goods", "已记下,两个人都在场。")
CLEARED: Final = pages.notice("return-cleared", "已记下核实的结果。")
WHY: Final = (
    (Why.REFUSED.value, "居民不要"),
    (Why.NOT_REACHED.value, "没有送到、没有人取"),
    (Why.QUALITY.value, "药有质量问题"),
    (Why.WRONG.value, "药发错了"),
    (Why.RECALLED.value, "药房叫回的"),
)
FAULT: Final = (
    (Fault.RESIDENT.value, "居民", "配送费不退"),
    (Fault.CARRIER.value, "送的人", "配送费也退"),
    (Fault.PHARMACY.value, "药房", "配送费也退"),
)


class Look(Schema):
    """What was seen, and why it came back."""

    why: Why
    fault: Fault
    seal: str = Field(pattern="^(whole|open)$")
    content: str = Field(pattern="^(right|wrong)$")
    cold: str = Field("", pattern="^(|kept|broken)$")
    note: str = Field("", max_length=200)


class Settled(Schema):
    """What was found out; `refund`: the resident never had it."""

    note: str = Field(min_length=2, max_length=200)
    refund: str = ""


@routes.get(DESK, name="returns_desk")
@allow(*SENDERS)
async def desk(request: web.Request) -> web.Response:
    """What is back, what is told twice, what has to be destroyed."""
    return await _desk(request, blank())


async def _desk(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/returns/desk.html",
        title="退回台",
        status=form.status,
        form=form,
        loud=form.loud,
        looks=await queries.to_look_at(actor),
        disputed=await queries.disputed(actor),
        goods=await queries.goods(actor),
        kept=await queries.kept(actor),
        coming=await queries.coming(actor),
        words=roads,
    )


@routes.post(f"{DESK}/scan", name="bring_bag_in")
@allow(*SENDERS)
@once
@filled(Bag, again=_desk, refusals={Conflict: LOUD})
async def scan(request: web.Request, entry: Bag) -> web.Response:
    """A bag is back in the house."""
    parcel = await service.bring_in(actor_of(request), entry.code)
    raise pages.see_other(f"{DESK}/{parcel.id}")


@routes.get(ONE, name="returned_bag")
@allow(*SENDERS)
async def one(request: web.Request) -> web.Response:
    """One bag on the table."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _one(request, blank(), row)


async def _one(request: web.Request, form: Form[Any], row: Parcel | None = None) -> web.Response:
    row = row or await open_parcel(actor_of(request), path_id(request))
    return await pages.render(
        request,
        "pharmacy/returns/one.html",
        title=f"退回的药袋 {row.seal_number}".strip(),
        status=form.status,
        row=row,
        held=await held(row),
        patient=await patient_header(row.patient_id),
        form=form,
        loud="" if form.errors else form.loud,
        found=await Return.get_or_none(parcel_id=row.id),
        goods=await service.goods_of(row),
        spoilt=row.status in rules.SPOILT,
        road=await roads.road_of(row),
        why=WHY,
        why_words=dict(WHY),
        fault=FAULT,
        words=roads,
        degrees=readings.degrees,
    )


@routes.post(f"{ONE}/inspection", name="inspect_bag")
@allow(*SENDERS)
@once
@filled(Look, again=_one, refusals={Conflict: LOUD})
async def look(request: web.Request, entry: Look) -> web.Response:
    """What was found in it."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    cold = None if not row.cold else entry.cold == "kept"
    seen = Seen(entry.seal == "whole", entry.content == "right", cold)
    await service.look(actor, row, seen, why=entry.why, fault=entry.fault, note=entry.note)
    raise pages.see_other(f"{DESK}/{row.id}", say=LOOKED)


@routes.post(f"{ONE}/disposal", name="dispose_bag")
@allow(*SENDERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def dispose(request: web.Request, _: Nothing) -> web.Response:
    """The second person has seen it."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await service.dispose(actor, row)
    raise pages.see_other(f"{DESK}/{row.id}", say=SEEN_TO)


@routes.post(f"{ONE}/settlement", name="settle_dispute")
@allow(*SENDERS)
@once
@filled(Settled, again=_one, refusals={Conflict: LOUD})
async def settle(request: web.Request, entry: Settled) -> web.Response:
    """Two ends were told; somebody has asked."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await service.settle(actor, row, entry.note, refund=bool(entry.refund))
    raise pages.see_other(f"{DESK}/{row.id}", say=CLEARED)


@routes.post(f"{ONE}/again", name="send_again")
@allow(*SENDERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def again(request: web.Request, _: Nothing) -> web.Response:
    """The resident wants it sent once more: another parcel, and on to the table for its seal."""
    actor = actor_of(request)
    found = await held(await open_parcel(actor, path_id(request)))
    await shipping.again(actor, await open_order(actor, found.order.id))
    raise pages.see_other(f"/pharmacy/dispensing/{found.dispense_id}/seal")
