"""Everything that happens because something else happened."""

from functools import partial
from typing import Final

from aiohttp import web

import chat.events
import chat.reactions
from app import (
    complaint_holds,
    consult_room,
    money,
    next_visits,
    notices,
    online_visits,
    referral_places,
    review_talk,
    team_follow_ups,
    team_leads,
    team_talk,
    visit_offers,
    visit_room,
)
from app.settings import SETTINGS
from booking import events as bookings
from booking import reactions as booking_pages
from care.complaint import events as complaint
from care.complaint import reactions as complaints
from care.encounter import events as visit
from care.encounter import reactions as visits
from care.record import events as home
from care.referral import events as referral
from care.referral import reactions as referrals
from care.teleconsultation import events as consultation
from care.teleconsultation import reactions as consultations
from core import blobs, live
from core.outbox import Event, Reaction, Reactions
from devices import events as device
from devices import reactions as devices
from family_doctor.alerts import events as alert
from family_doctor.alerts import reactions as alerting
from family_doctor.care_plan import events as care_plan
from family_doctor.care_plan import reactions as care_plans
from family_doctor.contracts import events as contract
from family_doctor.contracts import paying as contract_money
from family_doctor.contracts import reactions as contracts
from family_doctor.followup import events as follow_up
from family_doctor.fulfilment import reactions as promised
from family_doctor.immunization import events as immunization
from family_doctor.immunization import reactions as immunizations
from family_doctor.leads import events as lead
from family_doctor.talks import events as talk
from family_doctor.teams import events as teams
from notifications import deaths as silence
from notifications import drugs, reminders, reminding
from notifications import events as communications
from notifications import leads as lead_notices
from notifications.duty import telling as duty
from notifications.education import events as education
from notifications.education import reactions as educating
from notifications.family import immunizations as family_immunizations
from notifications.family import readings as family_readings
from notifications.family import renewal as family_renewal
from notifications.family import visits as family_visits
from payments import events as payments
from people import emergencies
from people import events as privacy
from people.cards import alerts
from pharmacy.decoction import reactions as decoctions
from pharmacy.decoction.events import DecoctionMoved
from pharmacy.delivery import events as parcel
from pharmacy.dispensing import reactions as dispensing
from pharmacy.formulary.events import LotClosed
from pharmacy.orders import events as ordered
from pharmacy.orders import paying as drug_money
from pharmacy.orders import reactions as drug_orders
from pharmacy.orders import unclaimed
from pharmacy.prescribing import events as prescription
from pharmacy.prescribing import reactions as prescriptions
from pharmacy.review import events as review
from pharmacy.review import reactions as reviewing
from pharmacy.shipping import reactions as shipping
from rtc import events as rooms
from rtc.quality import reactions as quality
from wechat.bindings import WECHAT

Follows = dict[type[Event], list[Reaction]]

