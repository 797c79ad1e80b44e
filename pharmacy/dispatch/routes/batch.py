"""One batch: scanned together, printed, handed to the driver."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import LOUD, Form, Nothing, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import actor_of
from pharmacy.dispatch import batches, queries, rules
from pharmacy.dispatch.access import SENDERS, open_batch
from pharmacy.dispatch.bags import clinic_name
from pharmacy.dispatch.routes.desk import BATCH, DESK
from pharmacy.dispatch.schemas import Bag

routes = web.RouteTableDef()

ONE: Final = BATCH + "/{id}"
GONE: Final = pages.notice("batch-gone", "已交给送药员,居民会收到通知。")
DROPPED: Final = pages.notice("batch-dropped", "这一批取消了,药袋还在药房。")


class HandOver(Schema):
    """Who drives, and what the logger shows."""

    driver_id: UUID
    temperature: str = Field("", max_length=20)


@routes.get(ONE, name="batch")
@allow(*SENDERS)
async def one(request: web.Request) -> web.Response:
    """What is in it, and the field into which bags are scanned."""
    return await _one(request, blank())


async def _one(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    parcels = await queries.bags_in(row)
    waiting = {one.id for one in await queries.waiting_for(row)}
    return await pages.render(
        request,
        "pharmacy/dispatch/batch.html",
        title=f"{await clinic_name(row.clinic_id)} 交接单",
        status=form.status,
        row=row,
        form=form,
        loud=form.loud,
        parcels=parcels,
        waiting=len(waiting),
        cold=any(one.cold for one in parcels),
        drivers=[(str(one.id), one.name) for one in await batches.drivers(actor.organization_id)],
        words=queries,
    )


@routes.post(f"{ONE}/bags", name="put_bag_in")
@allow(*SENDERS)
@once
@filled(Bag, again=_one, refusals={Conflict: LOUD})
async def put_in(request: web.Request, entry: Bag) -> web.Response:
    """One bag."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    await batches.put_in(actor, row, entry.code)
    raise pages.see_other(f"{BATCH}/{row.id}")


@routes.post(f"{ONE}/bags/{{parcel_id}}/out", name="take_bag_out")
@allow(*SENDERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def take_out(request: web.Request, _: Nothing) -> web.Response:
    """Not with this drive."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    await batches.take_out(actor, row, path_id(request, "parcel_id"))
    raise pages.see_other(f"{BATCH}/{row.id}")


@routes.post(f"{ONE}/hand-over", name="hand_batch_over")
@allow(*SENDERS)
@once
@filled(HandOver, again=_one, refusals={Conflict: LOUD})
async def hand_over(request: web.Request, entry: HandOver) -> web.Response:
    """To the driver."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    await batches.hand_over(actor, row, entry.driver_id, entry.temperature)
    raise pages.see_other(f"{BATCH}/{row.id}", say=GONE)


@routes.post(f"{ONE}/cancel", name="cancel_batch")
@allow(*SENDERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def cancel(request: web.Request, _: Nothing) -> web.Response:
    """No drive today."""
    actor = actor_of(request)
    await batches.cancel(actor, await open_batch(actor, path_id(request)))
    raise pages.see_other(DESK, say=DROPPED)


@routes.get(f"{ONE}/list", name="batch_list")
@allow(*SENDERS)
async def paper(request: web.Request) -> web.Response:
    """The hand-over list on A4, two lines to sign."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    parcels = await queries.bags_in(row)
    await audit(actor, "batch.print", f"Batch/{row.id}", reason=f"{len(parcels)}")
    return await pages.render(
        request,
        "pharmacy/dispatch/list.html",
        title=f"交接单 {row.number}",
        row=row,
        clinic=await clinic_name(row.clinic_id),
        parcels=parcels,
        cold=sum(one.cold for one in parcels),
        qr=qr_svg,
        readings=await queries.last_readings(parcels),
        degrees=rules.degrees,
        back_href=f"{BATCH}/{row.id}",
    )
