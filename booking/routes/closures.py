"""After a stop: everybody booked, and what is offered to each."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from aiohttp import web

from booking import choosing, days, queries, stopping, words
from booking.access import ANY, CLINIC, OFFICE, open_appointment
from booking.models import Channel, Closure, Disruption, Pool
from core import pages
from core.audit import audit
from core.clock import SHANGHAI
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import text_of
from core.http import path_id
from core.idempotency import once
from people.actor import Actor, actor_of
from people.models import Patient

routes = web.RouteTableDef()

STOPPED: Final = pages.notice("schedule-stopped", "已停诊。约好的和候补的居民都会收到通知。")
LIFTED: Final = pages.notice("stop-lifted", "停诊已取消,号重新开放。")
MOVED: Final = pages.notice("booking-moved", "已改约到新的时间。")
REFUND: Final = pages.notice("booking-refund", "已退号;付过的钱记为待退。")


async def _own(actor: Actor, closure_id: UUID) -> Closure:
    row = await Closure.get_or_none(
        id=closure_id, organization_id=actor.organization_id
    ).select_related("schedule")
    if row is None:
        raise NotFound("not_found", "没有这次停诊。")
    return row


@routes.get("/closures/{id}", name="closure")
@allow(*OFFICE)
async def show(request: web.Request) -> web.Response:
    """Everybody it concerns, with masked phones."""
    return await _page(request, {})


@routes.post("/closures/{id}/phones", name="closure_phones")
@allow(*OFFICE)
async def phones(request: web.Request) -> web.Response:
    """The full numbers, to call the people; each look is written down."""
    actor, closure = actor_of(request), await _own(actor_of(request), path_id(request))
    rows = await Disruption.filter(closure_id=closure.id).select_related("appointment")
    numbers = {}
    for patient in await Patient.filter(id__in=[row.appointment.patient_id for row in rows]):
        await audit(
            actor,
            "disclose_phone",
            f"Patient/{patient.id}",
            patient_id=patient.id,
            reason="停诊通知",
        )
        numbers[patient.id] = patient.phone or ""
    return await _page(request, numbers)


async def _page(request: web.Request, numbers: Mapping[UUID, str]) -> web.Response:
    closure = await _own(actor_of(request), path_id(request))
    told = await (
        Disruption.filter(closure_id=closure.id)
        .select_related("appointment__slot", "appointment__schedule")
        .order_by("appointment__starts_at")
    )
    shown = await queries.lines(row.appointment for row in told)
    same = Closure.filter(
        organization_id=closure.organization_id,
        starts_at=closure.starts_at,
        ends_at=closure.ends_at,
        schedule__practitioner_id=closure.schedule.practitioner_id if closure.schedule else None,
        lifted_at=None,
    )
    twins = same.exclude(id=closure.id).exclude(schedule_id=None).select_related("schedule")
    return await pages.render(
        request,
        "booking/closure.html",
        title="停诊",
        closure=closure,
        rows=[
            {"told": row, "line": line, "remedy": words.REMEDY[row.remedy]}
            for row, line in zip(told, shown, strict=True)
        ],
        waiting=sum(row.remedy == "open" for row in told),
        numbers=numbers,
        twins=await twins.order_by("id") if closure.schedule else [],
        words=words,
    )


@routes.post("/closures/{id}/lifting", name="lift_closure")
@allow(*OFFICE)
@once
async def lift(request: web.Request) -> web.Response:
    """There is service after all."""
    closure = await stopping.lift(actor_of(request), path_id(request))
    to = f"/schedules/{closure.schedule_id}" if closure.schedule_id else "/schedules"
    raise pages.see_other(to, say=LIFTED)


async def _told(request: web.Request) -> Disruption:
    """The one to be settled, through the door of its appointment."""
    row = await Disruption.get_or_none(id=path_id(request)).select_related("closure")
    if row is None:
        raise NotFound("not_found", "没有这一条。")
    await open_appointment(actor_of(request), row.appointment_id)
    return row


@routes.get("/disruptions/{id}", name="disruption")
@allow(*ANY)
async def choose(request: web.Request) -> web.Response:
    """Other times at the same doctor, then in the same department."""
    row = await _told(request)
    view = await open_appointment(actor_of(request), row.appointment_id)
    appointment = view.appointment
    wanted = request.query.get("day", "")
    day = days.parse_day(wanted or f"{appointment.starts_at.astimezone(SHANGHAI):%Y-%m-%d}")
    found = await choosing.choices(
        day,
        Channel.COUNTER,
        department=appointment.schedule.department,
        organization_id=appointment.schedule.organization_id,
        service=appointment.schedule.service_type,
    )
    found.sort(key=lambda clinic: clinic.schedule.id != appointment.schedule_id)
    return await pages.render(
        request,
        "booking/disruption.html",
        title="改约或退号",
        row=row,
        line=(await queries.lines([appointment]))[0],
        appointment=appointment,
        back=await _back(actor_of(request), row),
        day=day,
        days=days.coming_days(),
        clinics=[_public(clinic) for clinic in found],
        words=words,
    )


def _public(clinic: choosing.Clinic) -> choosing.Clinic:
    """Stopped patients choose among ordinary places that are still to come."""
    kept = [c for c in clinic.choices if c.row.pool is Pool.PUBLIC and not c.past]
    return replace(clinic, choices=kept)


async def _back(actor: Actor, row: Disruption) -> str:
    return f"/closures/{row.closure_id}" if actor.has(*OFFICE) else "/bookings"


@routes.post("/disruptions/{id}/move", name="move_disrupted")
@allow(*OFFICE, *CLINIC)
@once
async def move(request: web.Request) -> web.Response:
    """Take the offered time."""
    row = await _told(request)
    try:
        slot_id = UUID(await text_of(request, "slot_id"))
    except ValueError:
        raise Conflict("slot_not_found", "请先选一个时间。") from None
    await stopping.move(actor_of(request), row.id, slot_id)
    raise pages.see_other(await _back(actor_of(request), row), say=MOVED)


@routes.post("/disruptions/{id}/refund", name="refund_disrupted")
@allow(*OFFICE, *CLINIC)
@once
async def refund(request: web.Request) -> web.Response:
    """The money back, or simply no other time."""
    row = await _told(request)
    await stopping.refund(actor_of(request), row.id)
    raise pages.see_other(await _back(actor_of(request), row), say=REFUND)
