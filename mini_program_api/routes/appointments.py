"""Booking, paying, giving up, checking in, and what stands."""

from functools import partial

from aiohttp import web

from booking import residents as booking
from booking.models import Appointment
from booking.places import SlotFull
from booking.service import CONFIRMED
from booking.states import Status
from core.audit import write
from core.doors import residents
from core.errors import Conflict, Problem
from core.etags import revalidated, when_shown
from core.http import Rendered, answers, endpoint, path_id
from core.idempotency import HEADER, keyed, once
from mini_program_api import own, paging
from mini_program_api.bindings import CASHIER
from mini_program_api.border import BASE
from mini_program_api.just_booked import just_booked
from mini_program_api.schemas.booking import (
    AppointmentIn,
    AppointmentOut,
    Appointments,
    AppointmentsQuery,
    CancellationIn,
    CheckInIn,
    Choice,
    PaymentOut,
    RemedyIn,
)
from payments import service as payments
from people.links import survivor
from people.residents import access, agreements
from people.residents.actor import Resident, resident_of
from people.residents.at_once import open_at_once
from people.residents.models import Scope
from wechat.bindings import WECHAT

routes = web.RouteTableDef()

ONE = BASE + "/appointments/{id}"


@routes.post(f"{BASE}/appointments", name="mp_book")
@residents
@keyed
@answers(403, 404)
@endpoint(status=201)
async def book(request: web.Request, *, body: AppointmentIn) -> AppointmentOut | Rendered:
    """Take a time for one of the account's patients.

    With a fee it is `held` until `hold_expires_at` and waits for the payment; without one it is
    `booked` at once. 409 `slot_full` when somebody was faster. A repeat answers with the
    appointment of the first time, as it stands by then.
    """
    who = resident_of(request)
    key = own.key_of(who, request.headers[HEADER])
    await booking.refuse_full(body.slot_id, key)
    opened = await open_at_once(who, body.patient_id, Scope.BOOK, purpose="booking")
    if opened is None:
        return await _book_carefully(request, who, body, key)
    try:
        row = await booking.book(
            who,
            body.patient_id,
            body.slot_id,
            key=key,
            confirmed=body.confirmed,
            traces=[opened.trace],
        )
    except SlotFull:
        raise  # says nothing about the patient
    except Problem:
        await write(opened.trace)
        raise
    if not row.fresh:
        await write(opened.trace)
        return await own.appointment(request.app, row)
    return await just_booked(row, opened.name)


async def _book_carefully(
    request: web.Request, who: Resident, body: AppointmentIn, key: str
) -> AppointmentOut:
    """For whom something is unusual, or to be refused with a reason."""
    patient = await access.open_own(who, body.patient_id, Scope.BOOK, purpose="booking")
    await agreements.require_current(who, patient.id)
    whose = await survivor(patient.id)
    row = await booking.book(who, whose, body.slot_id, key=key, confirmed=body.confirmed)
    return await own.appointment(request.app, row)


@routes.get(f"{BASE}/appointments", name="mp_appointments")
@residents
@revalidated
@endpoint
async def appointments(request: web.Request, *, query: AppointmentsQuery) -> Appointments:
    """The appointments of all patients of the account, the latest first."""
    ids = await own.patient_ids(resident_of(request), Scope.BOOK, query.patient_id)
    rows = await booking.appointments(
        ids,
        live=query.live,
        after=paging.after("appointments", query.cursor),
        limit=query.limit + 1,
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    return Appointments(
        items=await own.appointments(request.app, rows),
        next_cursor=_cursor(rows[-1]) if more else None,
    )


def _cursor(row: Appointment) -> str:
    return paging.encode("appointments", row.starts_at.isoformat(), str(row.id))


@routes.get(ONE, name="mp_appointment")
@residents
@revalidated
@endpoint
async def appointment(request: web.Request) -> AppointmentOut:
    """One appointment, with the place in the queue after check-in. Ask again with the ETag."""
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.BOOK)
    when_shown(request, partial(own.looked_at, who, row))
    return await own.appointment(request.app, row)


