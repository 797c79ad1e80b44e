"""The day: the whole house for the office, their own clinic for doctors; call the next."""

from typing import Final

from aiohttp import web

from booking import choosing, days, places, queries, service, visits, waiting, words
from booking.access import DOCTORS, OFFICE, Side, open_appointment, open_queue
from booking.models import Channel, Payment, Pool, Schedule, ServiceType, Slot
from core import db, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import text_of
from core.http import path_id
from core.idempotency import once
from people.actor import actor_of

routes = web.RouteTableDef()

CALLED: Final = pages.notice("patient-called", "已叫号。")
NOBODY: Final = pages.notice("nobody-waits", "现在没有人在等。")
EXTRA: Final = pages.notice("extra-place", "加了一个号。")
FOLLOWUP: Final = pages.notice("followup-booked", "复诊约好了。")
STEPS: Final = {
    "call": (visits.call, pages.notice("step-call", "又叫了一次。")),
    "pass": (visits.pass_over, pages.notice("step-pass", "已过号,排到后面。")),
    "begin": (visits.begin, pages.notice("step-begin", "开始就诊。")),
    "finish": (visits.finish, pages.notice("step-finish", "就诊结束。")),
}


@routes.get("/outpatient", name="outpatient")
@allow(*OFFICE, *DOCTORS)
async def day_board(request: web.Request) -> web.Response:
    """Every clinic of the day with its numbers."""
    return await _board(request, "booking/board.html")


@routes.get("/outpatient/rows", name="outpatient_rows")
@allow(*OFFICE, *DOCTORS)
async def board_rows(request: web.Request) -> web.Response:
    """The changing part."""
    return await _board(request, "booking/_board.html")


async def _board(request: web.Request, template: str) -> web.Response:
    actor, day = actor_of(request), days.parse_day(request.query.get("day", ""))
    office = actor.has(*OFFICE)
    return await pages.render(
        request,
        template,
        title="门诊" if office else "我的门诊",
        office=office,
        day=day,
        day_words=days.day_words(day),
        days=days.coming_days(),
        boards=await queries.boards(actor, day),
        unsettled=await queries.unsettled(actor) if office else [],
        words=words,
    )


@routes.get("/outpatient/queues/{id}", name="queue")
@allow(*OFFICE, *DOCTORS)
async def show(request: web.Request) -> web.Response:
    """One clinic's day."""
    schedule = await open_queue(actor_of(request), path_id(request))
    await audit(actor_of(request), "queue.open", f"Schedule/{schedule.id}")
    return await _queue(request, "booking/queue.html")


@routes.get("/outpatient/queues/{id}/rows", name="queue_rows")
@allow(*OFFICE, *DOCTORS)
async def rows(request: web.Request) -> web.Response:
    """The changing part."""
    return await _queue(request, "booking/_queue.html")


async def _queue(request: web.Request, template: str) -> web.Response:
    actor = actor_of(request)
    schedule = await open_queue(actor, path_id(request))
    day = days.parse_day(request.query.get("day", ""))
    return await pages.render(
        request,
        template,
        title=f"{schedule.name} · {days.day_words(day)}",
        schedule=schedule,
        day=day,
        days=days.coming_days(),
        office=actor.has(*OFFICE),
        doctor=schedule.practitioner_id == actor.practitioner_id,
        queue=await queries.queue(schedule, day),
        periods=await queries.periods(schedule, day),
        line=await queries.wishes(schedule, day),
        words=words,
    )


@routes.post("/outpatient/queues/{id}/next", name="call_next")
@allow(*OFFICE, *DOCTORS)
@once
async def call_next(request: web.Request) -> web.Response:
    """Call the first in the queue."""
    actor, day = actor_of(request), days.parse_day(request.query.get("day", ""))
    schedule = await open_queue(actor, path_id(request))
    _refuse_online(schedule)
    called = await visits.call_next(actor, schedule.id, day)
    to = f"/outpatient/queues/{schedule.id}?day={day}"
    raise pages.see_other(to, say=CALLED if called else NOBODY, kind="success")


def _refuse_online(schedule: Schedule) -> None:
    """An online visit is called on its own page; the appointment follows it."""
    if schedule.service_type is ServiceType.ONLINE:
        raise Conflict("online", "在线复诊请医生到“在线复诊”里叫号,这里会跟着变。")


@routes.post("/outpatient/queues/{id}/extra/{slot}", name="add_extra_place")
@allow(*OFFICE, *DOCTORS)
@once
async def add_extra(request: web.Request) -> web.Response:
    """One place more at this time; whoever waits for one is offered it."""
    actor = actor_of(request)
    schedule = await open_queue(actor, path_id(request))
    slot = await Slot.get_or_none(id=path_id(request, "slot"), schedule_id=schedule.id, open=True)
    if slot is None:
        raise NotFound("slot_not_found", "没有这个号源。")
    async with db.atomic():
        await places.add_extra(slot.id)
        await audit(actor, "slot.add_extra", f"Slot/{slot.id}")
    await waiting.serve_line(schedule.id, slot.day, slot.pool)
    raise pages.see_other(f"/outpatient/queues/{schedule.id}?day={slot.day}", say=EXTRA)


@routes.post("/bookings/{id}/steps/{step:call|pass|begin|finish}", name="booking_step")
@allow(*OFFICE, *DOCTORS)
@once
async def step(request: web.Request) -> web.Response:
    """Call again, pass over, begin, finish."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.OFFICE, Side.DOCTOR)
    _refuse_online(await Schedule.get(id=view.appointment.schedule_id))
    verb, said = STEPS[request.match_info["step"]]
    row = await verb(view.actor, view.appointment)
    raise pages.see_other(f"/outpatient/queues/{row.schedule_id}?day={row.day}", say=said)


@routes.get("/bookings/{id}/followup", name="followup")
@allow(*DOCTORS)
async def followup(request: web.Request) -> web.Response:
    """The doctor's own places for the next visit of this patient."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.DOCTOR)
    day = days.parse_day(request.query.get("day", ""))
    schedule = view.appointment.schedule
    return await pages.render(
        request,
        "booking/followup.html",
        title="约下次复诊",
        line=(await queries.lines([view.appointment]))[0],
        day=day,
        days=days.coming_days(),
        clinics=await choosing.choices(day, Channel.DOCTOR, schedule_id=schedule.id),
        words=words,
    )


@routes.post("/bookings/{id}/followup", name="book_followup")
@allow(*DOCTORS)
@once
async def book_followup(request: web.Request) -> web.Response:
    """Book it; the fee is paid at the visit."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.DOCTOR)
    wanted = await text_of(request, "slot_id")
    mine = [
        slot
        for slot in await Slot.filter(schedule_id=view.appointment.schedule_id, pool=Pool.FOLLOWUP)
        if str(slot.id) == wanted
    ]
    if not mine:
        raise Conflict("slot_not_found", "请先选一个时间。")
    row = await service.hold(
        view.actor,
        slot_id=mine[0].id,
        patient_id=view.appointment.patient_id,
        channel=Channel.DOCTOR,
        payment=Payment.AT_VISIT,
        confirmed=view.appointment.schedule.needs,
    )
    raise pages.see_other(f"/bookings/{row.id}", say=FOLLOWUP)
