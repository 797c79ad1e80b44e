"""What happened to a consultation. Ids are text, so that they travel as JSON."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationEvent(Event):
    """Something about one consultation that its pages want to know."""

    name: ClassVar[str] = "care.consultation"
    consultation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationSubmitted(ConsultationEvent):
    """The application is complete and sent; the specialists are being asked."""

    name: ClassVar[str] = "care.consultation_submitted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationAccepted(ConsultationEvent):
    """A specialist took a seat. `lead`: the consultation itself is accepted by it."""

    name: ClassVar[str] = "care.consultation_accepted"
    practitioner_id: str
    lead: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationDeclined(ConsultationEvent):
    """The asked institution declined, with a reason that the inviter reads."""

    name: ClassVar[str] = "care.consultation_declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationEscalated(ConsultationEvent):
    """Nobody answered in time; the next one on the roster is asked."""

    name: ClassVar[str] = "care.consultation_escalated"
    practitioner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationRedirected(ConsultationEvent):
    """Handed on to another specialty or doctor."""

    name: ClassVar[str] = "care.consultation_redirected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationExpired(ConsultationEvent):
    """Nobody on the roster answered."""

    name: ClassVar[str] = "care.consultation_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialRequested(ConsultationEvent):
    """The specialist wants to see more first."""

    name: ClassVar[str] = "care.material_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialProvided(ConsultationEvent):
    """The inviter answered."""

    name: ClassVar[str] = "care.material_provided"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationScheduled(ConsultationEvent):
    """A time is agreed. `starts_at` is ISO 8601."""

    name: ClassVar[str] = "care.consultation_scheduled"
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOpened(ConsultationEvent):
    """The door is open: somebody waits, or the booked time is near."""

    name: ClassVar[str] = "care.waiting_opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBegan(ConsultationEvent):
    """Both sides are in the room."""

    name: ClassVar[str] = "care.session_began"


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentMissed(ConsultationEvent):
    """The booked time has passed and the two sides did not meet."""

    name: ClassVar[str] = "care.appointment_missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorInvited(ConsultationEvent):
    """A doctor belongs to the consultation from now on. `part`: coordinator, expert, colleague."""

    name: ClassVar[str] = "care.doctor_invited"
    practitioner_id: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorWithdrew(ConsultationEvent):
    """A doctor no longer belongs to it."""

    name: ClassVar[str] = "care.doctor_withdrew"
    practitioner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObserverAdmitted(ConsultationEvent):
    """A supervisor watches, receive-only and visible to all."""

    name: ClassVar[str] = "care.observer_admitted"
    practitioner_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneCallLogged(ConsultationEvent):
    """Somebody telephoned about it and wrote it down."""

    name: ClassVar[str] = "care.phone_call_logged"
    phone_call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationEnded(ConsultationEvent):
    """The talk is over (or never began and will not): the room closes."""

    name: ClassVar[str] = "care.consultation_ended"
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionSigned(ConsultationEvent):
    """One opinion was signed. `complete`: all that are wanted are there."""

    name: ClassVar[str] = "care.opinion_signed"
    opinion_id: str
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionCorrected(ConsultationEvent):
    """A new version replaces a signed opinion."""

    name: ClassVar[str] = "care.opinion_corrected"
    opinion_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMade(ConsultationEvent):
    """The inviter decided; the report can be made."""

    name: ClassVar[str] = "care.decision_made"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationArchived(ConsultationEvent):
    """Both sides' archives hold the report."""

    name: ClassVar[str] = "care.consultation_archived"
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOverdue(ConsultationEvent):
    """Due-time row: the doctor asked in `round` of this seat has not answered."""

    name: ClassVar[str] = "care.answer_overdue"
    seat_id: str
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoomDue(ConsultationEvent):
    """Due-time row: the booked time is near. `starts_at` tells a moved time from this one."""

    name: ClassVar[str] = "care.waiting_room_due"
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinOverdue(ConsultationEvent):
    """Due-time row: the join window has closed."""

    name: ClassVar[str] = "care.join_overdue"
    starts_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpinionOverdue(ConsultationEvent):
    """Due-time row: 24 h after the end the opinion is still not signed."""

    name: ClassVar[str] = "care.opinion_overdue"


KINDS: Final = (
    ConsultationSubmitted,
    ConsultationAccepted,
    ConsultationDeclined,
    ConsultationEscalated,
    ConsultationRedirected,
    ConsultationExpired,
    MaterialRequested,
    MaterialProvided,
    ConsultationScheduled,
    WaitingOpened,
    SessionBegan,
    AppointmentMissed,
    DoctorInvited,
    DoctorWithdrew,
    ObserverAdmitted,
    PhoneCallLogged,
    ConsultationEnded,
    OpinionSigned,
    OpinionCorrected,
    DecisionMade,
    ConsultationArchived,
    AnswerOverdue,
    WaitingRoomDue,
    JoinOverdue,
    OpinionOverdue,
)
