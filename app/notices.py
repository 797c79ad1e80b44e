"""What residents are told of, and by which words."""

from typing import Final

from booking import events as bookings
from care.complaint import events as complaint
from care.encounter import events as visit
from care.referral import events as referral
from core.outbox import Event, Reaction
from family_doctor.contracts import events as contract
from family_doctor.fulfilment.events import ServiceRecorded
from family_doctor.talks import events as talk
from notifications import appointments, carrying, drugs, proxies
from notifications import complaints as complaint_notices
from notifications import contracts as contract_notices
from notifications import emergencies as glass
from notifications import encounters as visit_notices
from notifications import events as communications
from notifications import prescriptions as prescription_notices
from notifications import referrals as referral_notices
from notifications import talks as talk_notices
from notifications.family import renewal as family_renewal
from payments import events as payments
from people import events as privacy
from pharmacy.delivery import events as parcel
from pharmacy.orders import events as ordered
from pharmacy.prescribing import events as prescription

TOLD: Final[dict[type[Event], Reaction]] = {
    bookings.AppointmentBooked: appointments.tell_booked,
    bookings.AppointmentMoved: appointments.tell_moved,
    bookings.PlaceOffered: appointments.tell_offered,
    bookings.PlaceKept: visit_notices.tell_kept,
    bookings.AppointmentStopped: appointments.tell_stopped,
    bookings.LineEnded: appointments.tell_line_ended,
    bookings.AppointmentCancelled: appointments.tell_cancelled,
    bookings.AppointmentExpired: appointments.tell_expired,
    bookings.PatientCalled: appointments.tell_called,
    bookings.AppointmentMissed: appointments.tell_missed,
    payments.RefundSettled: appointments.tell_refunded,
    privacy.BondProven: proxies.tell_proven,
    privacy.EmergencyAccessOpened: glass.tell_opened,
    privacy.EmergencyAccessReviewed: glass.tell_reviewed,
    complaint.ComplaintMoved: complaint_notices.tell_moved,
    referral.ReferralMoved: referral_notices.tell_moved,
    contract.ContractMoved: contract_notices.tell_moved,
    contract.ContractActivated: contract_notices.tell_begun,
    contract.ContractEnded: contract_notices.tell_ended,
    contract.RenewalDue: family_renewal.tell,
    ServiceRecorded: contract_notices.tell_service,
    talk.TalkUnread: talk_notices.tell_unread,
    visit.EncounterCalled: visit_notices.tell_called,
    visit.EncounterEnded: visit_notices.tell_ended,
    visit.NoteSigned: visit_notices.tell_note,
    prescription.MedicationRequestSigned: prescription_notices.tell_signed,
    prescription.MedicationRequestApproved: prescription_notices.tell_approved,
    prescription.MedicationRequestRejected: prescription_notices.tell_rejected,
    ordered.MedicationOrderReady: drugs.tell_ready,
    ordered.PickUpReminderDue: drugs.tell_waiting,
    parcel.ParcelWaits: drugs.tell_at_clinic,
    ordered.MedicationOrderStopped: drugs.tell_stopped,
    ordered.MedicationOrderShipped: carrying.tell_shipped,
    ordered.MedicationOrderArrived: carrying.tell_arrived,
    ordered.MedicationOrderReceived: carrying.tell_received,
    ordered.MedicationOrderCameBack: carrying.tell_back,
    ordered.MedicationOrderLapsed: carrying.tell_lapsed,
    ordered.TroubleSettled: carrying.tell_answered,
    parcel.ParcelMoved: carrying.tell_not_taken,
    ordered.MedicationOrderRefunded: drugs.tell_refunded,
    communications.DrugReminderDue: drugs.tell_expiring,
    communications.ReminderDue: appointments.tell_reminder,
}
