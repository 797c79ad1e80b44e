"""The office builds schedules: whose time, every week, and when not."""

from typing import Any, Final

from aiohttp import web

from booking import days, rules, schedules, stopping, words
from booking.models import Closure, Schedule, WeeklyHours
from booking.policy import params
from booking.schemas import ClosureIn, HolidayIn, HoursIn, ScheduleIn
from core import clock, pages
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import Role, actor_of
from people.queries import practitioners
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

CREATED: Final = pages.notice("schedule-created", "号表建好了,请排每周的时间。")
HOURS_ADDED: Final = pages.notice("hours-added", "时间排好了,号已生成。")
HOURS_REMOVED: Final = pages.notice("hours-removed", "这段时间去掉了。已经约好的不变。")
HOLIDAY_SET: Final = pages.notice("holiday-set", "放假已设好,受影响的预约列在下面。")
POOL_FIELDS: Final = [(pool.value, word) for pool, word in rules.POOL_WORDS.items()]


@routes.get("/schedules", name="schedules")
@allow(*schedules.KEEPERS)
async def show_all(request: web.Request) -> web.Response:
    """Every schedule of the house, and its holidays."""
    return await _all(request, blank())


async def _all(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    rows = await Schedule.filter(organization_id=actor.organization_id).order_by(
        "department", "name"
    )
    closed = Closure.filter(
        organization_id=actor.organization_id, lifted_at=None, ends_at__gt=clock.now()
    ).select_related("schedule")
    return await pages.render(
        request,
        "booking/schedules.html",
        title="号表",
        status=form.status,
        form=form,
        rows=[(row, SPECIALTIES.get(row.department, "")) for row in rows],
        closures=await closed.order_by("starts_at"),
        words=words,
        params=params(),
    )


@routes.post("/schedules/holidays", name="set_holiday")
@allow(*schedules.KEEPERS)
@once
@filled(HolidayIn, again=_all)
async def set_holiday(request: web.Request, entry: HolidayIn) -> web.Response:
    """The whole house is closed."""
    closure = await stopping.holiday(actor_of(request), entry)
    raise pages.see_other(f"/closures/{closure.id}", say=HOLIDAY_SET)


@routes.get("/schedules/new", name="new_schedule")
@allow(*schedules.KEEPERS)
async def new(request: web.Request) -> web.Response:
    """The form."""
    return await _new(request, blank(kind="doctor", service_type="visit", fee="0"))


async def _new(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    doctors = await practitioners(role=Role.SPECIALIST, organization_id=actor.organization_id)
    return await pages.render(
        request,
        "booking/schedule_new.html",
        title="新号表",
        status=form.status,
        form=form,
        kinds=[(kind.value, word) for kind, word in words.KIND.items()],
        services=[(kind.value, word) for kind, word in words.SERVICE.items()],
        departments=list(SPECIALTIES.items()),
        doctors=[(str(d.id), f"{d.name} {d.title} · {d.specialty_name}") for d in doctors],
        needs=[(key, *said) for key, said in rules.PREREQUISITES.items()],
    )


@routes.post("/schedules", name="create_schedule")
@allow(*schedules.KEEPERS)
@once
@filled(ScheduleIn, again=_new)
async def create(request: web.Request, entry: ScheduleIn) -> web.Response:
    """Keep it."""
    row = await schedules.create(actor_of(request), entry)
    raise pages.see_other(f"/schedules/{row.id}", say=CREATED)


@routes.get("/schedules/{id}", name="schedule")
@allow(*schedules.KEEPERS)
async def show(request: web.Request) -> web.Response:
    """One schedule: its week, the coming days, and stopping it."""
    return await _one(request, _hours(), _stop())


def _hours() -> Form[Any]:
    return blank(slot_minutes="30", public="2")


def _stop() -> Form[Any]:
    return blank(elsewhere="1")


async def _other_hours(request: web.Request, form: Form[Any]) -> web.Response:
    return await _one(request, form, _stop())


async def _not_stopped(request: web.Request, form: Form[Any]) -> web.Response:
    return await _one(request, _hours(), form)


async def _one(request: web.Request, hours: Form[Any], closing: Form[Any]) -> web.Response:
    row = await schedules.own(actor_of(request), path_id(request))
    week = await WeeklyHours.filter(schedule_id=row.id).order_by("weekday", "opens")
    live = await schedules.closures_of(row)
    return await pages.render(
        request,
        "booking/schedule.html",
        title=f"{row.name}的号表",
        status=max(hours.status, closing.status),
        row=row,
        department=SPECIALTIES.get(row.department, ""),
        week=[(name, [h for h in week if h.weekday == n]) for n, name in enumerate(words.WEEKDAYS)],
        weekdays=list(enumerate(words.WEEKDAYS)),
        days=days.coming_days(),
        closures=sorted(live, key=lambda closure: closure.starts_at),
        hours_form=hours,
        stop_form=closing,
        others=[words.SERVICE[other.service_type] for other in await schedules.others_of(row)],
        pools=POOL_FIELDS,
        pool_words=dict(POOL_FIELDS),
        words=words,
        needs=[rules.PREREQUISITES[need][0] for need in row.needs],
    )


@routes.post("/schedules/{id}/hours", name="add_schedule_hours")
@allow(*schedules.KEEPERS)
@once
@filled(HoursIn, again=_other_hours)
async def add_hours(request: web.Request, entry: HoursIn) -> web.Response:
    """Add a block of the week."""
    await schedules.add_hours(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/schedules/{path_id(request)}", say=HOURS_ADDED)


@routes.post("/schedules/{id}/hours/{hours}/removal", name="remove_schedule_hours")
@allow(*schedules.KEEPERS)
@once
async def remove_hours(request: web.Request) -> web.Response:
    """Take a block away."""
    await schedules.remove_hours(actor_of(request), path_id(request), path_id(request, "hours"))
    raise pages.see_other(f"/schedules/{path_id(request)}", say=HOURS_REMOVED)


@routes.post("/schedules/{id}/stop", name="stop_schedule")
@allow(*schedules.KEEPERS)
@once
@filled(ClosureIn, again=_not_stopped)
async def stop(request: web.Request, entry: ClosureIn) -> web.Response:
    """No service for a while; leads to the list of those it concerns."""
    closure = await stopping.stop(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/closures/{closure.id}", say="schedule-stopped")
