"""The office builds schedules: whose time, every week, and when not."""

from typing import Any, Final

from aiohttp import web

from booking import days, rules, schedules, stopping, words
from booking.models import Closure, Schedule, WeeklyHours
from booking.policy import params
from booking.schemas import ClosureIn, HolidayIn, HoursIn, ScheduleIn
from core import clock, pages
from core.doors import allow
from core.errors import Invalid
from core.forms import Form, blank, read_form, with_problem
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


async def _all(request: web.Request, form: Form[Any], *, status: int = 200) -> web.Response:
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
        status=status,
        form=form,
        rows=[(row, SPECIALTIES.get(row.department, "")) for row in rows],
        closures=await closed.order_by("starts_at"),
        words=words,
        params=params(),
    )


@routes.post("/schedules/holidays", name="set_holiday")
@allow(*schedules.KEEPERS)
@once
async def set_holiday(request: web.Request) -> web.Response:
    """The whole house is closed."""
    form = await read_form(request, HolidayIn)
    if form.entry is None:
        return await _all(request, form, status=422)
    try:
        closure = await stopping.holiday(actor_of(request), form.entry)
    except Invalid as problem:
        return await _all(request, with_problem(form, problem), status=422)
    raise pages.see_other(f"/closures/{closure.id}", say=HOLIDAY_SET)


@routes.get("/schedules/new", name="new_schedule")
@allow(*schedules.KEEPERS)
async def new(request: web.Request) -> web.Response:
    """The form."""
    return await _new(request, blank(kind="doctor", service_type="visit", fee="0"))


async def _new(request: web.Request, form: Form[Any], *, status: int = 200) -> web.Response:
    actor = actor_of(request)
    doctors = await practitioners(role=Role.SPECIALIST, organization_id=actor.organization_id)
    return await pages.render(
        request,
        "booking/schedule_new.html",
        title="新号表",
        status=status,
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
async def create(request: web.Request) -> web.Response:
    """Keep it."""
    form = await read_form(request, ScheduleIn)
    if form.entry is None:
        return await _new(request, form, status=422)
    try:
        row = await schedules.create(actor_of(request), form.entry)
    except Invalid as problem:
        return await _new(request, with_problem(form, problem), status=422)
    raise pages.see_other(f"/schedules/{row.id}", say=CREATED)


@routes.get("/schedules/{id}", name="schedule")
@allow(*schedules.KEEPERS)
async def show(request: web.Request) -> web.Response:
    """One schedule: its week, the coming days, and stopping it."""
    return await _one(request)


async def _one(
    request: web.Request,
    *,
    hours_form: Form[Any] | None = None,
    stop_form: Form[Any] | None = None,
    status: int = 200,
) -> web.Response:
    row = await schedules.own(actor_of(request), path_id(request))
    week = await WeeklyHours.filter(schedule_id=row.id).order_by("weekday", "opens")
    live = await schedules.closures_of(row)
    return await pages.render(
        request,
        "booking/schedule.html",
        title=f"{row.name}的号表",
        status=status,
        row=row,
        department=SPECIALTIES.get(row.department, ""),
        week=[(name, [h for h in week if h.weekday == n]) for n, name in enumerate(words.WEEKDAYS)],
        weekdays=list(enumerate(words.WEEKDAYS)),
        days=days.coming_days(),
        closures=sorted(live, key=lambda closure: closure.starts_at),
        hours_form=hours_form or blank(slot_minutes="30", public="2"),
        stop_form=stop_form or blank(),
        pools=POOL_FIELDS,
        pool_words=dict(POOL_FIELDS),
        words=words,
        needs=[rules.PREREQUISITES[need][0] for need in row.needs],
    )


@routes.post("/schedules/{id}/hours", name="add_schedule_hours")
@allow(*schedules.KEEPERS)
@once
async def add_hours(request: web.Request) -> web.Response:
    """Add a block of the week."""
    form = await read_form(request, HoursIn)
    if form.entry is None:
        return await _one(request, hours_form=form, status=422)
    try:
        await schedules.add_hours(actor_of(request), path_id(request), form.entry)
    except Invalid as problem:
        return await _one(request, hours_form=with_problem(form, problem), status=422)
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
async def stop(request: web.Request) -> web.Response:
    """No service for a while; leads to the list of those it concerns."""
    form = await read_form(request, ClosureIn)
    if form.entry is None:
        return await _one(request, stop_form=form, status=422)
    try:
        closure = await stopping.stop(actor_of(request), path_id(request), form.entry)
    except Invalid as problem:
        return await _one(request, stop_form=with_problem(form, problem), status=422)
    raise pages.see_other(f"/closures/{closure.id}", say="schedule-stopped")
