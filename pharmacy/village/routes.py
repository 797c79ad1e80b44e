"""The village doctor's pages: what comes, what waits, and into whose hands it goes."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import ConfigDict, Field

from core import clock, forms, pages
from core.audit import audit, write_refusal
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from people.cards.desk import CardRefused
from people.queries import patient_header
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.dispatch import giving, readings, rules
from pharmacy.dispatch import queries as roads
from pharmacy.dispatch.giving import Shown
from pharmacy.dispatch.policy import params
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


class Bag(Schema):
    """What was scanned."""

    code: str = Field(min_length=1, max_length=80)


class Reading(Schema):
    """What the logger shows."""

    temperature: str = Field(min_length=1, max_length=20)


class Extra(Schema):
    """The seal of a bag that is on no list; the others have a field of their own each."""

    model_config = ConfigDict(extra="ignore")

    extra: str = Field("", max_length=40)


class GiveIn(Schema):
    """Code; name and document; card; or who fetches it, before two witnesses."""

    code: str = Field("", max_length=20)
    name: str = Field("", max_length=40)
    document: str = Field("", max_length=20)
    card: str = Field("", max_length=200)
    taker: str = Field("", max_length=40)
    relation: str = Field("", max_length=20)
    witness: str = Field("", max_length=40)
    temperature: str = Field("", max_length=20)


class Reason(Schema):
    """Why not."""

    reason: str = Field(min_length=2, max_length=200)


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
    return await _batch(request, await open_batch(actor_of(request), path_id(request)), blank())


async def _batch(
    request: web.Request, row: Batch, form: Form[Any], *, status: int = 200, loud: str = ""
) -> web.Response:
    parcels = await roads.bags_in(row)
    return await pages.render(
        request,
        "pharmacy/village/batch.html",
        title="点收药包",
        status=status,
        row=row,
        form=form,
        loud=loud,
        parcels=parcels,
        open=[one for one in parcels if one.status in service.BEFORE_HERE],
        cold=any(one.cold for one in parcels),
        newest=await roads.last_readings(parcels),
        choices=HERE,
        words=roads,
        degrees=rules.degrees,
    )


async def _took(
    request: web.Request,
    model: type[Schema],
    verb: Callable[[Actor, Batch, Any], Awaitable[object]],
    *,
    say: str = "",
    to: str = "",
) -> web.Response:
    actor = actor_of(request)
    row = await open_batch(actor, path_id(request))
    form: Form[Any] = await read_form(request, model)
    if form.entry is None:
        return await _batch(request, row, form, status=422)
    try:
        await verb(actor, row, form.entry)
    except Invalid as problem:
        wrong = with_problem(form, problem)
        return await _batch(request, row, wrong, status=422, loud=problem.detail)
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_batch(actor, row.id)
        return await _batch(request, fresh, form, status=409, loud=problem.detail)
    raise pages.see_other(to or f"{SHELF}/batches/{row.id}", say=say)


@routes.post(f"{BATCH}/bags", name="village_scan")
@allow(*KEEPERS)
@once
async def scan(request: web.Request) -> web.Response:
    """One bag, its seal whole."""
    return await _took(request, Bag, lambda who, row, entry: service.scan_in(who, row, entry.code))


@routes.post(f"{BATCH}/temperature", name="village_read")
@allow(*KEEPERS)
@once
async def read(request: web.Request) -> web.Response:
    """The cold box as it arrived."""

    async def note(actor: Actor, row: Batch, entry: Reading) -> None:
        await readings.note_cold(actor, await roads.bags_in(row), entry.temperature)

    return await _took(request, Reading, note, say=READ)


@routes.post(f"{BATCH}/arrival", name="village_finish")
@allow(*KEEPERS)
@once
async def finish(request: web.Request) -> web.Response:
    """The rest of the list has its word; the batch is here."""
    posted = await forms.fields(request)
    said = {key.removeprefix("bag-"): str(value) for key, value in posted.items()}
    known = {key for key, _ in HERE}

    async def close(actor: Actor, row: Batch, entry: Extra) -> None:
        parcels = await roads.bags_in(row)
        words: dict[UUID, str] = {one.id: said.get(str(one.id), "") for one in parcels}
        chosen = {id: word for id, word in words.items() if word in known}
        await service.finish(actor, row, chosen, extra=entry.extra)

    return await _took(request, Extra, close, say=TAKEN_IN, to=SHELF)


@routes.get(BAG, name="village_bag")
@allow(*KEEPERS)
async def bag(request: web.Request) -> web.Response:
    """One bag, and how to give it."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _bag(request, row, blank())


async def _bag(
    request: web.Request, row: Parcel, form: Form[Any], *, status: int = 200, loud: str = ""
) -> web.Response:
    road = await roads.road_of(row)
    return await pages.render(
        request,
        "pharmacy/village/bag.html",
        title="交给居民",
        status=status,
        row=row,
        patient=await patient_header(row.patient_id),
        form=form,
        loud=loud,
        seal=await Seal.get_or_none(number=row.seal_number),
        days=rules.days_since(row.arrived_at or clock.now(), clock.now()),
        receipt=road.receipt,
        words=roads,
    )


async def _did(
    request: web.Request,
    model: type[Schema] | None,
    verb: Callable[[Actor, Parcel, Any], Awaitable[object]],
    *,
    say: str,
) -> web.Response:
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    form: Form[Any] = await read_form(request, model) if model else blank()
    if model and form.entry is None:
        return await _bag(request, row, form, status=422)
    try:
        await verb(actor, row, form.entry)
    except CardRefused as problem:
        return await _bag(request, row, problem.form("card"), status=422, loud=problem.detail)
    except Invalid as problem:
        return await _bag(request, row, with_problem(form, problem), status=422)
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_bag(actor, row.id)
        return await _bag(request, fresh, form, status=409, loud=problem.detail)
    raise pages.see_other(SHELF, say=say)


@routes.post(f"{BAG}/give", name="village_give")
@allow(*KEEPERS)
@once
async def give(request: web.Request) -> web.Response:
    """Into somebody's hands."""
    return await _did(
        request,
        GiveIn,
        lambda who, row, entry: service.give(who, row, Shown(**entry.model_dump())),
        say=GIVEN,
    )


@routes.post(f"{BAG}/refusal", name="village_refuse")
@allow(*KEEPERS)
@once
async def refuse(request: web.Request) -> web.Response:
    """They do not want it."""
    return await _did(
        request, Reason, lambda who, row, entry: giving.refuse(who, row, entry.reason), say=REFUSED
    )


@routes.post(f"{BAG}/return", name="village_return")
@allow(*KEEPERS)
@once
async def send_back(request: web.Request) -> web.Response:
    """The driver takes it along."""
    return await _did(request, None, lambda who, row, _: service.send_back(who, row), say=SENT)


@routes.get(f"{BAG}/seal", name="village_seal_photo")
@allow(*KEEPERS)
async def seal_photo(request: web.Request) -> web.Response:
    """The seal as it was photographed."""
    row = await open_bag(actor_of(request), path_id(request))
    seal = await Seal.get_or_none(number=row.seal_number).select_related("dispense")
    return await showing.photo(request, seal)
