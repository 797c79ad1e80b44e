"""One parcel: where it has been, its label, and its hand-over to courier or driver."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, Problem
from core.forms import LOUD, Form, blank, filled, refused
from core.http import Schema, path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import actor_of
from people.queries import patient_header
from pharmacy.delivery.gateway import COURIER
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import Carrier
from pharmacy.dispatch import batches, doorward, queries, rules, stuck
from pharmacy.dispatch.access import SENDERS, open_parcel
from pharmacy.dispatch.bags import held
from pharmacy.dispatch.routes.desk import DESK, PARCEL
from pharmacy.sealing import showing

routes = web.RouteTableDef()

ONE: Final = PARCEL + "/{id}"
GONE: Final = pages.notice("parcel-gone", "已交出,居民会收到通知。")
ASKED: Final = pages.notice("courier-asked", "正在请快递,单号下来后会显示在这里。")
NO_LABEL: Final = ("no_label", "快递单号还没有下来,系统会自动再试,请稍后刷新。")


class HandOver(Schema):
    """Who carries it, where that is our own driver; what the logger shows, where it is cold."""

    driver_id: UUID | None = None
    temperature: str = Field("", max_length=20)


@routes.get(ONE, name="parcel")
@allow(*SENDERS)
async def one(request: web.Request) -> web.Response:
    """Where it is and has been."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _one(request, blank(), row)


async def _one(request: web.Request, form: Form[Any], row: Parcel | None = None) -> web.Response:
    actor = actor_of(request)
    row = row or await open_parcel(actor, path_id(request))
    found = await held(row)
    return await pages.render(
        request,
        "pharmacy/dispatch/parcel.html",
        title=f"药袋 {row.seal_number}".strip(),
        status=form.status,
        row=row,
        held=found,
        patient=await patient_header(row.patient_id),
        form=form,
        loud=form.loud,
        why_not=rules.why_not_leave(found.facts),
        by_courier=row.carrier is Carrier.COURIER,
        by_driver=row.carrier is Carrier.OWN,
        drivers=[(str(one.id), one.name) for one in await batches.drivers(actor.organization_id)],
        road=await queries.road_of(row),
        stuck=await stuck.of(row),
        words=queries,
        degrees=rules.degrees,
        is_cold=rules.is_cold,
    )


@routes.post(f"{ONE}/hand-over", name="hand_parcel_over")
@allow(*SENDERS)
@once
@filled(HandOver, again=_one, refusals={Conflict: LOUD})
async def hand_over(request: web.Request, entry: HandOver) -> web.Response:
    """To the courier, or to our own driver."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await doorward.hand_over(actor, row, entry.driver_id, entry.temperature)
    raise pages.see_other(DESK, say=GONE)


@routes.post(f"{ONE}/courier", name="ask_courier_again")
@allow(*SENDERS)
@once
async def ask_again(request: web.Request) -> web.Response:
    """What stood against it is mended: the courier is asked for a number once more."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await stuck.ask_again(actor, row)
    raise pages.see_other(f"{PARCEL}/{row.id}", say=ASKED)


@routes.get(f"{ONE}/label", name="courier_label")
@allow(*SENDERS)
async def label(request: web.Request) -> web.Response:
    """The courier's own label, a PDF of 100 x 150 mm."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    if not row.tracking_number:
        return await _one(request, refused(blank(), Conflict(*NO_LABEL), at=LOUD), row)
    try:
        body = await request.app[COURIER].courier.label(row.tracking_number)
    except Problem as problem:  # the courier is silent, or refuses
        return await _one(request, refused(blank(), problem, at=LOUD), row)
    await audit(actor, "parcel.label", f"Parcel/{row.id}", patient_id=row.patient_id)
    headers = {"Content-Disposition": "inline", "Cache-Control": "private, no-store"}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


@routes.get(f"{ONE}/bag-label", name="bag_label")
@allow(*SENDERS)
async def bag_label(request: web.Request) -> web.Response:
    """What is stuck on the bag: the seal's number as a QR, where it goes, and nothing inside."""
    actor = actor_of(request)
    row = await open_parcel(actor, path_id(request))
    await audit(actor, "parcel.label", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await pages.render(
        request,
        "pharmacy/dispatch/bag_label.html",
        title=f"袋签 {row.seal_number}",
        row=row,
        held=await held(row),
        code=qr_svg(row.seal_number) if row.seal_number else "",
        back_href=f"{PARCEL}/{row.id}",
    )


@routes.get(f"{ONE}/seal", name="parcel_seal_photo")
@allow(*SENDERS)
async def seal_photo(request: web.Request) -> web.Response:
    """The seal as it was photographed."""
    row = await open_parcel(actor_of(request), path_id(request))
    return await showing.photo(request, (await held(row)).seal)
