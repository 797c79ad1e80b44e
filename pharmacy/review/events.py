"""What happened at the review desk that others may want to know. What became of a prescription is
told by `pharmacy.prescribing.events`."""

from dataclasses import dataclass
from typing import ClassVar, Final

from core.outbox import Event
from pharmacy.prescribing import events as prescriptions


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewMoved(Event):
    """Claimed, given back, timed out, void or decided: the queue looks different."""

    name: ClassVar[str] = "pharmacy.ReviewMoved"
    review_id: str
    request_id: str
    reviewer_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSilent(Event):
    """Due when a pharmacist has given no sign for the time a claim lasts."""

    name: ClassVar[str] = "pharmacy.ReviewSilent"
    review_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorAsked(Event):
    """The pharmacist wants to talk about a prescription with the doctor who wrote it."""

    name: ClassVar[str] = "pharmacy.DoctorAsked"
    review_id: str
    request_id: str
    reviewer_id: str
    author_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShiftChanged(Event):
    """A pharmacist has come, paused or gone."""

    name: ClassVar[str] = "pharmacy.ReviewShiftChanged"
    shift_id: str
    practitioner_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewShiftIdle(Event):
    """Due when a pharmacist on duty may have gone home."""

    name: ClassVar[str] = "pharmacy.ReviewShiftIdle"
    shift_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalJudged(Event):
    """A prescription was looked at again; its doctor may answer."""

    name: ClassVar[str] = "pharmacy.AppraisalJudged"
    appraisal_id: str
    author_id: str


DESK: Final = (ReviewMoved, ReviewShiftChanged)
PRESCRIBED: Final[tuple[type[prescriptions.MedicationRequestEvent], ...]] = (
    prescriptions.MedicationRequestSigned,
    prescriptions.MedicationRequestApproved,
    prescriptions.MedicationRequestReturned,
    prescriptions.MedicationRequestRejected,
    prescriptions.MedicationRequestReplaced,
    prescriptions.MedicationRequestCancelled,
    prescriptions.MedicationRequestExpired,
)
"""After these the queue or the doctor's pages look different."""
