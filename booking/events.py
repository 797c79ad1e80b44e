"""What happened to appointments that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentEvent(Event):
    """Base: whose appointment, and at which schedule."""

    appointment_id: str
    patient_id: str
    schedule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOffered(AppointmentEvent):
    """A place was given back and is held for the first in line until `until`."""

    name: ClassVar[str] = "booking.PlaceOffered"
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKept(AppointmentEvent):
    """A place is held until `until` because of `about` (`Kind/id`), which could not help."""

    name: ClassVar[str] = "booking.PlaceKept"
    about: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBooked(AppointmentEvent):
    """The place is the patient's."""

    name: ClassVar[str] = "booking.AppointmentBooked"
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentExpired(AppointmentEvent):
    """Nobody paid or answered in time."""

    name: ClassVar[str] = "booking.AppointmentExpired"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(AppointmentEvent):
    """Given up; `refund_fen` is owed to the payer, `payment` says how it was paid."""

    name: ClassVar[str] = "booking.AppointmentCancelled"
    cancelled_by: str
    payment: str
    refund_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentStopped(AppointmentEvent):
    """The hospital cannot keep it: the patient is to choose another time or the money back."""

    name: ClassVar[str] = "booking.AppointmentStopped"
    closure_id: str
    disruption_id: str
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMoved(AppointmentEvent):
    """A stopped appointment has another time now; what was paid went along."""

    name: ClassVar[str] = "booking.AppointmentMoved"
    moved_from_id: str
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundChosen(AppointmentEvent):
    """After a stop the patient wants the money back."""

    name: ClassVar[str] = "booking.RefundChosen"
    payment: str
    refund_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCheckedIn(AppointmentEvent):
    """The patient is there and has a number in the queue."""

    name: ClassVar[str] = "booking.PatientCheckedIn"
    queue_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCalled(AppointmentEvent):
    """The patient's turn."""

    name: ClassVar[str] = "booking.PatientCalled"
    queue_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitBegan(AppointmentEvent):
    """Doctor and patient are together."""

    name: ClassVar[str] = "booking.VisitBegan"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFinished(AppointmentEvent):
    """The visit is over."""

    name: ClassVar[str] = "booking.VisitFinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed(AppointmentEvent):
    """The patient did not come. `blocked_until` is empty or when public booking opens again."""

    name: ClassVar[str] = "booking.AppointmentMissed"
    blocked_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRefundDue(AppointmentEvent):
    """An online visit was stopped or broke off: the fee goes back though the place was used."""

    name: ClassVar[str] = "booking.VisitRefundDue"
    payment: str
    refund_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEnded(Event):
    """Who waited for a place of a day waits in vain: that day is stopped. Its first time was
    `starts_at`."""

    name: ClassVar[str] = "booking.LineEnded"
    wish_id: str
    patient_id: str
    schedule_id: str
    starts_at: str


KINDS: Final[tuple[type[AppointmentEvent], ...]] = (
    PlaceOffered,
    PlaceKept,
    AppointmentBooked,
    AppointmentExpired,
    AppointmentCancelled,
    AppointmentStopped,
    AppointmentMoved,
    RefundChosen,
    PatientCheckedIn,
    PatientCalled,
    VisitBegan,
    VisitFinished,
    AppointmentMissed,
    VisitRefundDue,
)
