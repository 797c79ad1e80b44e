"""The dispenser's desk: the list, one dispense from the first scan to the hand-over, the label."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import write_refusal
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from pharmacy.dispensing import access, picking, queries, reports, rules, service, trace
from pharmacy.dispensing.access import DISPENSERS, open_dispense
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.orders import troubles, words
from pharmacy.orders.models import Way

routes = web.RouteTableDef()

DESK: Final = "/pharmacy/dispensing"
ONE: Final = DESK + "/{id}"
PICKED: Final = pages.notice("drugs-picked", "已交核对,请另一位药师核对。")
READY: Final = pages.notice("drugs-ready", "核对好了,已通知居民来取。")
CHECKED: Final = pages.notice("drugs-checked", "核对好了,请封袋。")
HANDED: Final = pages.notice("drugs-handed", "已发药。")
AWAY: Final = pages.notice("drugs-away", "已放回,这一单结束了。")
SEEN: Final = pages.notice("trace-seen", "已记下查到的情况。")
BACK: Final = pages.notice("drugs-back", "已退回重拣。")
STOPPED: Final = pages.notice("drugs-stopped", "已停止这一单,钱会退给居民。请把药放回货架。")


class Code(Schema):
    """What the scanner typed; `lot_id` when another lot is taken than the first to expire."""

    code: str = Field(min_length=1, max_length=trace.LONGEST)
    lot_id: UUID | None = None


class NoCode(Schema):
    """Units without a code."""

    line_id: UUID
    units: int = Field(ge=1, le=1_000_000)
    reason: str = Field(min_length=1, max_length=20)


class Boxes(Schema):
    """The ten that were ticked."""

    boxes: Annotated[list[str], Field(max_length=len(rules.TEN))] = []


class Reason(Schema):
    """Why."""

    reason: str = Field(min_length=2, max_length=200)


class Note(Schema):
    """What was found."""

    note: str = Field("", max_length=200)


class Shown(Schema):
    """The pick-up code, or the name and the end of the document."""

    code: str = Field("", max_length=80)
    name: str = Field("", max_length=40)
    document: str = Field("", max_length=20)


@routes.get(DESK, name="dispensing_desk")
@allow(*DISPENSERS)
async def desk(request: web.Request) -> web.Response:
    """What is to be done, and the field for the pick-up code."""
    return await _desk(request, blank())


async def _desk(request: web.Request, form: Form[Any], *, status: int = 200) -> web.Response:
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/dispensing/desk.html",
        title="配药发药",
        status=status,
        form=form,
        rows=await queries.desk(actor),
        unpaid=await queries.to_be_paid(actor),
        reports=await reports.open_ones(actor),
        seen=await reports.seen_ones(actor),
        troubles=await troubles.waiting(actor),
        kinds=troubles.NAMES,
        words=queries,
    )


@routes.post(f"{DESK}/pick-up", name="find_pick_up")
@allow(*DISPENSERS)
async def find(request: web.Request) -> web.Response:
    """A resident shows the code: the page to hand over opens, the code already in its field."""
    form, actor = await read_form(request, Code), actor_of(request)
    if form.entry is None:
        return await _desk(request, form, status=422)
    try:
        found = await service.by_code(actor, form.entry.code)
    except Invalid as problem:
        return await _desk(request, with_problem(form, problem), status=422)
    except Conflict as problem:
        return await _desk(request, Form(form.values, {"code": problem.detail}, None), status=409)
    row = await open_dispense(actor, found.id)
    return await _one(request, row, blank(code=found.code))


@routes.post(f"{DESK}/reports/{{id}}/seen", name="see_trace_report")
@allow(*DISPENSERS)
@once
async def see(request: web.Request) -> web.Response:
    """Somebody has looked into a code that turned up twice."""
    form, actor = await read_form(request, Note), actor_of(request)
    try:
        await reports.see(actor, path_id(request), form.entry.note if form.entry else "")
    except Invalid as problem:
        return await _desk(request, with_problem(form, problem), status=422)
    raise pages.see_other(DESK, say=SEEN)


@routes.get(ONE, name="dispensing_one")
@allow(*DISPENSERS)
async def one(request: web.Request) -> web.Response:
    """One dispense, and what is to be done with it now."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await access.looked_at(actor, row)
    return await _one(request, row, blank())


async def _one(
    request: web.Request,
    row: MedicationDispense,
    form: Form[Any],
    *,
    status: int = 200,
    loud: str = "",
) -> web.Response:
    kind, word = queries.WORDS[row.status]
    return await pages.render(
        request,
        "pharmacy/dispensing/dispense.html",
        title=f"配药 {row.request.number or ''}".strip(),
        status=status,
        row=row,
        order=row.order,
        rx=row.request,
        patient=await queries.header(row),
        allergies=await queries.allergies(row),
        kind=kind,
        word=word,
        form=form,
        loud=loud,
        lines=await queries.wanted(row),
        picks=await queries.picked(row),
        dosage=words.dosage,
        how_much=words.how_much,
        paid=queries.PAID,
        four=rules.FOUR,
        ten=rules.TEN,
        no_code=rules.NO_CODE,
        carried=row.order.way is not Way.PICK_UP,
        diagnoses=row.request.content.get("diagnosis", []),
    )


