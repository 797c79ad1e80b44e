"""Several examinations at once: chosen, proposed for the fewest visits, booked with one tap."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from booking import days, examinations, one_visit, rules, words
from booking.access import CLINIC, OFFICE, find_at_counter
from booking.models import Channel, Payment
from core import clock, pages
from core.doors import allow
from core.errors import Conflict, Invalid, NotFound
from core.forms import Form, blank, read_form, refused
from core.http import Schema, parse, path_id
from core.idempotency import once
from people.access import open_patient
from people.actor import actor_of
from people.cards import desk as cards
from people.cards.rules import LONGEST
from people.queries import PatientHeader, patient_header

routes = web.RouteTableDef()

PLACE: Final = "检查预约"
HELD: Final = pages.notice("exams-held", "几项检查的号都留住了,请在保留时间内逐项签字、收费。")
BOOKED: Final = pages.notice(
    "exams-booked", "几项检查都约好了,预约单在“同一位居民的其他预约”里逐项打印。"
)


class Wanted(Schema):
    """Which examinations, and from which day on."""

    exam: list[UUID] = Field(default_factory=list, max_length=20)
    first: str = Field("", max_length=10)


class Chosen(Schema):
    """The times of the proposal, and what the patient has heard."""

    slot_id: list[UUID] = Field(default_factory=list, max_length=one_visit.MOST)
    confirmed: list[str] = Field(default_factory=list, max_length=20)


class Presented(Wanted):
    """The same at the counter: with what the person presents, or the receipt of a card."""

    number: str = Field("", max_length=LONGEST)
    document: str = Field("", max_length=20)
    shown: str = Field("", max_length=200)


class ChosenThere(Chosen):
    """The same, to be booked."""

    number: str = Field("", max_length=LONGEST)
    shown: str = Field("", max_length=200)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page is about."""

    patient: PatientHeader | None = None
    wanted: frozenset[UUID] = frozenset()
    first: date | None = None
    wrong: str = ""
    status: int = 200
    form: Form[Any] = field(default_factory=blank)


async def _page(request: web.Request, asked: Asked, channel: Channel) -> web.Response:
    actor, plan, wrong = actor_of(request), [], asked.wrong
    first = asked.first or clock.today() + timedelta(days=1)
    office = channel is Channel.COUNTER
    if asked.patient and asked.wanted and not wrong:
        try:
            plan = await examinations.propose(asked.patient.id, asked.wanted, channel, first)
            wrong = "" if plan else "从这一天起没有能排下的号,请少选一项,或从更早的日子看起。"
        except Invalid as problem:
            wrong = problem.detail
    needs = {need for step in plan for need in step.schedule.needs}
    return await pages.render(
        request,
        "booking/examinations.html",
        title="检查预约",
        status=422 if wrong and asked.status == 200 else asked.status,
        office=office,
        patient=asked.patient,
        exams=await examinations.on_offer(actor.organization_id if office else None),
        wanted=asked.wanted,
        first=first,
        days=days.coming_days(),
        plan=plan,
        visits=examinations.visits(plan),
        total=words.yuan(sum(step.schedule.fee_fen for step in plan)),
        needs=[(need, *said) for need, said in rules.PREREQUISITES.items() if need in needs],
        prerequisites=rules.PREREQUISITES,
        wrong=wrong,
        form=asked.form,
        when=days.day_words,
        words=words,
    )


@routes.get("/bookings/new/{patient}/examinations", name="clinic_examinations")
@allow(*CLINIC)
async def clinic(request: web.Request) -> web.Response:
    """Choose, and see what is proposed; which examinations stays in the address, who is an id."""
    patient_id = path_id(request, "patient")
    await open_patient(actor_of(request), patient_id, purpose="booking")
    given = {"exam": request.query.getall("exam", []), "first": request.query.get("first", "")}
    wanted = parse(Wanted, given)
    return await _page(request, await _asked(patient_id, wanted), Channel.VILLAGE)


async def _asked(patient_id: UUID, wanted: Wanted, **more: Any) -> Asked:
    first = days.parse_day(wanted.first) if wanted.first else None
    return Asked(await patient_header(patient_id), frozenset(wanted.exam), first, **more)


@routes.post("/bookings/new/{patient}/examinations", name="book_clinic_examinations")
@allow(*CLINIC)
@once
async def book_at_clinic(request: web.Request) -> web.Response:
    """Hold all places; consent and fee follow on each appointment's page."""
    patient_id, actor = path_id(request, "patient"), actor_of(request)
    await open_patient(actor, patient_id, purpose="booking")
    entry = (await read_form(request, Chosen)).require()
    try:
        rows = await examinations.book(
            actor,
            patient_id,
            entry.slot_id,
            Channel.VILLAGE,
            confirmed=entry.confirmed,
            consent_first=True,
        )
    except (Conflict, NotFound) as problem:
        asked = await _asked(patient_id, Wanted(), wrong=problem.detail, status=problem.status)
        return await _page(request, asked, Channel.VILLAGE)
    raise pages.see_other(f"/bookings/{rows[0].id}", say=HELD)


@routes.get("/outpatient/examinations", name="examinations")
@allow(*OFFICE)
async def office(request: web.Request) -> web.Response:
    """Who is there?"""
    return await _page(request, Asked(), Channel.COUNTER)


@routes.post("/outpatient/examinations/plan", name="plan_examinations")
@allow(*OFFICE)
async def plan(request: web.Request) -> web.Response:
    """Find the person by what they present, and propose; neither is in the address."""
    form, actor = await read_form(request, Presented), actor_of(request)
    if form.entry is None:
        return await _page(request, Asked(form=form, status=422), Channel.COUNTER)
    entry = form.entry
    try:
        if entry.shown:
            patient_id = cards.read_receipt(actor, entry.shown)
        elif card := await cards.holder(actor, entry.number, place=PLACE, document=entry.document):
            patient_id = card
            form = blank(shown=cards.receipt(actor, card))
        else:
            patient_id = (await find_at_counter(actor, entry.number)).id
    except cards.CardRefused as card_problem:
        asked = Asked(form=card_problem.form("number"), status=card_problem.status)
        return await _page(request, asked, Channel.COUNTER)
    except Invalid as problem:
        asked = Asked(form=refused(form, problem), status=422)
        return await _page(request, asked, Channel.COUNTER)
    return await _page(request, await _asked(patient_id, entry, form=form), Channel.COUNTER)


@routes.post("/outpatient/examinations", name="book_examinations")
@allow(*OFFICE)
@once
async def book_at_office(request: web.Request) -> web.Response:
    """Book all of the proposal; each fee is paid at its visit or at the counter."""
    actor, form = actor_of(request), await read_form(request, ChosenThere)
    entry = form.require()
    try:
        if entry.shown:
            patient_id = cards.read_receipt(actor, entry.shown)
        else:
            patient_id = (await find_at_counter(actor, entry.number)).id
        rows = await examinations.book(
            actor,
            patient_id,
            entry.slot_id,
            Channel.COUNTER,
            confirmed=list(rules.PREREQUISITES),  # the clerk explains, face to face
            payment=Payment.AT_VISIT,
        )
    except Invalid as problem:
        asked = Asked(form=refused(form, problem), status=422)
        return await _page(request, asked, Channel.COUNTER)
    except (Conflict, NotFound) as problem:
        asked = await _asked(
            patient_id, Wanted(), wrong=problem.detail, status=problem.status, form=form
        )
        return await _page(request, asked, Channel.COUNTER)
    raise pages.see_other(f"/bookings/{rows[0].id}", say=BOOKED)
