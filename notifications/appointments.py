"""What residents are told because something happened to an appointment; wired in `app.reactions`.

A message is unique by account, topic and subject. Several facts share the topic of changes, so
their subject names the fact too.
"""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from booking import events
from booking.models import Appointment, CancelledBy, Channel, Schedule, WaitingWish
from booking.states import Status
from booking.words import yuan
from core import clock
from core.clock import SHANGHAI
from core.outbox import schedule
from notifications import rules, wording
from notifications.events import ReminderDue
from notifications.policy import params
from notifications.reminders import Said
from notifications.service import Message, tell
from notifications.wording import Visit
from payments.events import RefundSettled
from people.masking import mask_name
from people.models import Patient
from people.specialties import SPECIALTIES

REMIND_AT: Final = time(18, 0)


async def tell_booked(event: events.AppointmentBooked) -> None:
    """The place is theirs; the reminder is set for the evening before."""
    row = await _read(event.appointment_id)
    if row.channel is not Channel.COUNTER:
        await tell(row.patient_id, _subject(row), wording.booked(_visit(row)))
    await _remind(row)


async def tell_moved(event: events.AppointmentMoved) -> None:
    """Another time after a stop."""
    row = await _read(event.appointment_id)
    await tell(row.patient_id, f"{_subject(row)}/moved", wording.moved(_visit(row)))
    await _remind(row)


async def _remind(row: Appointment) -> None:
    day = row.starts_at.astimezone(SHANGHAI).date() - timedelta(days=1)
    due = datetime.combine(day, REMIND_AT, SHANGHAI)
    if due > clock.now():
        event = ReminderDue(appointment_id=str(row.id))
        await schedule(event, due_at=due, key=f"reminder/{row.id}")


async def tell_reminder(event: ReminderDue) -> None:
    """Tomorrow, unless it was given up meanwhile, or the machine slept until it was too late."""
    row = await _read(event.appointment_id)
    if row.status is Status.BOOKED and row.starts_at > clock.now():
        said = await reminder_of(row.id)
        await tell(said.patient_id, _subject(row), said.message, expires_at=said.expires_at)


async def reminder_of(id: UUID) -> Said:
    """What is said the evening before."""
    row = await _read(str(id))
    return Said(row.patient_id, wording.reminder(_visit(row)), expires_at=row.starts_at)


async def tell_offered(event: events.PlaceOffered) -> None:
    """A place for the first in line."""
    row = await _read(event.appointment_id)
    until = datetime.fromisoformat(event.until)
    message = _in_time(wording.offered(_visit(row), until), row)
    await tell(row.patient_id, _subject(row), message, expires_at=until)


async def tell_stopped(event: events.AppointmentStopped) -> None:
    """The hospital stopped the clinic: another time, or the money back."""
    row = await _read(event.appointment_id)
    message = _in_time(wording.stopped(_visit(row)), row)
    await tell(row.patient_id, f"{_subject(row)}/stopped", message)


async def tell_line_ended(event: events.LineEnded) -> None:
    """The day that was waited for is stopped."""
    wish = await WaitingWish.get(id=int(event.wish_id)).select_related(
        "patient", "schedule__organization"
    )
    starts_at = datetime.fromisoformat(event.starts_at)
    visit = _visit_of(wish.patient, wish.schedule, starts_at)
    await tell(wish.patient_id, f"WaitingWish/{wish.id}", wording.line_ended(visit))


async def tell_cancelled(event: events.AppointmentCancelled) -> None:
    """Given up; the others who may act for the patient hear of it too."""
    row = await _read(event.appointment_id)
    refund = ""
    if event.refund_fen:
        way = "原路退回,一般 1 到 3 天到账" if event.payment == "online" else "请到收钱的地方退"
        refund = f"{yuan(event.refund_fen)}{way}。"
    message = wording.cancelled(_visit(row), refund)
    if row.cancelled_by is not CancelledBy.PATIENT:
        message = _in_time(message, row)
    await tell(row.patient_id, f"{_subject(row)}/cancelled", message)


async def tell_expired(event: events.AppointmentExpired) -> None:
    """Nobody paid in time."""
    row = await _read(event.appointment_id)
    await tell(row.patient_id, f"{_subject(row)}/expired", wording.expired(_visit(row)))


async def tell_called(event: events.PatientCalled) -> None:
    """Their turn, once: a repeated call shows on the board and the page."""
    row = await _read(event.appointment_id)
    await tell(row.patient_id, _subject(row), wording.called(_visit(row), event.queue_number))


async def tell_missed(event: events.AppointmentMissed) -> None:
    """Did not come."""
    row = await _read(event.appointment_id)
    until = datetime.fromisoformat(event.blocked_until) if event.blocked_until else None
    await tell(row.patient_id, f"{_subject(row)}/missed", wording.missed(_visit(row), until))


async def tell_refunded(event: RefundSettled) -> None:
    """Money is back with the payer; a part of it may follow later."""
    kind, _, id = event.subject.partition("/")
    if kind == "Appointment":
        message = wording.refunded(event.refund_fen, clock.today(), wording.page_of(id))
        await tell(UUID(event.patient_id), f"Refund/{event.refund_id}", message)


def _in_time(message: Message, row: Appointment) -> Message:
    """The same by the topic that waits for no morning, for whoever would be on the way by then."""
    if not rules.cannot_wait(params().quiet, clock.now(), row.starts_at):
        return message
    return replace(message, topic=f"{message.topic}_now")


async def _read(appointment_id: str) -> Appointment:
    row: Appointment = await Appointment.get(id=appointment_id).select_related(
        "patient", "schedule__organization"
    )
    return row


def _subject(row: Appointment) -> str:
    return f"Appointment/{row.id}"


def _visit(row: Appointment) -> Visit:
    visit = _visit_of(row.patient, row.schedule, row.starts_at)
    return replace(visit, appointment_id=str(row.id), fee=yuan(row.fee_fen))


def _visit_of(patient: Patient, schedule: Schedule, starts_at: datetime) -> Visit:
    department = SPECIALTIES.get(schedule.department, schedule.department)
    return Visit(
        appointment_id="",
        patient=patient.name,
        patient_masked=mask_name(patient.name),
        house=schedule.organization.short_name,
        what=f"{department} {schedule.name}",
        place=schedule.place,
        starts_at=starts_at,
        fee=yuan(schedule.fee_fen),
    )
