"""The specialists' desk, and the calendar of booked consultations."""

from typing import Any, Final

from aiohttp import web

from care.teleconsultation import queries, times, words
from care.teleconsultation.hours import ConsultHours
from care.teleconsultation.roster import duties
from care.teleconsultation.schemas import HoursIn
from core import pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import Role, actor_of

routes = web.RouteTableDef()

ADDED: Final = pages.notice("hours-added", "时间已加上,基层医生现在可以约了。")
REMOVED: Final = pages.notice("hours-removed", "时间已去掉,已约好的不受影响。")


@routes.get("/desk", name="desk")
@allow(Role.SPECIALIST)
async def desk(request: web.Request) -> web.Response:
    """What a specialist does now: waiting requests, today's booked ones, opinions owed."""
    return await _desk(request, "care/teleconsultation/desk.html")


@routes.get("/desk/work", name="desk_work")
@allow(Role.SPECIALIST)
async def work(request: web.Request) -> web.Response:
    """The changing part of the desk."""
    return await _desk(request, "care/teleconsultation/_desk_work.html")


async def _desk(request: web.Request, template: str) -> web.Response:
    actor = actor_of(request)
    given = await queries.given_by(actor)
    booked = await queries.booked_for(actor, days=1)
    owed = await queries.owed(actor)
    elsewhere = {row.id for row in booked} | {item.row.id for item in owed}
    return await pages.render(
        request,
        template,
        title="会诊工作台",
        queue=await queries.queue(actor),
        invited=await queries.invited_to(actor),
        owed=owed,
        booked=booked,
        given=[row for row in given if row.id not in elsewhere],
        on_call=[d for d in await duties(days=1, organization_id=actor.organization_id) if d.now],
    )


@routes.get("/calendar", name="consult_calendar")
@allow(Role.SPECIALIST)
async def calendar(request: web.Request) -> web.Response:
    """My hours for booked consultations, and what is agreed."""
    return await _calendar(request, blank())


async def _calendar(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    hours = await ConsultHours.filter(practitioner_id=actor.practitioner_id).order_by(
        "weekday", "opens"
    )
    return await pages.render(
        request,
        "care/teleconsultation/calendar.html",
        status=form.status,
        title="预约时间",
        form=form,
        week=[
            (name, [row for row in hours if row.weekday == number])
            for number, name in enumerate(words.WEEKDAYS)
        ],
        weekdays=list(enumerate(words.WEEKDAYS)),
        booked=await queries.booked_for(actor),
        free=await times.free_times([actor.practitioner_id]),
    )


@routes.post("/calendar/hours", name="add_consult_hours")
@allow(Role.SPECIALIST)
@once
@filled(HoursIn, again=_calendar)
async def add_hours(request: web.Request, entry: HoursIn) -> web.Response:
    """Offer a weekly time."""
    await times.add_hours(actor_of(request), entry)
    raise pages.see_other("/calendar", say=ADDED)


@routes.post("/calendar/hours/{id}/removal", name="remove_consult_hours")
@allow(Role.SPECIALIST)
@once
async def remove_hours(request: web.Request) -> web.Response:
    """Take a weekly time back."""
    await times.remove_hours(actor_of(request), path_id(request))
    raise pages.see_other("/calendar", say=REMOVED)
