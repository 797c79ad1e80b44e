"""What happened to online visits that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterEvent(Event):
    """Base: which visit, whose, with whom; `booked_by` names the appointment, or is empty."""

    encounter_id: str
    patient_id: str
    practitioner_id: str
    booked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterAsked(EncounterEvent):
    """Somebody has asked for it, with answers and consent."""

    name: ClassVar[str] = "care.EncounterAsked"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterArrived(EncounterEvent):
    """The resident is in the waiting room."""

    name: ClassVar[str] = "care.EncounterArrived"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterMoved(EncounterEvent):
    """Stepped out, came back, or was moved behind others."""

    name: ClassVar[str] = "care.EncounterMoved"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterCalled(EncounterEvent):
    """The resident's turn; `call` counts from 1."""

    name: ClassVar[str] = "care.EncounterCalled"
    call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallUnanswered(EncounterEvent):
    """Due some minutes after a call; counts only when that call still stands."""

    name: ClassVar[str] = "care.CallUnanswered"
    call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterLapsed(EncounterEvent):
    """Due when nobody has come to a visit that was asked for."""

    name: ClassVar[str] = "care.EncounterLapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterBegan(EncounterEvent):
    """Doctor and resident are together."""

    name: ClassVar[str] = "care.EncounterBegan"


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterKindChanged(EncounterEvent):
    """From text to video or back; `kind` is the new one."""

    name: ClassVar[str] = "care.EncounterKindChanged"
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictGiven(EncounterEvent):
    """The doctor has judged whether it is a follow-up."""

    name: ClassVar[str] = "care.VerdictGiven"
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSigned(EncounterEvent):
    """The doctor has signed this version of the note; from 2 on it adds or corrects."""

    name: ClassVar[str] = "care.NoteSigned"
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVisitDue(Event):
    """Due when booking is open for the day that a note names for the next appointment."""

    name: ClassVar[str] = "care.NextVisitDue"
    encounter_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestJoined(EncounterEvent):
    """A third person has opened their link and is with them."""

    name: ClassVar[str] = "care.GuestJoined"
    guest_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuestLeft(EncounterEvent):
    """A third person is no longer there; `how`: left, removed or withdrawn (never came)."""

    name: ClassVar[str] = "care.GuestLeft"
    guest_id: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EncounterEnded(EncounterEvent):
    """Over for good. `status` says how, `refund` whether the fee goes back."""

    name: ClassVar[str] = "care.EncounterEnded"
    status: str
    reason: str
    refund: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftChanged(Event):
    """A doctor's shift was opened, paused, resumed, left or ended, or its message was changed."""

    name: ClassVar[str] = "care.ShiftChanged"
    shift_id: str
    practitioner_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftIdle(Event):
    """Due when a shift may have been forgotten; counts only if nothing happened in it lately."""

    name: ClassVar[str] = "care.ShiftIdle"
    shift_id: str


KINDS: Final[tuple[type[EncounterEvent], ...]] = (
    EncounterAsked,
    EncounterArrived,
    EncounterMoved,
    EncounterCalled,
    EncounterBegan,
    EncounterKindChanged,
    VerdictGiven,
    NoteSigned,
    GuestJoined,
    GuestLeft,
    EncounterEnded,
)