MONEY: Final[Follows] = {
    payments.PaymentSettled: [money.confirm_paid],
    payments.RefundSettled: [money.note_refund],
    bookings.AppointmentBooked: [money.stop_paying],
    bookings.AppointmentExpired: [money.stop_paying],
    bookings.AppointmentStopped: [money.stop_paying],
    bookings.AppointmentCancelled: [money.settle_cancelled],
    bookings.RefundChosen: [money.settle_refund_choice],
    bookings.VisitRefundDue: [money.settle_unfit],
}
DRUGS: Final[Follows] = {
    payments.PaymentSettled: [drug_money.confirm_paid],
    payments.RefundSettled: [drug_money.note_refund],
    prescription.MedicationRequestCancelled: [drug_orders.end_cancelled],
    prescription.MedicationRequestExpired: [drug_orders.end_expired],
    prescription.MedicationRequestApproved: [drugs.remind],
    ordered.MedicationOrderPlaced: [reminding.remind_to_pay],
    ordered.MedicationOrderClosed: [reminding.paid_or_closed],
    communications.ReminderComes: [reminders.say, family_readings.once_more],
    ordered.MedicationOrderReady: [unclaimed.wait, shipping.pack],
    ordered.PickUpOver: [unclaimed.end],
    ordered.MedicationOrderPaid: [dispensing.open_dispense, reminding.paid_or_closed],
    LotClosed: [shipping.recall_lot],
    parcel.ParcelMoved: [shipping.follow],
    parcel.ParcelEnded: [shipping.follow],
    ordered.MedicationOrderStopped: [
        dispensing.stop_dispense,
        decoctions.stop_decoction,
        shipping.stop_waiting,
    ],
}
FAMILIES: Final[Follows] = {
    contract.ContractActivated: [
        care_plans.adopt,
        team_talk.follow_contract,
        alerting.follow_contract,
    ],
    contract.ContractEnded: [
        care_plans.release,
        team_talk.follow_contract,
        alerting.follow_contract,
    ],
    lead.VisitOffered: [team_leads.keep_place, lead_notices.tell_offered],
    bookings.PlaceKept: [lead_notices.tell_kept],
    talk.TalkOpened: [team_talk.open_conversation],
    teams.TeamChanged: [team_talk.follow_team],
    home.HomeReadingTaken: [alerting.raise_alert, care_plans.reading_came],
    follow_up.FollowUpRecorded: [care_plans.want_readings, promised.count_follow_up],
    follow_up.FollowUpFoundWrong: [promised.uncount_follow_up],
    care_plan.TaskOpened: [family_visits.set_reminders],
    care_plan.TaskMoved: [family_visits.set_reminders],
    care_plan.TaskEnded: [family_visits.take_back, promised.count_check],
    care_plan.ReadingWanted: [family_readings.set_reminder],
    immunization.ImmunizationDue: [family_immunizations.set_reminders],
    immunization.ImmunizationSettled: [family_immunizations.take_back],
    care_plan.ReadingSettled: [family_readings.take_back],
    alert.AlertUnanswered: [alerting.unanswered],
    device.DeviceMessageKept: [devices.understand],
    alert.AlertMoved: [duty.tell_alert],
}
DEATHS: Final[Follows] = {
    privacy.PatientDied: [
        care_plans.lay_to_rest,
        immunizations.follow,
        alerting.end_of_dead,  # before the contract's end hands it on to the county
        contracts.end_of_dead,
        booking_pages.call_off,
        silence.fall_silent,
    ],
    privacy.DeathDisproved: [
        care_plans.go_on,
        alerting.say_it_stays,
        immunizations.follow,
    ],
}
VISITS: Final[Follows] = {
    visit.EncounterArrived: [online_visits.check_in, visit_room.open_conversation],
    visit.EncounterMoved: [online_visits.follow_line],
    visit.EncounterCalled: [online_visits.follow_call],
    visit.EncounterBegan: [online_visits.follow_begin, visit_room.say_began],
    visit.EncounterKindChanged: [visit_room.say_kind],
    visit.EncounterEnded: [
        online_visits.follow_end,
        visit_room.close_conversation,
        visit_offers.keep_place,
    ],
    complaint.ComplaintMoved: [complaint_holds.follow],
    complaint.ComplaintSilent: [complaints.close_silent],
    visit.GuestJoined: [visit_room.welcome_guest],
    visit.GuestLeft: [visit_room.see_guest_out],
    visit.ShiftIdle: [partial(visits.shift_idle, spoke=visit_room.last_words)],
    referral.ReferralDue: [referrals.due],
    referral.ReferralMoved: [referral_places.keep_place, team_follow_ups.ask_after],
    visit.CallUnanswered: [visits.call_unanswered],
    visit.EncounterLapsed: [visits.lapsed],
    visit.NoteSigned: [next_visits.look_forward, team_follow_ups.ask_team],
    visit.NextVisitDue: [next_visits.keep_next],
}
CONTRACTS: Final[Follows] = {
    payments.PaymentSettled: [contract_money.confirm_paid],
    contract.ContractMoved: [contract_money.settle_withdrawn],
}
PRESCRIPTIONS: Final[Follows] = {
    prescription.MedicationRequestExpiring: [prescriptions.run_out],
    prescription.MedicationRequestCancelled: [reviewing.void],
    prescription.MedicationRequestExpired: [reviewing.void],
    prescription.MedicationRequestSigned: [reviewing.appraise_confirmed],
    prescription.MedicationRequestRejected: [reviewing.appraise_rejected],
    prescription.MedicationRequestReturned: [duty.tell_returned],
    review.ReviewSilent: [reviewing.give_back],
    review.DoctorAsked: [review_talk.open_conversation],
    review.ReviewMoved: [review_talk.follow_review],
    review.ReviewShiftIdle: [reviewing.shift_idle],
}
LEARNING: Final[Follows] = {
    education.ArticleDue: [educating.publish],
    education.CampaignDue: [educating.go_on],
}
PLAIN: Final = (LEARNING, MONEY, FAMILIES, DEATHS, VISITS, PRESCRIPTIONS)


