"""States of a complaint, as a table (docs/states/complaint.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a complaint stands. The comment says who is waited for."""

    RECEIVED = "received"  # the house: to accept it, within a day
    ACCEPTED = "accepted"  # the house: to answer, within 15 working days
    ANSWERED = "answered"  # the resident: content, or not; closes by itself
    REOPENED = "reopened"  # the house: to answer again, with a new clock
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"  # by the resident


S = Status

COMPLAINT: Final[Table[Status]] = {
    (S.RECEIVED, "accept"): S.ACCEPTED,
    (S.RECEIVED, "withdraw"): S.WITHDRAWN,
    (S.ACCEPTED, "answer"): S.ANSWERED,
    (S.ACCEPTED, "withdraw"): S.WITHDRAWN,
    (S.ANSWERED, "close"): S.CLOSED,
    (S.ANSWERED, "reopen"): S.REOPENED,
    (S.REOPENED, "answer"): S.ANSWERED,
    (S.REOPENED, "withdraw"): S.WITHDRAWN,
    (S.CLOSED, "reopen"): S.REOPENED,
}
OWED: Final = frozenset({S.RECEIVED, S.ACCEPTED, S.REOPENED})
"""The house has something to do, and a clock runs."""
OVER: Final = frozenset({S.CLOSED, S.WITHDRAWN})
"""Nobody has anything to do; a closed one may be reopened."""
