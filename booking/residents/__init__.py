"""What a resident may see and do in booking, for the API.

Nothing here is a door: the caller has checked that the account may act for the patient. Reads
need one or two queries; verbs take the appointment or wish that `own` found among the patients.
"""

from booking.offering import take_up
from booking.residents.clinics import Clinic, Day, Need, Offer, clinics, days, slots
from booking.residents.own import (
    AppointmentView,
    QueuePlace,
    RemedyView,
    WishView,
    appointment_of,
    appointment_view,
    appointment_views,
    appointments,
    queue_place,
    schedule_of,
    wish_of,
    wishes,
)
from booking.residents.verbs import (
    accept,
    book,
    cancel,
    check_in,
    choose_move,
    choose_refund,
    join_line,
    leave_line,
    refuse_full,
)

__all__ = [
    "AppointmentView",
    "Clinic",
    "Day",
    "Need",
    "Offer",
    "QueuePlace",
    "RemedyView",
    "WishView",
    "accept",
    "appointment_of",
    "appointment_view",
    "appointment_views",
    "appointments",
    "book",
    "cancel",
    "check_in",
    "choose_move",
    "choose_refund",
    "clinics",
    "days",
    "join_line",
    "leave_line",
    "queue_place",
    "refuse_full",
    "schedule_of",
    "slots",
    "take_up",
    "wish_of",
    "wishes",
]
