"""The driver's pages, for one thumb."""

from typing import Any, Final

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import LOUD, Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
from people.cards.desk import CardRefused
from pharmacy.delivery.models import Parcel
from pharmacy.dispatch import giving, queries, readings, rules
from pharmacy.dispatch.bags import clinic_name
from pharmacy.dispatch.giving import Shown
from pharmacy.dispatch.schemas import Given, Reading, Refusal
from pharmacy.runs import queries as runs
from pharmacy.runs.access import DRIVERS, open_bag, open_stop
from pharmacy.sealing import showing
from pharmacy.sealing.models import Seal

routes = web.RouteTableDef()

RUNS: Final = "/runs"
BAG: Final = RUNS + "/bags/{id}"
STOP: Final = RUNS + "/clinics/{id}"
GIVEN: Final = pages.notice("run-given", "已交给居民。")
BACK: Final = pages.notice("run-back", "已记下,请带回药房。")
TRIED: Final = pages.notice("run-tried", "已记下没有人在,药房会联系居民。")
READ: Final = pages.notice("run-read", "温度记下了。")


class Tried(Schema):
    """What was found at the door."""

    words: str = Field("", max_length=150)


@routes.get(RUNS, name="runs")
@allow(*DRIVERS)
async def day(request: web.Request) -> web.Response:
    """Where to go, in order."""
    actor = actor_of(request)
    found = await runs.stops(actor)
    await audit(actor, "run.open", f"Practitioner/{actor.practitioner_id}")
    return await pages.render(
        request,
        "pharmacy/runs/day.html",
        title="今天要送的",
        stops=[one for one in found if not one.done],
        done=[one for one in found if one.done],
        back=await runs.to_bring_back(actor),
    )


@routes.get(STOP, name="run_stop")
@allow(*DRIVERS)
async def stop(request: web.Request) -> web.Response:
    """A clinic: which bags go there."""
    return await _stop(request, blank())


async def _stop(request: web.Request, form: Form[Any]) -> web.Response:
    row = await open_stop(actor_of(request), path_id(request))
    parcels = await queries.bags_in(row)
    return await pages.render(
        request,
        "pharmacy/runs/stop.html",
        title=await clinic_name(row.clinic_id),
        status=form.status,
        row=row,
        form=form,
        loud="" if form.errors else form.loud,
        parcels=parcels,
        cold=any(one.cold for one in parcels),
        newest=await queries.last_readings(parcels),
        words=queries,
        degrees=rules.degrees,
    )


@routes.post(f"{STOP}/temperature", name="read_stop")
@allow(*DRIVERS)
@once
@filled(Reading, again=_stop, refusals={Conflict: LOUD})
async def read_stop(request: web.Request, entry: Reading) -> web.Response:
    """The cold box on its way to a clinic."""
    actor = actor_of(request)
    row = await open_stop(actor, path_id(request))
    await readings.note_cold(actor, await queries.bags_in(row), entry.temperature)
    raise pages.see_other(f"{RUNS}/clinics/{row.id}", say=READ)


@routes.get(BAG, name="run_bag")
@allow(*DRIVERS)
async def bag(request: web.Request) -> web.Response:
    """One door: who, where, and what may happen there."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _bag(request, blank(), row)


async def _bag(request: web.Request, form: Form[Any], row: Parcel | None = None) -> web.Response:
    row = row or await open_bag(actor_of(request), path_id(request))
    return await pages.render(
        request,
        "pharmacy/runs/bag.html",
        title=row.recipient_name,
        status=form.status,
        row=row,
        form=form,
        loud="" if form.errors else form.loud,
        seal=await Seal.get_or_none(number=row.seal_number),
        newest=(await queries.last_readings([row])).get(row.id),
        words=queries,
        degrees=rules.degrees,
    )


@routes.post(f"{BAG}/give", name="run_give")
@allow(*DRIVERS)
@once
@filled(Given, again=_bag, refusals={CardRefused: LOUD, Conflict: LOUD})
async def give(request: web.Request, entry: Given) -> web.Response:
    """Into somebody's hands."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await giving.give(actor, row, Shown(**entry.model_dump()))
    raise pages.see_other(RUNS, say=GIVEN)


@routes.post(f"{BAG}/refusal", name="run_refuse")
@allow(*DRIVERS)
@once
@filled(Refusal, again=_bag, refusals={Conflict: LOUD})
async def refuse(request: web.Request, entry: Refusal) -> web.Response:
    """They do not want it."""
    actor = actor_of(request)
    await giving.refuse(actor, await open_bag(actor, path_id(request)), entry.reason)
    raise pages.see_other(RUNS, say=BACK)


@routes.post(f"{BAG}/damage", name="run_damage")
@allow(*DRIVERS)
@once
@filled(Refusal, again=_bag, refusals={Conflict: LOUD})
async def damage(request: web.Request, entry: Refusal) -> web.Response:
    """Broken, wet, open: nobody is given it."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await giving.refuse(actor, row, entry.reason, action="damaged")
    raise pages.see_other(RUNS, say=BACK)


@routes.post(f"{BAG}/attempt", name="run_attempt")
@allow(*DRIVERS)
@once
@filled(Tried, again=_bag, refusals={Conflict: LOUD})
async def attempt(request: web.Request, entry: Tried) -> web.Response:
    """Nobody there."""
    actor = actor_of(request)
    await giving.nobody_there(actor, await open_bag(actor, path_id(request)), entry.words)
    raise pages.see_other(RUNS, say=TRIED)


@routes.post(f"{BAG}/temperature", name="run_read")
@allow(*DRIVERS)
@once
@filled(Reading, again=_bag, refusals={Conflict: LOUD})
async def read(request: web.Request, entry: Reading) -> web.Response:
    """The logger was looked at on the way."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await readings.note_cold(actor, [row], entry.temperature)
    raise pages.see_other(f"{RUNS}/bags/{row.id}", say=READ)


@routes.get(f"{BAG}/seal", name="run_seal_photo")
@allow(*DRIVERS)
async def seal_photo(request: web.Request) -> web.Response:
    """The seal as it was photographed."""
    row = await open_bag(actor_of(request), path_id(request))
    seal = await Seal.get_or_none(number=row.seal_number).select_related("dispense")
    return await showing.photo(request, seal)
