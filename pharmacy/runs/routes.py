"""The driver's pages, for one thumb."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit, write_refusal
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from people.cards.desk import CardRefused
from pharmacy.delivery.models import Parcel
from pharmacy.dispatch import giving, queries, readings, rules
from pharmacy.dispatch.bags import clinic_name
from pharmacy.dispatch.giving import Shown
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


class GiveIn(Schema):
    """The code, or name and document; what the logger shows."""

    code: str = Field("", max_length=20)
    name: str = Field("", max_length=40)
    document: str = Field("", max_length=20)
    taker: str = Field("", max_length=40)
    relation: str = Field("", max_length=20)
    temperature: str = Field("", max_length=20)


class Reason(Schema):
    """Why not."""

    reason: str = Field(min_length=2, max_length=200)


class Tried(Schema):
    """What was found at the door."""

    words: str = Field("", max_length=150)


class Reading(Schema):
    """What the logger shows."""

    temperature: str = Field(min_length=1, max_length=20)


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


async def _stop(
    request: web.Request, form: Form[Any], *, status: int = 200, loud: str = ""
) -> web.Response:
    row = await open_stop(actor_of(request), path_id(request))
    parcels = await queries.bags_in(row)
    return await pages.render(
        request,
        "pharmacy/runs/stop.html",
        title=await clinic_name(row.clinic_id),
        status=status,
        row=row,
        form=form,
        loud=loud,
        parcels=parcels,
        cold=any(one.cold for one in parcels),
        newest=await queries.last_readings(parcels),
        words=queries,
        degrees=rules.degrees,
    )


@routes.post(f"{STOP}/temperature", name="read_stop")
@allow(*DRIVERS)
@once
async def read_stop(request: web.Request) -> web.Response:
    """The cold box on its way to a clinic."""
    actor = actor_of(request)
    row = await open_stop(actor, path_id(request))
    form = await read_form(request, Reading)
    if form.entry is None:
        return await _stop(request, form, status=422)
    try:
        parcels = await queries.bags_in(row)
        await readings.note_cold(actor, parcels, form.entry.temperature)
    except Invalid as problem:
        return await _stop(request, with_problem(form, problem), status=422)
    except Conflict as problem:
        return await _stop(request, form, status=409, loud=problem.detail)
    raise pages.see_other(f"{RUNS}/clinics/{row.id}", say=READ)


@routes.get(BAG, name="run_bag")
@allow(*DRIVERS)
async def bag(request: web.Request) -> web.Response:
    """One door: who, where, and what may happen there."""
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    await audit(actor, "parcel.open", f"Parcel/{row.id}", patient_id=row.patient_id)
    return await _bag(request, row, blank())


async def _bag(
    request: web.Request, row: Parcel, form: Form[Any], *, status: int = 200, loud: str = ""
) -> web.Response:
    return await pages.render(
        request,
        "pharmacy/runs/bag.html",
        title=row.recipient_name,
        status=status,
        row=row,
        form=form,
        loud=loud,
        seal=await Seal.get_or_none(number=row.seal_number),
        newest=(await queries.last_readings([row])).get(row.id),
        words=queries,
        degrees=rules.degrees,
    )


async def _did(
    request: web.Request,
    model: type[Schema],
    verb: Callable[[Actor, Parcel, Any], Awaitable[object]],
    *,
    say: str,
    stay: bool = False,
) -> web.Response:
    actor = actor_of(request)
    row = await open_bag(actor, path_id(request))
    form: Form[Any] = await read_form(request, model)
    if form.entry is None:
        return await _bag(request, row, form, status=422)
    try:
        await verb(actor, row, form.entry)
    except CardRefused as problem:
        return await _bag(request, row, form, status=422, loud=problem.detail)
    except Invalid as problem:
        return await _bag(request, row, with_problem(form, problem), status=422)
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_bag(actor, row.id)
        return await _bag(request, fresh, form, status=409, loud=problem.detail)
    raise pages.see_other(f"{RUNS}/bags/{row.id}" if stay else RUNS, say=say)


@routes.post(f"{BAG}/give", name="run_give")
@allow(*DRIVERS)
@once
async def give(request: web.Request) -> web.Response:
    """Into somebody's hands."""
    return await _did(
        request,
        GiveIn,
        lambda who, row, entry: giving.give(who, row, Shown(**entry.model_dump())),
        say=GIVEN,
    )


@routes.post(f"{BAG}/refusal", name="run_refuse")
@allow(*DRIVERS)
@once
async def refuse(request: web.Request) -> web.Response:
    """They do not want it."""
    return await _did(
        request, Reason, lambda who, row, entry: giving.refuse(who, row, entry.reason), say=BACK
    )


@routes.post(f"{BAG}/damage", name="run_damage")
@allow(*DRIVERS)
@once
async def damage(request: web.Request) -> web.Response:
    """Broken, wet, open: nobody is given it."""
    return await _did(
        request,
        Reason,
        lambda who, row, entry: giving.refuse(who, row, entry.reason, action="damaged"),
        say=BACK,
    )


@routes.post(f"{BAG}/attempt", name="run_attempt")
@allow(*DRIVERS)
@once
async def attempt(request: web.Request) -> web.Response:
    """Nobody there."""
    return await _did(
        request,
        Tried,
        lambda who, row, entry: giving.nobody_there(who, row, entry.words),
        say=TRIED,
    )


@routes.post(f"{BAG}/temperature", name="run_read")
@allow(*DRIVERS)
@once
async def read(request: web.Request) -> web.Response:
    """The logger was looked at on the way."""
    return await _did(
        request,
        Reading,
        lambda who, row, entry: readings.note_cold(who, [row], entry.temperature),
        say=READ,
        stay=True,
    )


@routes.get(f"{BAG}/seal", name="run_seal_photo")
@allow(*DRIVERS)
async def seal_photo(request: web.Request) -> web.Response:
    """The seal as it was photographed."""
    row = await open_bag(actor_of(request), path_id(request))
    seal = await Seal.get_or_none(number=row.seal_number).select_related("dispense")
    return await showing.photo(request, seal)