def bind(app: web.Application) -> Reactions:
    """Fact → what follows, with what each reaction needs from outside."""
    reminders.bring(*reminding.OWN, *duty.SOURCES)
    reminders.bring(*family_visits.OWN, *family_readings.OWN, *family_renewal.OWN)
    reminders.bring(*family_immunizations.OWN)
    settings, sockets = app[SETTINGS], app[live.SOCKETS]
    archive = partial(
        consultations.archive_report, store=app[blobs.STORE], base_url=settings.base_url
    )
    close_room = partial(consult_room.close_room, sockets=sockets)
    tell_alert_readers = partial(alerts.tell_readers, hint=app[live.HINT])
    tell_reviewers = partial(emergencies.tell_reviewers, hint=app[live.HINT])
    rooms_and_pages: Follows = {
        consultation.ConsultationSubmitted: [duty.tell_asked],
        consultation.ConsultationEscalated: [duty.tell_asked],
        consultation.ConsultationRedirected: [duty.tell_asked],
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
        consultation.AnswerOverdue: [consultations.answer_overdue],
        consultation.WaitingRoomDue: [consultations.waiting_room_due],
        consultation.JoinOverdue: [consultations.join_overdue],
        rooms.ParticipantEntered: [consult_room.participant_entered],
        rooms.ParticipantLeft: [consult_room.participant_left],
        rooms.RoomEmptied: [consult_room.room_emptied],
        rooms.CallMeasured: [quality.sum_up_call],
        privacy.EmergencyAccessOpened: [tell_reviewers],
        privacy.EmergencyAccessReviewed: [tell_reviewers],
        privacy.CardAlertRaised: [tell_alert_readers],
        privacy.CardAlertSeen: [tell_alert_readers],
        chat.events.ConversationChanged: [
            partial(chat.reactions.tell_members, sockets=sockets),
        ],
        chat.events.MembershipChanged: [partial(chat.reactions.check_again, sockets=sockets)],
    }
    may_lapse = partial(contract_money.may_lapse, wechat=app[WECHAT])
    needing: Follows = {
        contract.ContractDue: [partial(contracts.due, may_lapse=may_lapse)],
        bookings.AppointmentCancelled: [online_visits.give_up],
        bookings.AppointmentStopped: [online_visits.give_up],
        visit.EncounterEnded: [partial(visit_room.close_room, sockets=sockets)],
        visit.GuestLeft: [partial(visit_room.empty_guest_seat, sockets=sockets)],
    }
    told: Follows = {fact: [notice] for fact, notice in notices.TOLD.items()}
    screens = _what_screens_hear(app)
    return _together(*PLAIN, rooms_and_pages, DRUGS, CONTRACTS, screens, needing, told)


def _together(*tables: Follows) -> Follows:
    """One table of all: a fact that stands in several of them is followed by what each says."""
    found: Follows = {}
    for table in tables:
        for fact, reactions in table.items():
            found.setdefault(fact, []).extend(reactions)
    return found


def _what_screens_hear(app: web.Application) -> Follows:
    """Who looks at what, and is told that it has changed."""
    pairs = (
        ((DecoctionMoved,), decoctions.tell_room),
        ((alert.AlertMoved,), alerting.tell_pages),
        ((device.DeviceMessageSettled,), devices.tell_pages),
        ((visit.ShiftChanged,), visits.tell_desk),
        (visit.KINDS, visits.tell_pages),
        ((referral.ReferralMoved,), referrals.tell_pages),
        (review.DESK, reviewing.tell_desk),
        ((review.AppraisalJudged,), reviewing.tell_doctor),
        (review.PRESCRIBED, reviewing.tell_pages),
        (bookings.KINDS, booking_pages.tell_pages),
        (ordered.KINDS, drug_orders.tell_pages),
        (prescription.KINDS, prescriptions.tell_pages),
        (consultation.KINDS, consultations.tell_pages),
        (contract.KINDS, contracts.tell_pages),
    )
    found: Follows = {}
    for facts, tell in pairs:
        for fact in facts:
            found.setdefault(fact, []).append(partial(tell, hint=app[live.HINT]))
    return found