@routes.post(f"{ONE}/payment", name="mp_pay_appointment")
@residents
@once(required=True)
@answers(403, 503)
@endpoint
async def pay(request: web.Request) -> PaymentOut:
    """What `wx.requestPayment` takes. Asked again, it is the same order.

    Paid or not is seen in the appointment: `booked` when the money has come.
    """
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.PAY)
    if row.status in CONFIRMED:
        raise Conflict("already_paid", "这个号已经约好了,不用再付。")
    if row.status is not Status.HELD or row.hold_expires_at is None:
        raise Conflict("hold_over", "保留时间已过,号已放回,没有扣您的钱。请重新预约。")
    if not row.fee_fen:
        raise Conflict("no_fee", "这个号不收费,不用付款。")
    schedule = await booking.schedule_of(row)
    found = await payments.request_payment(
        who,
        subject=request.app[CASHIER].subject_of(row.id),
        openid=who.openid,
        account_id=who.account_id,
        patient_id=row.patient_id,
        amount_fen=row.fee_fen,
        description=f"{schedule.organization.short_name} 挂号费",
        expires_at=row.hold_expires_at,
        wechat=request.app[WECHAT],
        organization_id=schedule.organization_id,
    )
    return PaymentOut.model_validate(found)


@routes.post(f"{ONE}/payment-check", name="mp_check_payment")
@residents
@answers(403, 503)
@endpoint
async def check_payment(request: web.Request) -> AppointmentOut:
    """The resident says that it is paid: WeChat is asked now, instead of waiting for its notice.

    The appointment becomes `booked` a moment later; ask for it again.
    """
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.PAY)
    if row.status is Status.HELD and row.fee_fen:
        subject = request.app[CASHIER].subject_of(row.id)
        await payments.refresh(subject, wechat=request.app[WECHAT])
    return await own.appointment(request.app, row)


@routes.post(f"{ONE}/acceptance", name="mp_accept_place")
@residents
@once(required=True)
@answers(403, 409)
@endpoint
async def accept(request: web.Request) -> AppointmentOut:
    """Yes to a place that was kept: `booked` when it costs nothing, else `held` for the payment.

    409 `offer_over` when it went back meanwhile. A repeat changes nothing.
    """
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.BOOK)
    return await own.appointment(request.app, await booking.take_up(who, row))


@routes.post(f"{ONE}/cancellation", name="mp_cancel_appointment")
@residents
@once
@endpoint
async def cancel(request: web.Request, *, body: CancellationIn) -> AppointmentOut:
    """Give it up. What was paid goes back the way it came. 409 `too_late` after the free time."""
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.BOOK)
    return await own.appointment(request.app, await booking.cancel(who, row, reason=body.reason))


@routes.post(f"{ONE}/check-in", name="mp_check_in")
@residents
@once
@endpoint
async def check_in(request: web.Request, *, body: CheckInIn) -> AppointmentOut:
    """Check in with the code that hangs at the door; the answer has the number in the queue."""
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.BOOK)
    return await own.appointment(request.app, await booking.check_in(who, row, door=body.door))


@routes.post(f"{ONE}/remedy", name="mp_remedy")
@residents
@once(required=True)
@endpoint
async def remedy(request: web.Request, *, body: RemedyIn) -> AppointmentOut:
    """After the hospital stopped a clinic: another time, or the money back.

    Moved: the answer is the new appointment, and what was paid went along.
    """
    who = resident_of(request)
    row = await own.open_appointment(who, path_id(request), Scope.BOOK)
    if body.choice is Choice.MOVE and body.slot_id is not None:
        settled = await booking.choose_move(who, row, body.slot_id)
    else:
        settled = await booking.choose_refund(who, row)
    return await own.appointment(request.app, settled)
