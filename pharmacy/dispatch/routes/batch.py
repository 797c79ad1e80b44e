"""One batch: scanned together, printed, handed to the driver."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit, write_refusal
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import Schema, path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import Actor, actor_of
from pharmacy.delivery.models import Batch
from pharmacy.dispatch import batches, queries, rules
from pharmacy.dispatch.access import SENDERS, open_batch
from pharmacy.dispatch.bags import clinic_name
from pharmacy.dispatch.routes.desk import BATCH, DESK, Bag

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
    return await _one(request, await open_batch(actor_of(request), path_id(request)), blank())


async def _one(
    request: web.Request, row: Batch, form: Form[Any], *, status: int = 200, loud: str = ""
) -> web.Response:
    actor = actor_of(request)
    parcels = await queries.bags_in(row)
    waiting = {one.id for one in await queries.waiting_for(row)}
    return await pages.render(
        request,
        "pharmacy/dispatch/batch.html",
        title=f"{await clinic_name(row.clinic_id)} 交接单",
        status=status,
        row=row,
        form=form,
        loud=loud,
        parcels=parcels,
        waiting=len(waiting),
        cold=any(one.cold for one in parcels),
        drivers=[(str(one.id), one.name) for one in await batches.drivers(actor.organization_id)],
        words=queries,
    )


async def _did(
    request: web.Request,
    model: type[Schema] | None,
    verb: Callable[[Actor, Batch, Any], Awaitable[object]],
    *,
    say: str = "",
    to: str = "",
) -> web.Response:
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    form: Form[Any] = await read_form(request, model) if model else blank()
    if model and form.entry is None:
        return await _one(request, row, form, status=422)
    try:
        await verb(actor, row, form.entry)
    except Invalid as problem:
        fresh = await open_batch(actor, row.id)
        return await _one(
            request, fresh, with_problem(form, problem), status=422, loud=problem.detail
        )
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_batch(actor, row.id)
        return await _one(request, fresh, form, status=409, loud=problem.detail)
    raise pages.see_other(to or f"{BATCH}/{row.id}", say=say)


@routes.post(f"{ONE}/bags", name="put_bag_in")
@allow(*SENDERS)
@once
async def put_in(request: web.Request) -> web.Response:
    """One bag."""
    return await _did(request, Bag, lambda who, row, entry: batches.put_in(who, row, entry.code))


@routes.post(f"{ONE}/bags/{{parcel_id}}/out", name="take_bag_out")
@allow(*SENDERS)
@once
async def take_out(request: web.Request) -> web.Response:
    """Not with this drive."""
    parcel_id = path_id(request, "parcel_id")
    return await _did(request, None, lambda who, row, _: batches.take_out(who, row, parcel_id))


@routes.post(f"{ONE}/hand-over", name="hand_batch_over")
@allow(*SENDERS)
@once
async def hand_over(request: web.Request) -> web.Response:
    """To the driver."""
    return await _did(
        request,
        HandOver,
        lambda who, row, entry: batches.hand_over(who, row, entry.driver_id, entry.temperature),
        say=GONE,
    )


@routes.post(f"{ONE}/cancel", name="cancel_batch")
@allow(*SENDERS)
@once
async def cancel(request: web.Request) -> web.Response:
    """No drive today."""
    return await _did(
        request, None, lambda who, row, _: batches.cancel(who, row), say=DROPPED, to=DESK
    )


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
