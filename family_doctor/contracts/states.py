"""States of a contract, as a table (docs/states/contract.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a contract stands. The comment says who is waited for."""

    APPLIED = "applied"  # the team: to take the resident on, or to say why not
    REVIEWED = "reviewed"  # both signatures, in any order
    SIGNED = "signed"  # the payment where there is a price, then the first day
    ACTIVE = "active"  # in force
    RENEWED = "renewed"  # the next one with the same team is in force
    CHANGED_TEAM = "changed_team"  # the next one with another team is in force
    TERMINATED = "terminated"  # ended early by one of the two, by death or by a merged record
    EXPIRED = "expired"  # its last day is over, or nobody did what was waited for
    REFUSED = "refused"  # by the team, with its reason
    WITHDRAWN = "withdrawn"  # by the resident, before it was in force


S = Status

CONTRACT: Final[Table[Status]] = {
    (S.APPLIED, "review"): S.REVIEWED,
    (S.APPLIED, "refuse"): S.REFUSED,
    (S.APPLIED, "withdraw"): S.WITHDRAWN,
    (S.APPLIED, "lapse"): S.EXPIRED,
    (S.REVIEWED, "sign"): S.SIGNED,
    (S.REVIEWED, "refuse"): S.REFUSED,
    (S.REVIEWED, "withdraw"): S.WITHDRAWN,
    (S.REVIEWED, "lapse"): S.EXPIRED,
    (S.SIGNED, "begin"): S.ACTIVE,
    (S.SIGNED, "withdraw"): S.WITHDRAWN,
    (S.SIGNED, "lapse"): S.EXPIRED,
    (S.ACTIVE, "renew"): S.RENEWED,
    (S.ACTIVE, "change_team"): S.CHANGED_TEAM,
    (S.ACTIVE, "terminate"): S.TERMINATED,
    (S.ACTIVE, "expire"): S.EXPIRED,
}
PENDING: Final = frozenset({S.APPLIED, S.REVIEWED, S.SIGNED})
"""On the way; a resident has one at a time."""
OVER: Final = frozenset(set(Status) - PENDING - {S.ACTIVE})
