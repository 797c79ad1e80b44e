"""At the counter and the door: scan a slip, find a person by a document, register a walk-in."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from booking import cash, choosing, queries, service, visits, words
from booking.access import OFFICE, find_at_counter, open_appointment, open_by_code
from booking.models import Appointment, Channel, Payment, Schedule, ServiceType
from booking.rules import PREREQUISITES
from booking.states import Status
from core import clock, pages
from core.doors import allow
from core.errors import Conflict, FieldError, Invalid
from core.forms import Form, blank, filled, read_form, refused
from core.http import Schema, path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from people.cards import desk as cards
from people.cards.rules import LONGEST
from people.links import same_person
from people.queries import PatientHeader, patient_header

routes = web.RouteTableDef()

PLACE: Final = "门诊签到"
ARRIVED: Final = pages.notice("checked-in", "已签到,请到候诊区等叫号。")
REGISTERED: Final = pages.notice("walk-in", "已挂号并签到。")
FOR_LATER: Final = pages.notice("walk-in-later", "已挂号。还没到签到时间,请他到时候再来签到。")


class Scanned(Schema):
    """What the scanner read or somebody typed: a slip, a health card, a whole document number."""

    code: str = Field(min_length=1, max_length=LONGEST)
    document: str = Field("", max_length=20)


class Number(Schema):
    """A health card or a whole document number; `shown` is the receipt of a card just read."""

    number: str = Field("", max_length=LONGEST)
    document: str = Field("", max_length=20)
    shown: str = Field("", max_length=200)


class WalkIn(Number):
    """Which time, and that the fee was paid."""

    slot_id: str = Field(min_length=1, max_length=40)
    paid: str = ""


@routes.get("/outpatient/check-in", name="check_in_desk")
@allow(*OFFICE)
async def desk(request: web.Request) -> web.Response:
    """The field for scanner and keyboard."""
    return await _desk(request, blank())


async def _desk(request: web.Request, form: Form[Any], **more: Any) -> web.Response:
    values: dict[str, Any] = {"line": None, "found": None, "patient": None, **more}
    return await pages.render(
        request,
        "booking/check_in.html",
        title="签到",
        status=form.status,
        form=form,
        words=words,
        **values,
    )


@routes.post("/outpatient/check-in", name="check_in")
@allow(*OFFICE)
@once
@filled(Scanned, again=_desk, refusals={Conflict: "code"})
async def check_in(request: web.Request, entry: Scanned) -> web.Response:
    """A code checks in at once; a document number lists what the person has today."""
    actor, text = actor_of(request), entry.code
    try:
        if holder := await cards.holder(actor, text, place=PLACE, document=entry.document):
            return await _arrivals(request, await patient_header(holder))
        if _is_document(text):
            return await _arrivals(request, await find_at_counter(actor, text))
        view = await open_by_code(actor, text)
    except cards.CardRefused as card:
        return await _desk(request, card.form("code"))
    except Invalid as problem:
        known = {e.field: e.message for e in problem.errors}
        message = known.get("code") or known.get("number") or problem.detail
        raise Invalid(problem.code, message, errors=[FieldError("code", message)]) from None
    row = await _let_in(actor, view.appointment)
    return await _desk(request, blank(), line=(await queries.lines([row]))[0])


async def _let_in(actor: Actor, row: Appointment) -> Appointment:
    """Check in somebody who stands here; who is seen online has come to the wrong place."""
    if await Schedule.exists(id=row.schedule_id, service_type=ServiceType.ONLINE):
        raise Conflict("seen_online", "这是在线复诊,不用到医院签到。请他到时间在手机上进候诊室。")
    return await visits.check_in(actor, row)


def _is_document(text: str) -> bool:
    return len("".join(text.split())) >= 15


async def _arrivals(request: web.Request, patient: PatientHeader) -> web.Response:
    """What the person has here today, to check in with one tap."""
    house = actor_of(request).organization_id
    return await _desk(request, blank(), patient=patient, found=await _today(patient, house))


async def _today(patient: PatientHeader, organization_id: UUID) -> list[queries.Line]:
    rows = Appointment.filter(
        patient_id__in=await same_person(patient.id),
        schedule__organization_id=organization_id,
        day=clock.today(),
        status__in=[Status.BOOKED, Status.HELD],
    )
    return await queries.lines(await rows.select_related("slot", "schedule").order_by("starts_at"))


@routes.post("/bookings/{id}/check-in", name="check_in_booking")
@allow(*OFFICE)
@once
async def check_in_known(request: web.Request) -> web.Response:
    """Check in from a list."""
    view = await open_appointment(actor_of(request), path_id(request))
    row = await _let_in(view.actor, view.appointment)
    raise pages.see_other(f"/outpatient/queues/{row.schedule_id}?day={row.day}", say=ARRIVED)


@routes.get("/outpatient/walk-in", name="walk_in")
@allow(*OFFICE)
async def walk_in(request: web.Request) -> web.Response:
    """Who is there?"""
    return await _walk_in(request, blank())


async def _walk_in(
    request: web.Request, form: Form[Any], *, patient: PatientHeader | None = None
) -> web.Response:
    actor = actor_of(request)
    clinics = await choosing.choices(
        clock.today(), Channel.COUNTER, organization_id=actor.organization_id
    )
    return await pages.render(
        request,
        "booking/walk_in.html",
        title="现场挂号",
        status=form.status,
        form=form,
        patient=patient,
        clinics=clinics,
    )


@routes.post("/outpatient/walk-in/search", name="find_walk_in")
@allow(*OFFICE)
@filled(Number, again=_walk_in)
async def find(request: web.Request, entry: Number) -> web.Response:
    """By health card or the whole number of the document; it stays out of the address."""
    actor = actor_of(request)
    try:
        shown = await cards.holder(actor, entry.number, place="现场挂号", document=entry.document)
    except cards.CardRefused as card:
        return await _walk_in(request, card.form("number"))
    if shown:
        kept = blank(shown=cards.receipt(actor, shown))
        return await _walk_in(request, kept, patient=await patient_header(shown))
    patient = await find_at_counter(actor, entry.number)
    return await _walk_in(request, blank(**entry.model_dump()), patient=patient)


@routes.post("/outpatient/walk-in", name="register_walk_in")
@allow(*OFFICE)
@once
async def register(request: web.Request) -> web.Response:
    """Register, and check in when it is time, with the cash on the list."""
    form = await read_form(request, WalkIn)
    actor = actor_of(request)
    patient = None
    try:
        if receipt := form.values.get("shown"):
            patient = await patient_header(cards.read_receipt(actor, receipt))
        elif number := form.values.get("number"):
            patient = await find_at_counter(actor, number)
        if form.entry is None:
            return await _walk_in(request, form, patient=patient)
        if patient is None:
            raise Invalid("invalid_input", "请先扫健康卡,或输入完整的证件号。")
        row = await _register(request, form.entry, patient)
    except Invalid as problem:
        return await _walk_in(request, refused(form, problem), patient=patient)
    except Conflict as problem:
        return await _walk_in(request, refused(form, problem, at="slot_id"), patient=patient)
    say = REGISTERED if row.status is Status.CHECKED_IN else FOR_LATER
    raise pages.see_other(f"/bookings/{row.id}", say=say)


async def _register(request: web.Request, entry: WalkIn, patient: PatientHeader) -> Appointment:
    actor = actor_of(request)
    try:
        slot_id = UUID(entry.slot_id)
    except ValueError:
        raise Conflict("slot_not_found", "请先选一个时间。") from None
    row = await service.hold(
        actor,
        slot_id=slot_id,
        patient_id=patient.id,
        channel=Channel.COUNTER,
        payment=Payment.AT_VISIT,
        confirmed=list(PREREQUISITES),  # the clerk asks, face to face
    )
    if entry.paid and row.payment is Payment.AT_VISIT:
        row = await cash.take(actor, row)
    return row if visits.too_early(row) else await visits.check_in(actor, row)
