"""The dispenser's desk: the list, one dispense from the first scan to the hand-over, the label."""

from typing import Annotated, Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from core import pages
from core.doors import allow
from core.errors import Conflict
from core.forms import LOUD, Form, Nothing, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import actor_of
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


async def _desk(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/dispensing/desk.html",
        title="配药发药",
        status=form.status,
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
@filled(Code, again=_desk, refusals={Conflict: "code"})
async def find(request: web.Request, entry: Code) -> web.Response:
    """A resident shows the code: the page to hand over opens, the code already in its field."""
    actor = actor_of(request)
    found = await service.by_code(actor, entry.code)
    row = await open_dispense(actor, found.id)
    return await _one(request, blank(code=found.code), row)


@routes.post(f"{DESK}/reports/{{id}}/seen", name="see_trace_report")
@allow(*DISPENSERS)
@once
@filled(Note, again=_desk)
async def see(request: web.Request, entry: Note) -> web.Response:
    """Somebody has looked into a code that turned up twice."""
    await reports.see(actor_of(request), path_id(request), entry.note)
    raise pages.see_other(DESK, say=SEEN)


@routes.get(ONE, name="dispensing_one")
@allow(*DISPENSERS)
async def one(request: web.Request) -> web.Response:
    """One dispense, and what is to be done with it now."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await access.looked_at(actor, row)
    return await _one(request, blank(), row)


async def _one(
    request: web.Request, form: Form[Any], row: MedicationDispense | None = None
) -> web.Response:
    row = row or await open_dispense(actor_of(request), path_id(request))
    kind, word = queries.WORDS[row.status]
    return await pages.render(
        request,
        "pharmacy/dispensing/dispense.html",
        title=f"配药 {row.request.number or ''}".strip(),
        status=form.status,
        row=row,
        order=row.order,
        rx=row.request,
        patient=await queries.header(row),
        allergies=await queries.allergies(row),
        kind=kind,
        word=word,
        form=form,
        loud=form.loud,
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


@routes.post(f"{ONE}/picking", name="take_dispense")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def take(request: web.Request, _: Nothing) -> web.Response:
    """Begin to pick."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await service.take(actor, row)
    raise pages.see_other(f"{DESK}/{row.id}")


@routes.post(f"{ONE}/scan", name="scan_drug")
@allow(*DISPENSERS)
@once
@filled(Code, again=_one, refusals={Conflict: LOUD})
async def scan(request: web.Request, entry: Code) -> web.Response:
    """One pack."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await picking.scan(actor, row, entry.code, lot_id=entry.lot_id)
    raise pages.see_other(f"{DESK}/{row.id}")


@routes.post(f"{ONE}/no-code", name="pick_without_code")
@allow(*DISPENSERS)
@once
@filled(NoCode, again=_one, refusals={Conflict: LOUD})
async def no_code(request: web.Request, entry: NoCode) -> web.Response:
    """Units that carry no code, with the reason."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await picking.pick_without_code(
        actor, row, entry.line_id, units=entry.units, reason=entry.reason
    )
    raise pages.see_other(f"{DESK}/{row.id}")


@routes.post(f"{ONE}/picks/{{pick_id}}/undo", name="undo_pick")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def undo(request: web.Request, _: Nothing) -> web.Response:
    """Back on the shelf."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await picking.undo(actor, row, path_id(request, "pick_id"))
    raise pages.see_other(f"{DESK}/{row.id}")


@routes.post(f"{ONE}/picked", name="finish_picking")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def finish(request: web.Request, _: Nothing) -> web.Response:
    """To the second person."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await service.finish(actor, row)
    raise pages.see_other(f"{DESK}/{row.id}", say=PICKED)


@routes.post(f"{ONE}/check", name="check_dispense")
@allow(*DISPENSERS)
@once
@filled(Boxes, again=_one, refusals={Conflict: LOUD})
async def check(request: web.Request, entry: Boxes) -> web.Response:
    """四查十对."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await service.check(actor, row, entry.boxes)
    if row.order.way is Way.PICK_UP:
        raise pages.see_other(f"{DESK}/{row.id}", say=READY)
    raise pages.see_other(f"{DESK}/{row.id}/seal", say=CHECKED)


@routes.post(f"{ONE}/return", name="return_dispense")
@allow(*DISPENSERS)
@once
@filled(Reason, again=_one, refusals={Conflict: LOUD})
async def send_back(request: web.Request, entry: Reason) -> web.Response:
    """Wrong in the basket, or wrong after all on the shelf of what is ready: picked anew."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    verb = service.reopen if row.status is Status.READY else service.send_back
    await verb(actor, row, entry.reason)
    raise pages.see_other(f"{DESK}/{row.id}", say=BACK)


@routes.post(f"{ONE}/hand-over", name="hand_over")
@allow(*DISPENSERS)
@once
@filled(Shown, again=_one, refusals={Conflict: LOUD})
async def hand_over(request: web.Request, entry: Shown) -> web.Response:
    """Out of the house."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await service.hand_over(actor, row, code=entry.code, name=entry.name, document=entry.document)
    raise pages.see_other(DESK, say=HANDED)


@routes.post(f"{ONE}/stop", name="stop_dispense")
@allow(*DISPENSERS)
@once
@filled(Reason, again=_one, refusals={Conflict: LOUD})
async def stop(request: web.Request, entry: Reason) -> web.Response:
    """It cannot be filled, or nobody came."""
    actor = actor_of(request)
    row = await open_dispense(actor, path_id(request))
    await service.cannot_fill(actor, row, entry.reason)
    raise pages.see_other(DESK, say=STOPPED)


@routes.post(f"{ONE}/put-back", name="put_back")
@allow(*DISPENSERS)
@once
@filled(Nothing, again=_one, refusals={Conflict: LOUD})
async def put_back(request: web.Request, _: Nothing) -> web.Response:
    """Everything is on the shelf again."""
    actor = actor_of(request)
    await service.put_back(actor, await open_dispense(actor, path_id(request)))
    raise pages.see_other(DESK, say=AWAY)


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
