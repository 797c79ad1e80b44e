"""The dispatch desk: what waits, what left, what is late, what a clinic found wrong."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import LOUD, Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from pharmacy.delivery.models import Parcel
from pharmacy.delivery.states import Carrier
from pharmacy.dispatch import bags, batches, findings, queries, rules, stuck
from pharmacy.dispatch.access import SENDERS, open_place
from pharmacy.dispatch.schemas import Bag
from pharmacy.formulary.models import Pharmacy

routes = web.RouteTableDef()

DESK: Final = "/pharmacy/dispatch"
BATCH: Final = DESK + "/batches"
PARCEL: Final = "/pharmacy/parcels"
SETTLED: Final = pages.notice("finding-settled", "已记下处理结果。")


class NewBatch(Schema):
    """From where, and for which clinic."""

    pharmacy_id: UUID
    clinic_id: UUID


class Settled(Schema):
    """How it was cleared up; `lost`: the bag is nowhere to be found."""

    note: str = Field(min_length=2, max_length=200)
    lost: str = ""


@routes.get(DESK, name="dispatch_desk")
@allow(*SENDERS)
async def desk(request: web.Request) -> web.Response:
    """Everything at once, what is late first."""
    return await _desk(request, blank())


async def _desk(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    places = await queries.places(actor)
    return await pages.render(
        request,
        "pharmacy/dispatch/desk.html",
        title="送药",
        status=form.status,
        form=form,
        loud=form.loud,
        clinics=await queries.clinics(actor),
        door=await queries.sealed(actor, Carrier.COURIER, Carrier.OWN),
        unsealed=await queries.unsealed(actor),
        stuck=await stuck.listed(actor),
        overdue=await queries.overdue(actor),
        findings=await queries.findings(actor),
        gone=await queries.gone(actor),
        places=places,
        place_options=[(str(one.id), one.name) for one in places],
        all_clinics=await queries.all_clinics(),
        words=queries,
        degrees=rules.degrees,
    )


@routes.post(f"{DESK}/scan", name="scan_bag")
@allow(*SENDERS)
@once
@filled(Bag, again=_desk, refusals={Conflict: LOUD})
async def scan(request: web.Request, entry: Bag) -> web.Response:
    """A bag for a clinic goes into that clinic's batch; any other opens its page."""
    raise pages.see_other(await _led_on(actor_of(request), entry.code))


async def _led_on(actor: Actor, text: str) -> str:
    parcel = await bags.by_text(text)
    place = await _own(actor, parcel)
    if parcel.carrier is not Carrier.VILLAGE or parcel.clinic_id is None:
        return f"{PARCEL}/{parcel.id}"
    why = rules.why_not_leave((await bags.held(parcel)).facts)
    if why is not None:
        raise Conflict(why.code, why.sentence)
    batch = await batches.batch_for(actor, place, parcel.clinic_id)
    await batches.put_in(actor, batch, text)
    return f"{BATCH}/{batch.id}"


async def _own(actor: Actor, parcel: Parcel) -> Pharmacy:
    await parcel.fetch_related("pharmacy")
    if parcel.pharmacy.organization_id != actor.organization_id:
        raise bags.unknown()
    found: Pharmacy = parcel.pharmacy
    return found


@routes.post(BATCH, name="begin_batch")
@allow(*SENDERS)
@once
@filled(NewBatch, again=_desk)
async def begin(request: web.Request, entry: NewBatch) -> web.Response:
    """Today's batch for one clinic: a new one, or the one that is open."""
    actor = actor_of(request)
    place = await open_place(actor, entry.pharmacy_id)
    batch = await batches.batch_for(actor, place, entry.clinic_id)
    raise pages.see_other(f"{BATCH}/{batch.id}")


async def _unsettled(request: web.Request, form: Form[Any]) -> web.Response:
    """The findings stand in a list and have no fields of their own to say it at."""
    said = form.refusal or Invalid("note", "请写一句怎么处理的。")
    return await _desk(request, Form({}, {}, None, said))


@routes.post(f"{DESK}/findings/{{id}}", name="settle_finding")
@allow(*SENDERS)
@once
@filled(Settled, again=_unsettled, refusals={Conflict: LOUD})
async def settle(request: web.Request, entry: Settled) -> web.Response:
    """Somebody has cleared up what a clinic found wrong."""
    actor = actor_of(request)
    found = await findings.open_finding(actor, path_id(request))
    await findings.settle(actor, found, entry.note, lost=bool(entry.lost))
    raise pages.see_other(DESK, say=SETTLED)
