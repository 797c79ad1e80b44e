"""Payments × booking: what the one does because of the other.

`payments` knows subjects, `booking` knows appointments; only here they meet. A stopped
appointment that was moved took its payment along, so the payment's subject is the first of the
chain.
"""

from typing import Final
from uuid import UUID

from booking import events as bookings
from booking import refunds
from booking import service as booking
from booking.models import Appointment, Disruption
from booking.models import Payment as Paid
from booking.states import Status
from core.audit import SYSTEM
from core.errors import Conflict
from payments import service as payments
from payments.events import PaymentSettled, RefundSettled
from wechat.bindings import WeChat

KIND: Final = "Appointment"
HOLD_OVER: Final = "hold_over"
IMPOSSIBLE: Final = "付款时号已放回,挂号费原路退回"
CANCELLED: Final = "预约已取消,挂号费原路退回"
UNFIT: Final = "在线复诊没有看成,费用原路退回"
STOPPED: Final = "医院停诊,挂号费原路退回"


def subject_of(appointment_id: UUID | str) -> str:
    """What a payment for an appointment is for."""
    return f"{KIND}/{appointment_id}"


def appointment_in(subject: str) -> UUID | None:
    """The appointment a subject names, None when it is about something else."""
    kind, _, id = subject.partition("/")
    return UUID(id) if kind == KIND else None


def page_of(subject: str) -> str:
    """Where staff see what was paid for."""
    id = appointment_in(subject)
    return f"/bookings/{id}" if id else ""


async def paid_subject(appointment_id: UUID) -> str:
    """Where the money of an appointment is: with itself, or with the one it was moved from."""
    while moved := await Disruption.get_or_none(moved_to_id=appointment_id):
        appointment_id = moved.appointment_id
    return subject_of(appointment_id)


async def payment_of(appointment_id: UUID) -> payments.PaymentView | None:
    """The payment that counts for an appointment."""
    return await payments.of_subject(await paid_subject(appointment_id))


async def may_expire(appointment: Appointment, *, wechat: WeChat) -> bool:
    """Before a hold runs out the cashier is asked: who paid in the last moment keeps the place."""
    return await payments.may_release(subject_of(appointment.id), wechat=wechat)


async def confirm_paid(event: PaymentSettled) -> None:
    """The fee came: the place is the patient's; if that is impossible the money goes back."""
    appointment_id = appointment_in(event.subject)
    if appointment_id is None:
        return
    row = await Appointment.get_or_none(id=appointment_id)
    if row is not None and row.payment is Paid.ONLINE:
        return  # a repeat; what happened since has its own events
    if row is not None and row.fee_fen == event.amount_fen:
        try:
            await booking.confirm(SYSTEM, row.id, Paid.ONLINE)
            return
        except Conflict as problem:
            if problem.code != HOLD_OVER:
                raise
    await _send_back(event.subject, event.amount_fen, IMPOSSIBLE, "impossible")


async def settle_cancelled(event: bookings.AppointmentCancelled) -> None:
    """Given up: what was paid online goes back, and nothing can be paid any more."""
    await _refund_or_withdraw(event, CANCELLED)


async def settle_refund_choice(event: bookings.RefundChosen) -> None:
    """After a stop the patient wants the money back."""
    await _refund_or_withdraw(event, STOPPED)


async def settle_unfit(event: bookings.VisitRefundDue) -> None:
    """An online visit was stopped or broke off, and the rule gives the fee back."""
    await _refund_or_withdraw(event, UNFIT)


async def _refund_or_withdraw(
    event: bookings.AppointmentCancelled | bookings.RefundChosen | bookings.VisitRefundDue,
    reason: str,
) -> None:
    if event.payment == Paid.ONLINE and event.refund_fen:
        subject = await paid_subject(UUID(event.appointment_id))
        await _send_back(subject, event.refund_fen, reason, f"appointment/{event.appointment_id}")
    else:
        await payments.withdraw(subject_of(event.appointment_id))


async def _send_back(subject: str, fen: int, reason: str, key: str) -> None:
    await payments.refund(SYSTEM, subject, amount_fen=fen, reason=reason, key=key)


async def stop_paying(event: bookings.AppointmentEvent) -> None:
    """Stopped, expired, or settled another way (cash): an order still open is closed."""
    row = await Appointment.get_or_none(id=event.appointment_id)
    if row is not None and row.status is not Status.HELD and row.payment is not Paid.ONLINE:
        await payments.withdraw(subject_of(row.id))


async def note_refund(event: RefundSettled) -> None:
    """The money is back: the appointment that owed it says so."""
    appointment_id = appointment_in(event.subject)
    while appointment_id is not None:
        if await refunds.mark_refunded(appointment_id):
            return
        moved = await Disruption.get_or_none(appointment_id=appointment_id)
        appointment_id = moved.moved_to_id if moved else None
