"""The village doctor's pages: what comes, what waits, and into whose hands it goes."""

from typing import Any, Final

from aiohttp import web
from pydantic import ConfigDict, Field

from core import clock, forms, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import LOUD, Form, Nothing, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
from people.cards.desk import CardRefused
from people.queries import patient_header
from pharmacy.delivery.models import Parcel
from pharmacy.dispatch import giving, readings, rules
from pharmacy.dispatch import queries as roads
from pharmacy.dispatch.giving import Shown
from pharmacy.dispatch.policy import params
from pharmacy.dispatch.schemas import Bag, Given, Reading, Refusal
from pharmacy.sealing import showing
from pharmacy.sealing.models import Seal
from pharmacy.village import queries, service
from pharmacy.village.access import KEEPERS, open_bag, open_batch

routes = web.RouteTableDef()

SHELF: Final = "/village-parcels"
BATCH: Final = SHELF + "/batches/{id}"
BAG: Final = SHELF + "/{id}"
TAKEN_IN: Final = pages.notice("batch-taken-in", "点收好了,居民会收到通知。")
READ: Final = pages.notice("batch-read", "温度记下了。")
GIVEN: Final = pages.notice("bag-given", "已交给居民。")
REFUSED: Final = pages.notice("bag-refused", "已记下,下次送药员来时带回药房。")
SENT: Final = pages.notice("bag-sent-back", "已交给送药员带回药房。")
HERE: Final = (
    ("here", "完好"),
    ("opened", "封签拆开过"),
    ("broken", "破损"),
    ("missing", "没有这一袋"),
)


class Extra(Schema):
    """The seal of a bag that is on no list; the others have a field of their own each."""

    model_config = ConfigDict(extra="ignore")

    extra: str = Field("", max_length=40)


class GivenHere(Given):
    """The same with a health card, or who fetches it, before two witnesses."""

    card: str = Field("", max_length=200)
    witness: str = Field("", max_length=40)


@routes.get(SHELF, name="village_parcels")
@allow(*KEEPERS)
async def shelf(request: web.Request) -> web.Response:
    """What comes, what waits, what goes back."""
    actor = actor_of(request)
    await audit(actor, "parcel.list", f"Organization/{actor.organization_id}")
    return await pages.render(
        request,
        "pharmacy/village/shelf.html",
        title="代收药包",
        coming=await queries.coming(actor),
        waiting=await queries.shelf(actor),
        back=await queries.to_send_back(actor),
        given=await queries.given_lately(actor),
        keep_days=params().keep_days,
    )


@routes.get(BATCH, name="village_batch")
@allow(*KEEPERS)
async def batch(request: web.Request) -> web.Response:
    """One batch against its list."""
    return await _batch(request, blank())


async def _batch(request: web.Request, form: Form[Any]) -> web.Response:
    row = await open_batch(actor_of(request), path_id(request))
    parcels = await roads.bags_in(row)
    return await pages.render(
        request,
        "pharmacy/village/batch.html",
        title="点收药包",
        status=form.status,
        row=row,
        form=form,
        loud=form.loud,
        parcels=parcels,
        open=[one for one in parcels if one.status in service.BEFORE_HERE],
        cold=any(one.cold for one in parcels),
        newest=await roads.last_readings(parcels),
        choices=HERE,
        words=roads,
        degrees=rules.degrees,
    )


@routes.post(f"{BATCH}/bags", name="village_scan")
@allow(*KEEPERS)
@once
@filled(Bag, again=_batch, refusals={Conflict: LOUD})
async def scan(request: web.Request, entry: Bag) -> web.Response:
    """One bag, its seal whole."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    await service.scan_in(actor, row, entry.code)
    raise pages.see_other(f"{SHELF}/batches/{row.id}")


@routes.post(f"{BATCH}/temperature", name="village_read")
@allow(*KEEPERS)
@once
@filled(Reading, again=_batch, refusals={Conflict: LOUD})
async def read(request: web.Request, entry: Reading) -> web.Response:
    """The cold box as it arrived."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    await readings.note_cold(actor, await roads.bags_in(row), entry.temperature)
    raise pages.see_other(f"{SHELF}/batches/{row.id}", say=READ)


@routes.post(f"{BATCH}/arrival", name="village_finish")
@allow(*KEEPERS)
@once
@filled(Extra, again=_batch, refusals={Conflict: LOUD})
async def finish(request: web.Request, entry: Extra) -> web.Response:
    """The rest of the list has its word; the batch is here."""
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    posted, known = await forms.fields(request), {key for key, _ in HERE}
    said = {one.id: str(posted.get(f"bag-{one.id}", "")) for one in await roads.bags_in(row)}
    chosen = {id: word for id, word in said.items() if word in known}
    await service.finish(actor, row, chosen, extra=entry.extra)
    raise pages.see_other(SHELF, say=TAKEN_IN)


@routes.get(BAG, name="village_bag")
@allow(*KEEPERS)
async def bag(request: web.Request) -> web.Response:
    """One bag, and how to give it."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _bag(request, blank(), row)


async def _bag(request: web.Request, form: Form[Any], row: Parcel | None = None) -> web.Response:
    row = row or await open_bag(actor_of(request), path_id(request))
    road = await roads.road_of(row)
    return await pages.render(
        request,
        "pharmacy/village/bag.html",
        title="交给居民",
        status=form.status,
        row=row,
        patient=await patient_header(row.patient_id),
        form=form,
        loud="" if form.errors else form.loud,
        seal=await Seal.get_or_none(number=row.seal_number),
        days=rules.days_since(row.arrived_at or clock.now(), clock.now()),
        receipt=road.receipt,
        words=roads,
    )


@routes.post(f"{BAG}/give", name="village_give")
@allow(*KEEPERS)
@once
@filled(GivenHere, again=_bag, refusals={Conflict: LOUD})
async def give(request: web.Request, entry: GivenHere) -> web.Response:
    """Into somebody's hands."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    try:
        await service.give(actor, row, Shown(**entry.model_dump()))
    except CardRefused as card:
        return await _bag(request, card.form("card"), row)
    raise pages.see_other(SHELF, say=GIVEN)


@routes.post(f"{BAG}/refusal", name="village_refuse")
@allow(*KEEPERS)
@once
@filled(Refusal, again=_bag, refusals={Conflict: LOUD})
async def refuse(request: web.Request, entry: Refusal) -> web.Response:
    """They do not want it."""
    actor = actor_of(request)
    await giving.refuse(actor, await open_bag(actor, path_id(request)), entry.reason)
    raise pages.see_other(SHELF, say=REFUSED)


@routes.post(f"{BAG}/return", name="village_return")
@allow(*KEEPERS)
@once
@filled(Nothing, again=_bag, refusals={Conflict: LOUD})
async def send_back(request: web.Request, _: Nothing) -> web.Response:
    """The driver takes it along."""
    actor = actor_of(request)
    await service.send_back(actor, await open_bag(actor, path_id(request)))
    raise pages.see_other(SHELF, say=SENT)


@routes.get(f"{BAG}/seal", name="village_seal_photo")
@allow(*KEEPERS)
async def seal_photo(request: web.Request) -> web.Response:
    """The seal as it was photographed."""
    row = await open_bag(actor_of(request), path_id(request))
    seal = await Seal.get_or_none(number=row.seal_number).select_related("dispense")
    return await showing.photo(request, seal)
