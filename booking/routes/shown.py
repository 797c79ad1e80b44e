"""One appointment on screen and on paper: what it is, what can be done with it now."""

from functools import partial
from typing import Any, Final

from aiohttp import web
from pydantic import Field

from booking import appeals, cash, days, queries, rules, service, village, words
from booking.access import ANY, CLINIC, OFFICE, Side, View, open_appointment
from booking.holidays import cancel_until
from booking.models import Appeal, CancelledBy, Disruption, Payment
from booking.states import Status
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict
from core.forms import Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import actor_of
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

PAID: Final = pages.notice("booking-paid", "已收现金,预约成功。请打印预约单。")
ACCEPTED: Final = pages.notice("booking-confirmed", "预约成功。请打印预约单。")
CANCELLED: Final = pages.notice("booking-cancelled", "已取消,号已放回。")
REFUNDED: Final = pages.notice("cash-refunded", "已记为退款。")
APPEALED: Final = pages.notice("no-show-appealed", "申诉已交给门诊办。")


class Words(Schema):
    """A reason."""

    reason: str = Field(min_length=2, max_length=200)


@routes.get("/bookings/{id:[0-9a-fA-F-]{36}}", name="booking")
@allow(*ANY)
async def show(request: web.Request) -> web.Response:
    """The appointment."""
    view = await open_appointment(actor_of(request), path_id(request))
    await audit(
        view.actor,
        "appointment.open",
        f"Appointment/{view.appointment.id}",
        patient_id=view.appointment.patient_id,
    )
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any], *, wrong: str = "") -> web.Response:
    """`wrong` is whose form it is: cancel or appeal."""
    view = await open_appointment(actor_of(request), path_id(request))
    row = view.appointment
    line = (await queries.lines([row]))[0]
    until = await cancel_until(row)
    return await pages.render(
        request,
        "booking/booking.html",
        title="预约",
        status=form.status,
        form=form,
        wrong=wrong,
        view=view,
        row=row,
        line=line,
        schedule=row.schedule,
        department=SPECIALTIES.get(row.schedule.department, ""),
        day=days.day_words(row.day),
        office=view.side is Side.OFFICE,
        doctor=view.side is Side.DOCTOR,
        clinic=view.side is Side.CLINIC,
        consent=await village.consent_of(row) if view.side is Side.CLINIC else None,
        may_cancel=await _may_cancel(view),
        cancel_until=until,
        appeal=await Appeal.get_or_none(appointment_id=row.id),
        others=[] if view.side is Side.DOCTOR else await queries.others_of(row),
        disruption=await Disruption.get_or_none(appointment_id=row.id),
        fee=words.yuan(row.fee_fen),
        code=words.grouped(row.code),
        needs=[rules.PREREQUISITES[need] for need in row.schedule.needs],
        owes=row.payment in (Payment.PENDING, Payment.AT_VISIT),
        words=words,
    )


async def _may_cancel(view: View) -> bool:
    row = view.appointment
    if row.status is Status.CHECKED_IN:
        return view.side is Side.OFFICE
    return row.status in (Status.HELD, Status.BOOKED) and view.side is not Side.DOCTOR


@routes.post("/bookings/{id}/cash", name="take_cash")
@allow(*OFFICE, *CLINIC)
@once
async def take_cash(request: web.Request) -> web.Response:
    """The fee in cash; at the clinic only after the neighbour has agreed on screen."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.OFFICE, Side.CLINIC)
    if view.side is Side.CLINIC:
        await village.require_consent(view.appointment)
    await cash.take(view.actor, view.appointment)
    raise pages.see_other(f"/bookings/{view.appointment.id}", say=PAID)


@routes.post("/bookings/{id}/confirmation", name="confirm_booking")
@allow(*CLINIC)
@once
async def confirm(request: web.Request) -> web.Response:
    """Nothing to pay: the place is the neighbour's once they have agreed."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.CLINIC)
    await village.require_consent(view.appointment)
    if view.appointment.fee_fen:
        raise Conflict("unpaid", "这个号要收费,请先收费。")
    await service.confirm(view.actor, view.appointment.id, Payment.FREE)
    raise pages.see_other(f"/bookings/{view.appointment.id}", say=ACCEPTED)


@routes.post("/bookings/{id}/cancellation", name="cancel_booking")
@allow(*OFFICE, *CLINIC)
@once
@filled(Words, again=partial(_page, wrong="cancel"))
async def cancel(request: web.Request, entry: Words) -> web.Response:
    """Give it up, for the patient, with a reason."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.OFFICE, Side.CLINIC)
    await service.cancel(
        view.actor,
        view.appointment,
        by=CancelledBy.STAFF,
        reason=entry.reason,
        office=view.side is Side.OFFICE,
    )
    raise pages.see_other(f"/bookings/{view.appointment.id}", say=CANCELLED)


@routes.post("/bookings/{id}/refund", name="refund_cash")
@allow(*OFFICE, *CLINIC)
@once
async def refund(request: web.Request) -> web.Response:
    """The money was given back in cash."""
    view = await open_appointment(actor_of(request), path_id(request))
    view.require(Side.OFFICE, Side.CLINIC)
    await cash.give_back(view.actor, view.appointment)
    raise pages.see_other(f"/bookings/{view.appointment.id}", say=REFUNDED)


@routes.post("/bookings/{id}/appeal", name="appeal_no_show")
@allow(*CLINIC)
@once
@filled(Words, again=partial(_page, wrong="appeal"))
async def appeal(request: web.Request, entry: Words) -> web.Response:
    """Say for the neighbour why it should not count."""
    view = await open_appointment(actor_of(request), path_id(request))
    await appeals.make(view.actor, view.appointment, entry.reason)
    raise pages.see_other(f"/bookings/{view.appointment.id}", say=APPEALED)


@routes.get("/bookings/{id}/slip", name="booking_slip")
@allow(*ANY)
async def slip(request: web.Request) -> web.Response:
    """The paper to take along. The QR holds the code and nothing about the person."""
    view = await open_appointment(actor_of(request), path_id(request))
    row = view.appointment
    if row.status not in (Status.BOOKED, Status.CHECKED_IN, Status.CALLED):
        raise Conflict("no_slip", "还没有预约成功,不能打印预约单。")
    await audit(view.actor, "appointment.slip", f"Appointment/{row.id}", patient_id=row.patient_id)
    until = await cancel_until(row)
    return await pages.render(
        request,
        "booking/slip.html",
        title="预约单",
        back_href=f"/bookings/{row.id}",
        row=row,
        line=(await queries.lines([row]))[0],
        schedule=row.schedule,
        organization=row.schedule.organization,
        department=SPECIALTIES.get(row.schedule.department, ""),
        day=days.paper_day(row.day),
        qr=qr_svg(row.code),
        code=words.grouped(row.code),
        fee=words.yuan(row.fee_fen),
        needs=[rules.PREREQUISITES[need] for need in row.schedule.needs],
        cancel_until=until if until > clock.now() else None,
        words=words,
    )
