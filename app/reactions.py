"""Everything that happens because something else happened."""

from datetime import timedelta
from functools import partial
from typing import Final

from aiohttp import web

import chat.events
import chat.reactions
from app import consult_room, money
from app.settings import SETTINGS
from booking import events as bookings
from booking import reactions as booking_pages
from care.teleconsultation import events as consultation
from care.teleconsultation import reactions as consultations
from core import blobs, live
from core.outbox import Event, Reaction, Reactions
from notifications import appointments as notices
from notifications import delivery
from notifications import events as communications
from payments import events as payments
from people import emergencies
from people import events as privacy
from rtc import events as rooms
from rtc.quality import reactions as quality
from wechat.bindings import WECHAT

MONEY: Final[dict[type[Event], list[Reaction]]] = {
    payments.PaymentSettled: [money.confirm_paid],
    payments.RefundSettled: [money.note_refund],
    bookings.AppointmentBooked: [money.stop_paying],
    bookings.AppointmentExpired: [money.stop_paying],
    bookings.AppointmentStopped: [money.stop_paying],
    bookings.AppointmentCancelled: [money.settle_cancelled],
    bookings.RefundChosen: [money.settle_refund_choice],
}


def bind(app: web.Application) -> Reactions:
    """Fact → what follows, with what each reaction needs from outside."""
    settings, sockets = app[SETTINGS], app[live.SOCKETS]
    archive = partial(
        consultations.archive_report, store=app[blobs.STORE], base_url=settings.base_url
    )
    escalate = partial(
        consultations.answer_overdue,
        instant_answer=timedelta(minutes=settings.instant_answer_minutes),
    )
    close_room = partial(consult_room.close_room, sockets=sockets)
    tell_reviewers = partial(emergencies.tell_reviewers, hint=app[live.HINT])
    follows: dict[type[Event], list[Reaction]] = {
        **{fact: list(found) for fact, found in MONEY.items()},
        consultation.ConsultationAccepted: [consult_room.open_conversation],
        consultation.DoctorInvited: [consult_room.add_to_conversation],
        consultation.DoctorWithdrew: [consult_room.remove_from_conversation],
        consultation.SessionBegan: [consult_room.say_began],
        consultation.PhoneCallLogged: [consult_room.say_phone_call],
        consultation.ConsultationEnded: [
            consultations.close_record,
            consult_room.close_conversation,
            close_room,
        ],
        consultation.ConsultationDeclined: [consultations.close_record],
        consultation.ConsultationExpired: [consultations.close_record],
        consultation.ConsultationArchived: [consultations.close_record],
        consultation.DecisionMade: [archive],
        consultation.OpinionCorrected: [archive],
        consultation.AnswerOverdue: [escalate],
        consultation.WaitingRoomDue: [consultations.waiting_room_due],
        consultation.JoinOverdue: [consultations.join_overdue],
        rooms.ParticipantEntered: [consult_room.participant_entered],
        rooms.ParticipantLeft: [consult_room.participant_left],
        rooms.RoomEmptied: [consult_room.room_emptied],
        rooms.CallMeasured: [quality.sum_up_call],
        privacy.EmergencyAccessOpened: [tell_reviewers],
        privacy.EmergencyAccessReviewed: [tell_reviewers],
        chat.events.ConversationChanged: [partial(chat.reactions.tell_members, emit=sockets.emit)],
    }
    for kind, notice in _what_residents_hear(app).items():
        follows.setdefault(kind, []).append(notice)
    tell_booking = partial(booking_pages.tell_pages, hint=app[live.HINT])
    for booked in bookings.KINDS:
        follows.setdefault(booked, []).append(tell_booking)
    tell = partial(consultations.tell_pages, hint=app[live.HINT])
    for consulted in consultation.KINDS:
        follows.setdefault(consulted, []).append(tell)
    return follows


def _what_residents_hear(app: web.Application) -> dict[type[Event], Reaction]:
    return {
        bookings.AppointmentBooked: notices.tell_booked,
        bookings.AppointmentMoved: notices.tell_moved,
        bookings.PlaceOffered: notices.tell_offered,
        bookings.AppointmentStopped: notices.tell_stopped,
        bookings.AppointmentCancelled: notices.tell_cancelled,
        bookings.AppointmentExpired: notices.tell_expired,
        bookings.PatientCalled: notices.tell_called,
        bookings.AppointmentMissed: notices.tell_missed,
        payments.RefundSettled: notices.tell_refunded,
        communications.ReminderDue: notices.tell_reminder,
        communications.CommunicationWritten: partial(delivery.send_by_wechat, wechat=app[WECHAT]),
    }
