"""States of a sitting over one prescription, of a pharmacist's duty and of an appraisal."""

from enum import StrEnum
from typing import Final

from core.states import Table


class ReviewStatus(StrEnum):
    """One pharmacist's sitting over one prescription. FHIR: Task."""

    CLAIMED = "claimed"  # the pharmacist reads and decides
    APPROVED = "approved"  # signed
    RETURNED = "returned"  # to the doctor, with a reason
    REJECTED = "rejected"  # refused for good
    RELEASED = "released"  # given back to the queue
    TIMED_OUT = "timed-out"  # the pharmacist was silent
    VOID = "void"  # the prescription was cancelled or ran out meanwhile


class DutyStatus(StrEnum):
    """One sitting of a pharmacist at the review desk."""

    OPEN = "open"
    PAUSED = "paused"
    ENDED = "ended"


class AppraisalStatus(StrEnum):
    """One prescription that is looked at again."""

    DRAWN = "drawn"  # another pharmacist looks
    JUDGED = "judged"  # the doctor may answer
    ANSWERED = "answered"


R, D, A = ReviewStatus, DutyStatus, AppraisalStatus

REVIEW: Final[Table[ReviewStatus]] = {
    (R.CLAIMED, "approve"): R.APPROVED,
    (R.CLAIMED, "return"): R.RETURNED,
    (R.CLAIMED, "reject"): R.REJECTED,
    (R.CLAIMED, "release"): R.RELEASED,
    (R.CLAIMED, "time_out"): R.TIMED_OUT,
    (R.CLAIMED, "void"): R.VOID,
}
DUTY: Final[Table[DutyStatus]] = {
    (D.OPEN, "pause"): D.PAUSED,
    (D.PAUSED, "resume"): D.OPEN,
    (D.OPEN, "end"): D.ENDED,
    (D.PAUSED, "end"): D.ENDED,
}
APPRAISAL: Final[Table[AppraisalStatus]] = {
    (A.DRAWN, "judge"): A.JUDGED,
    (A.JUDGED, "answer"): A.ANSWERED,
}

DECIDED: Final = frozenset({R.APPROVED, R.RETURNED, R.REJECTED})
