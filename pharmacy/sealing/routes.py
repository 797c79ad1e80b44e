"""Sealing a bag at the desk: its number by scanner, its photo by camera."""

from typing import Any, Final

from aiohttp import web
from pydantic import Field

from care.record import uploads
from core import pages
from core.audit import write_refusal
from core.blobs import STORE, Blob
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import LOUD, Form, blank, read_form, refused
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from people.queries import patient_header
from pharmacy.delivery.service import live_of
from pharmacy.dispensing.access import DISPENSERS, open_dispense
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders.models import Way
from pharmacy.sealing import rules, service, showing
from pharmacy.sealing.policy import params

routes = web.RouteTableDef()

PAGE: Final = "/pharmacy/dispensing/{id}/seal"
WAYS: Final = {Way.PICK_UP: "到药房取", Way.VILLAGE: "送村卫生室", Way.DOOR: "送到家"}
DONE: Final = pages.notice("bag-sealed", "封好了。")


class SealIn(Schema):
    """What is on the seal."""

    number: str = Field(min_length=1, max_length=80)


@routes.get(PAGE, name="seal_page")
@allow(*DISPENSERS)
async def show(request: web.Request) -> web.Response:
    """The field for the number and the camera, or the seal that is on it."""
    row = await open_dispense(actor_of(request), path_id(request))
    return await _page(request, row, blank())


async def _page(
    request: web.Request,
    row: MedicationDispense,
    form: Form[Any],
    *,
    kept: Blob | None = None,
) -> web.Response:
    carried = row.order.way is not Way.PICK_UP
    parcel = await live_of(row.order_id)
    return await pages.render(
        request,
        "pharmacy/sealing/seal.html",
        title="封袋",
        status=form.status,
        row=row,
        patient=await patient_header(row.patient_id),
        seal=await service.whole_of(row.id),
        parcel=parcel,
        way=WAYS[row.order.way],
        cold=parcel is not None and parcel.cold,
        carried=carried,
        wants_photo=rules.wants_photo(carried=carried, params=params()),
        form=form,
        loud="" if form.errors else form.loud,
        kept=uploads.token(kept, _owner(actor_of(request), row)) if kept else "",
    )


@routes.post(PAGE, name="seal_bag")
@allow(*DISPENSERS)
@once
async def seal(request: web.Request) -> web.Response:
    """The seal is on the bag. A photo that was taken stays when the number has to be mended."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    form = await read_form(request, SealIn)
    taken = await uploads.receive(
        request, request.app[STORE], fields=("photo",), owner=_owner(actor, row)
    )
    photo = next((one for one in taken.blobs if one.is_picture), None)
    if taken.refusals:
        form.errors["photo"] = taken.refusals[0]
    if form.entry is None or form.errors:
        return await _page(request, row, form, kept=photo)
    try:
        await service.seal(actor, row, form.entry.number, photo)
    except Invalid as problem:
        return await _page(request, row, refused(form, problem), kept=photo)
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_dispense(actor, row.id)
        return await _page(request, fresh, refused(form, problem, at=LOUD), kept=photo)
    raise pages.see_other(f"/pharmacy/dispensing/{row.id}/seal", say=DONE)


@routes.get(f"{PAGE}/photo", name="seal_photo")
@allow(*DISPENSERS)
async def photo(request: web.Request) -> web.Response:
    """What the seal looked like when the bag left the table."""
    row = await open_dispense(actor_of(request), path_id(request))
    return await showing.photo(request, await service.last_of(row.id))


def _owner(actor: Actor, row: MedicationDispense) -> str:
    return f"Seal/{row.id}/{actor.account_id}"