async def _did(
    request: web.Request,
    model: type[Schema] | None,
    verb: Callable[[Actor, MedicationDispense, Any], Awaitable[object]],
    *,
    say: str = "",
    to_desk: bool = False,
    to: str = "",
) -> web.Response:
    """Parse, one verb, and back to the page; what is refused is said there, loudly."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    form: Form[Any] = await read_form(request, model) if model else blank()
    if model and form.entry is None:
        return await _one(request, row, form, status=422)
    try:
        await verb(actor, row, form.entry)
    except Invalid as problem:
        fresh = await open_dispense(actor, row.id)
        wrong = with_problem(form, problem)
        return await _one(request, fresh, wrong, status=422, loud=problem.detail)
    except Conflict as problem:
        await write_refusal(problem)
        fresh = await open_dispense(actor, row.id)
        return await _one(request, fresh, form, status=409, loud=problem.detail)
    raise pages.see_other(DESK if to_desk else to or f"{DESK}/{row.id}", say=say)


@routes.post(f"{ONE}/picking", name="take_dispense")
@allow(*DISPENSERS)
@once
async def take(request: web.Request) -> web.Response:
    """Begin to pick."""
    return await _did(request, None, lambda actor, row, _: service.take(actor, row))


@routes.post(f"{ONE}/scan", name="scan_drug")
@allow(*DISPENSERS)
@once
async def scan(request: web.Request) -> web.Response:
    """One pack."""
    return await _did(
        request,
        Code,
        lambda actor, row, entry: picking.scan(actor, row, entry.code, lot_id=entry.lot_id),
    )


@routes.post(f"{ONE}/no-code", name="pick_without_code")
@allow(*DISPENSERS)
@once
async def no_code(request: web.Request) -> web.Response:
    """Units that carry no code, with the reason."""
    return await _did(
        request,
        NoCode,
        lambda actor, row, entry: picking.pick_without_code(
            actor, row, entry.line_id, units=entry.units, reason=entry.reason
        ),
    )


@routes.post(f"{ONE}/picks/{{pick_id}}/undo", name="undo_pick")
@allow(*DISPENSERS)
@once
async def undo(request: web.Request) -> web.Response:
    """Back on the shelf."""
    pick_id = path_id(request, "pick_id")
    return await _did(request, None, lambda actor, row, _: picking.undo(actor, row, pick_id))


@routes.post(f"{ONE}/picked", name="finish_picking")
@allow(*DISPENSERS)
@once
async def finish(request: web.Request) -> web.Response:
    """To the second person."""
    verb = service.finish
    return await _did(request, None, lambda actor, row, _: verb(actor, row), say=PICKED)


@routes.post(f"{ONE}/check", name="check_dispense")
@allow(*DISPENSERS)
@once
async def check(request: web.Request) -> web.Response:
    """四查十对."""
    row = await open_dispense(actor_of(request), path_id(request))
    carried = row.order.way is not Way.PICK_UP
    return await _did(
        request,
        Boxes,
        lambda actor, row, entry: service.check(actor, row, entry.boxes),
        say=CHECKED if carried else READY,
        to=f"{DESK}/{row.id}/seal" if carried else "",
    )


@routes.post(f"{ONE}/return", name="return_dispense")
@allow(*DISPENSERS)
@once
async def send_back(request: web.Request) -> web.Response:
    """Wrong in the basket, or wrong after all on the shelf of what is ready: picked anew."""

    async def again(actor: Actor, row: MedicationDispense, entry: Reason) -> None:
        verb = service.reopen if row.status is Status.READY else service.send_back
        await verb(actor, row, entry.reason)

    return await _did(request, Reason, again, say=BACK)


@routes.post(f"{ONE}/hand-over", name="hand_over")
@allow(*DISPENSERS)
@once
async def hand_over(request: web.Request) -> web.Response:
    """Out of the house."""
    return await _did(
        request,
        Shown,
        lambda actor, row, entry: service.hand_over(
            actor, row, code=entry.code, name=entry.name, document=entry.document
        ),
        say=HANDED,
        to_desk=True,
    )


@routes.post(f"{ONE}/stop", name="stop_dispense")
@allow(*DISPENSERS)
@once
async def stop(request: web.Request) -> web.Response:
    """It cannot be filled, or nobody came."""
    return await _did(
        request,
        Reason,
        lambda actor, row, entry: service.cannot_fill(actor, row, entry.reason),
        say=STOPPED,
        to_desk=True,
    )


@routes.post(f"{ONE}/put-back", name="put_back")
@allow(*DISPENSERS)
@once
async def put_back(request: web.Request) -> web.Response:
    """Everything is on the shelf again."""
    verb = service.put_back
    return await _did(request, None, lambda actor, row, _: verb(actor, row), say=AWAY, to_desk=True)


@routes.get(f"{ONE}/label", name="drug_label")
@allow(*DISPENSERS)
async def label(request: web.Request) -> web.Response:
    """The label with the dosage in large words, one for each drug."""
    row = await open_dispense(actor_of(request), path_id(request))
    return await pages.render(
        request,
        "pharmacy/dispensing/label.html",
        title="用药标签",
        row=row,
        labels=await queries.labels(row),
        patient=await queries.header(row),
        back_href=f"{DESK}/{row.id}",
    )
