"""The counter: orders as the pharmacy sees them, cash, and who comes without a phone."""

from typing import Any, Final

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import audit, refused
from core.doors import allow
from core.errors import Conflict, FieldError, Invalid
from core.forms import LOUD, Form, Nothing, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from core.money import yuan
from people.actor import Actor, actor_of
from people.queries import patient_header
from pharmacy.dispensing import queries
from pharmacy.dispensing.access import DISPENSERS, open_order
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.routes.desk import DESK, Reason
from pharmacy.orders import cash, offers, service, troubles, words
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.queries import order_of
from pharmacy.prescribing.models import MedicationRequest

routes = web.RouteTableDef()

ORDER: Final = "/pharmacy/orders/{id}"
TAKEN: Final = pages.notice("drug-cash-taken", "已收现金,可以配药了。")
GIVEN: Final = pages.notice("drug-cash-given", "现金已退。")
ANSWERED: Final = pages.notice("trouble-answered", "答复已经发给居民。")
UNKNOWN: Final = "没有这个处方号,请看处方笺核对。"


class Number(Schema):
    """The number on the paper."""

    number: str = Field(min_length=4, max_length=24)


@routes.get("/pharmacy/counter", name="drug_counter")
@allow(*DISPENSERS)
async def counter(request: web.Request) -> web.Response:
    """Somebody stands here with a prescription."""
    return await _counter(request, blank())


async def _counter(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "pharmacy/dispensing/counter.html",
        title="窗口收费",
        status=form.status,
        form=form,
    )


@routes.post("/pharmacy/counter", name="order_at_counter")
@allow(*DISPENSERS)
@once
@filled(Number, again=_counter, refusals={Conflict: "number"})
async def order(request: web.Request, entry: Number) -> web.Response:
    """By the number on the paper: its order here, made when there is none."""
    row = await _order(actor_of(request), entry.number)
    raise pages.see_other(f"/pharmacy/orders/{row.id}")


async def _order(actor: Actor, number: str) -> MedicationOrder:
    found = await MedicationRequest.get_or_none(number=number.strip().upper())
    if found is None:
        missing = Invalid("unknown", UNKNOWN, errors=[FieldError("number", UNKNOWN)])
        raise refused(missing, actor, "medication_order.find", "MedicationRequest/*")
    about = f"MedicationRequest/{found.id}"
    await audit(actor, "medication_order.find", about, patient_id=found.patient_id)
    live = await order_of(found.id)
    if live is not None:
        if live.organization_id != actor.organization_id:
            raise Conflict("ordered_elsewhere", "这张处方已经在别的药房下单了。")
        return live
    place = await queries.own_pharmacy(actor)
    if place is None:
        raise Conflict("no_pharmacy", "您所在的机构没有登记药房,请找管理员。")
    return await service.place(actor, found.id, place.id)


@routes.get(ORDER, name="drug_order")
@allow(*DISPENSERS)
async def one(request: web.Request) -> web.Response:
    """One order: what it costs, how it was paid, what may be done."""
    actor = actor_of(request)
    row = await open_order(actor, path_id(request))
    about = service.subject_of(row.id)
    await audit(actor, "medication_order.open", about, patient_id=row.patient_id)
    return await _one(request, blank(), row)


async def _one(
    request: web.Request, form: Form[Any], row: MedicationOrder | None = None
) -> web.Response:
    row = row or await open_order(actor_of(request), path_id(request))
    kind, word = queries.ORDERED[row.status]
    return await pages.render(
        request,
        "pharmacy/dispensing/order.html",
        title=f"药费 {row.request.number or ''}".strip(),
        status=form.status,
        row=row,
        rx=row.request,
        patient=await patient_header(row.patient_id),
        kind=kind,
        word=word,
        form=form,
        loud=form.loud,
        paid=queries.PAID[row.payment],
        lines=await offers.lines_of([row.request_id]),
        how_much=words.how_much,
        yuan=yuan,
        cash=await queries.cash_of(row.id),
        dispense=await MedicationDispense.get_or_none(order_id=row.id),
        desk=DESK,
        troubles=await troubles.of_order(row.id),
        kinds=troubles.NAMES,
    )


@routes.post(f"{ORDER}/cash", name="take_drug_cash")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def take(request: web.Request, _: Nothing) -> web.Response:
    """The price was paid here."""
    actor = actor_of(request)
    row = await open_order(actor, path_id(request))
    await cash.take(actor, row)
    raise pages.see_other(f"/pharmacy/orders/{row.id}", say=TAKEN)


@routes.post(f"{ORDER}/cash-refund", name="give_drug_cash_back")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def give_back(request: web.Request, _: Nothing) -> web.Response:
    """The refund was paid out here."""
    actor = actor_of(request)
    row = await open_order(actor, path_id(request))
    await cash.give_back(actor, row)
    raise pages.see_other(f"/pharmacy/orders/{row.id}", say=GIVEN)


class Answer(Schema):
    """What the resident reads."""

    answer: str = Field(min_length=2, max_length=200)


@routes.post(f"{ORDER}/trouble", name="answer_trouble")
@allow(*DISPENSERS)
@once
@filled(Answer, again=_one, refusals={Conflict: LOUD})
async def answer(request: web.Request, entry: Answer) -> web.Response:
    """The pharmacy has looked into what the resident reported."""
    actor = actor_of(request)
    row = await open_order(actor, path_id(request))
    await troubles.settle(actor, row, entry.answer)
    raise pages.see_other(f"/pharmacy/orders/{row.id}", say=ANSWERED)


@routes.post(f"{ORDER}/quality", name="take_drugs_back")
@allow(*DISPENSERS)
@once
@filled(Reason, again=_one, refusals={Conflict: LOUD})
async def quality(request: web.Request, entry: Reason) -> web.Response:
    """Something is wrong with what was handed out: the money goes back."""
    actor = actor_of(request)
    row = await open_order(actor, path_id(request))
    await service.take_back(actor, row.id, entry.reason)
    raise pages.see_other(f"/pharmacy/orders/{row.id}")
