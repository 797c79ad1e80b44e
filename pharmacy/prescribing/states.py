"""States of a prescription, as a table (docs/states).

No way leads from `draft` to `dispensing` but over `approve`, which another person does (审核规范:
no prescription is priced, charged or dispensed before it passes).
"""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a prescription stands; FHIR's word where it has one. The comment says who acts next."""

    DRAFT = "draft"  # the doctor writes
    ON_HOLD = "on-hold"  # signed: the pharmacist
    RETURNED = "returned"  # the doctor, with the pharmacist's reason
    ACTIVE = "active"  # approved: the resident
    DISPENSING = "dispensing"  # used up by one order: the pharmacy
    COMPLETED = "completed"  # handed out
    REJECTED = "rejected"  # refused by the pharmacist
    REPLACED = "replaced"  # rewritten as a new version
    CANCELLED = "cancelled"  # taken back by the doctor
    EXPIRED = "expired"  # its days are over (处方办法 art. 18)
    DISCARDED = "discarded"  # never signed


S = Status

MEDICATION_REQUEST: Final[Table[Status]] = {
    (S.DRAFT, "sign"): S.ON_HOLD,
    (S.DRAFT, "discard"): S.DISCARDED,
    (S.ON_HOLD, "approve"): S.ACTIVE,
    (S.ON_HOLD, "return"): S.RETURNED,
    (S.ON_HOLD, "reject"): S.REJECTED,
    (S.ON_HOLD, "cancel"): S.CANCELLED,
    (S.ON_HOLD, "expire"): S.EXPIRED,
    (S.RETURNED, "confirm"): S.ON_HOLD,
    (S.RETURNED, "rewrite"): S.REPLACED,
    (S.RETURNED, "cancel"): S.CANCELLED,
    (S.RETURNED, "expire"): S.EXPIRED,
    (S.ACTIVE, "dispense"): S.DISPENSING,
    (S.ACTIVE, "cancel"): S.CANCELLED,
    (S.ACTIVE, "expire"): S.EXPIRED,
    (S.DISPENSING, "give_back"): S.ACTIVE,
    (S.DISPENSING, "cancel"): S.CANCELLED,
    (S.DISPENSING, "expire"): S.EXPIRED,
    (S.DISPENSING, "complete"): S.COMPLETED,
}

SIGNED: Final = frozenset(set(Status) - {S.DRAFT, S.DISCARDED})
LIVE: Final = frozenset({S.ON_HOLD, S.RETURNED, S.ACTIVE, S.DISPENSING})
