"""States of a referral, as a table (docs/states/referral.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a referral stands. The comment says who is waited for."""

    PROPOSED = "proposed"  # the resident: to agree, or not
    SUBMITTED = "submitted"  # the receiving department: to accept, or to say why not
    ACCEPTED = "accepted"  # the patient: to go there; the department: to tell what came of it
    CLOSED = "closed"  # the department has told what came of it
    DECLINED = "declined"  # by the department, with its reason
    CANCELLED = "cancelled"  # by the resident or by the referring doctor
    EXPIRED = "expired"  # nobody did what was waited for


S = Status

REFERRAL: Final[Table[Status]] = {
    (S.PROPOSED, "agree"): S.SUBMITTED,
    (S.PROPOSED, "cancel"): S.CANCELLED,
    (S.PROPOSED, "expire"): S.EXPIRED,
    (S.SUBMITTED, "accept"): S.ACCEPTED,
    (S.SUBMITTED, "decline"): S.DECLINED,
    (S.SUBMITTED, "cancel"): S.CANCELLED,
    (S.SUBMITTED, "expire"): S.EXPIRED,
    (S.ACCEPTED, "close"): S.CLOSED,
    (S.ACCEPTED, "cancel"): S.CANCELLED,
    (S.ACCEPTED, "expire"): S.EXPIRED,
}
OPENS: Final = frozenset({S.SUBMITTED, S.ACCEPTED})
"""The receiving department may open the record: from the sending until the end."""
OVER: Final = frozenset({S.CLOSED, S.DECLINED, S.CANCELLED, S.EXPIRED})
LIVE: Final = frozenset(set(Status) - OVER)
