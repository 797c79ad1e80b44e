"""The village doctor books for a neighbour: find, choose, hold, sign, pay, print."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web
from pydantic import Field

from booking import choosing, days, queries, rules, service, waiting, words
from booking.access import CLINIC
from booking.models import Channel, Pool, WaitingWish
from core import pages
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import read_form, text_of
from core.http import Schema, path_id
from core.idempotency import once
from people import search
from people.access import open_patient
from people.actor import Actor, actor_of
from people.cards import desk
from people.queries import patient_header
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

HELD: Final = pages.notice("booking-held", "号已留住,请在保留时间内签字、收费。")
LINED_UP: Final = pages.notice("waiting-joined", "已加入候补,有号会先给排在前面的人。")
LEFT: Final = pages.notice("waiting-left", "已退出候补。")


class BookIn(Schema):
    """Which slot, and what the patient has heard about the examination."""

    slot_id: UUID
    confirmed: list[str] = Field(default_factory=list)


class WishIn(Schema):
    """Which clinic on which day."""

    schedule_id: UUID
    day: str


@routes.get("/bookings", name="clinic_bookings")
@allow(*CLINIC)
async def mine(request: web.Request) -> web.Response:
    """What my clinic booked, what was stopped, who waits."""
    actor, past = actor_of(request), request.query.get("shown") == "past"
    return await pages.render(
        request,
        "booking/bookings.html",
        title="预约挂号",
        past=past,
        rows=await queries.of_clinic(actor, past=past),
        stopped=await _stopped(actor),
        wishes=await queries.wishes_of_clinic(actor),
        words=words,
    )


async def _stopped(actor: Actor) -> list[dict[str, Any]]:
    rows = await queries.unsettled(actor)
    shown = await queries.lines(row.appointment for row in rows)
    return [{"told": row, "line": line} for row, line in zip(rows, shown, strict=True)]


@routes.get("/bookings/new", name="new_booking")
@allow(*CLINIC)
async def new(request: web.Request) -> web.Response:
    """For whom? The newest residents first."""
    return await _who(request, "")


@routes.post("/bookings/new", name="find_for_booking")
@allow(*CLINIC)
async def find(request: web.Request) -> web.Response:
    """By health card, name, whole document number or phone; the words stay out of the address."""
    typed, document = await text_of(request, "q"), await text_of(request, "document")
    try:
        shown = await desk.holder(actor_of(request), typed, place="村里预约", document=document)
    except desk.CardRefused as card:
        return await _who(request, "", card=card)
    if shown:
        raise web.HTTPSeeOther(f"/bookings/new/{shown}")
    return await _who(request, typed[:60])


async def _who(
    request: web.Request, typed: str, *, card: desk.CardRefused | None = None
) -> web.Response:
    return await pages.render(
        request,
        "booking/who.html",
        title="为居民预约",
        status=card.status if card else 200,
        found=await search.find(actor_of(request), typed),
        typed=typed,
        card=card,
    )


@routes.get("/bookings/new/{patient}", name="choose_slot")
@allow(*CLINIC)
async def choose(request: web.Request) -> web.Response:
    """Department, day, doctor and time."""
    return await _choose(request, path_id(request, "patient"))


async def _choose(
    request: web.Request, patient_id: UUID, *, wrong: str = "", status: int = 200
) -> web.Response:
    actor = actor_of(request)
    await open_patient(actor, patient_id, purpose="booking")
    day = days.parse_day(request.query.get("day", ""))
    department = request.query.get("department", "")
    clinics = await choosing.choices(day, Channel.VILLAGE, department=department)
    return await pages.render(
        request,
        "booking/choose.html",
        title="选时间",
        status=status,
        wrong=wrong,
        patient=await patient_header(patient_id),
        day=day,
        days=days.coming_days(),
        department=department,
        departments=list(SPECIALTIES.items()),
        clinics=clinics,
        upcoming=await queries.lines(await queries.upcoming_of_patient(patient_id)),
        needs=rules.PREREQUISITES,
        public=Pool.PUBLIC,
        words=words,
    )


@routes.post("/bookings/new/{patient}", name="book_for_neighbour")
@allow(*CLINIC)
@once
async def book(request: web.Request) -> web.Response:
    """Hold the place; the consent and the fee follow on the appointment's page."""
    patient_id, actor = path_id(request, "patient"), actor_of(request)
    form = await read_form(request, BookIn)
    if form.entry is None:
        return await _choose(request, patient_id, wrong="请先选一个时间。", status=422)
    await open_patient(actor, patient_id, purpose="booking")
    try:
        row = await service.hold(
            actor,
            slot_id=form.entry.slot_id,
            patient_id=patient_id,
            channel=Channel.VILLAGE,
            confirmed=form.entry.confirmed,
            consent_first=True,
        )
    except (Conflict, NotFound) as problem:
        return await _choose(request, patient_id, wrong=problem.detail, status=problem.status)
    raise pages.see_other(f"/bookings/{row.id}", say=HELD)


@routes.post("/bookings/new/{patient}/wish", name="join_waiting_list")
@allow(*CLINIC)
@once
async def wish(request: web.Request) -> web.Response:
    """Stand in line for a full clinic."""
    patient_id, actor = path_id(request, "patient"), actor_of(request)
    entry = (await read_form(request, WishIn)).require()
    await open_patient(actor, patient_id, purpose="booking")
    try:
        await waiting.join(
            actor,
            schedule_id=entry.schedule_id,
            day=days.parse_day(entry.day),
            patient_id=patient_id,
            channel=Channel.VILLAGE,
        )
    except (Conflict, NotFound) as problem:
        return await _choose(request, patient_id, wrong=problem.detail, status=problem.status)
    raise pages.see_other("/bookings", say=LINED_UP)


@routes.post("/waiting-wishes/{id:\\d+}/leaving", name="leave_waiting_list")
@allow(*CLINIC)
@once
async def leave(request: web.Request) -> web.Response:
    """Step out of the line."""
    actor = actor_of(request)
    row = await WaitingWish.get_or_none(
        id=int(request.match_info["id"][:18]), made_at_organization_id=actor.organization_id
    )
    if row is None:
        raise NotFound("not_found", "没有这个候补。")
    await waiting.leave(actor, row)
    raise pages.see_other("/bookings", say=LEFT)
