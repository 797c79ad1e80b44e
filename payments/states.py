"""States of a payment, of a refund and of a difference in the books (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a payment stands. The comment says who is waited for."""

    ORDERED = "ordered"  # the payer, until `expires_at`
    PAID = "paid"  # nobody: the right amount came in time
    CLOSED = "closed"  # nobody can pay it any more
    WRONG_AMOUNT = "wrong_amount"  # another amount came: it confirms nothing and goes back
    LATE = "late"  # it came after the order was closed: it goes back


PAYMENT: Final[Table[Status]] = {
    (Status.ORDERED, "settle"): Status.PAID,
    (Status.ORDERED, "misfit"): Status.WRONG_AMOUNT,
    (Status.ORDERED, "close"): Status.CLOSED,
    (Status.CLOSED, "settle_late"): Status.LATE,
}
LIVE: Final = frozenset({Status.ORDERED, Status.PAID})
"""At most one of these for a subject (index)."""
RECEIVED: Final = frozenset({Status.PAID, Status.WRONG_AMOUNT, Status.LATE})


class RefundStatus(StrEnum):
    """Where a refund stands."""

    REQUESTED = "requested"  # us: WeChat has not said yet that it knows
    PROCESSING = "processing"  # WeChat
    STUCK = "stuck"  # a person: the page says why
    SETTLED = "settled"
    BY_HAND = "by_hand"  # paid back another way, by whom and how is written down


REFUND: Final[Table[RefundStatus]] = {
    (RefundStatus.REQUESTED, "send"): RefundStatus.PROCESSING,
    (RefundStatus.REQUESTED, "settle"): RefundStatus.SETTLED,
    (RefundStatus.REQUESTED, "repeat"): RefundStatus.REQUESTED,
    (RefundStatus.REQUESTED, "fail"): RefundStatus.STUCK,
    (RefundStatus.PROCESSING, "settle"): RefundStatus.SETTLED,
    (RefundStatus.PROCESSING, "repeat"): RefundStatus.REQUESTED,
    (RefundStatus.PROCESSING, "fail"): RefundStatus.STUCK,
    (RefundStatus.STUCK, "settle"): RefundStatus.SETTLED,
    (RefundStatus.STUCK, "repeat"): RefundStatus.REQUESTED,
    (RefundStatus.STUCK, "settle_by_hand"): RefundStatus.BY_HAND,
}
RETURNED: Final = frozenset({RefundStatus.SETTLED, RefundStatus.BY_HAND})


class Clearing(StrEnum):
    """Where a difference between our books and WeChat's bill stands."""

    OPEN = "open"  # a person
    CLEARED = "cleared"  # by itself: a later bill agrees
    HANDLED = "handled"  # by somebody, with a note


DIFFERENCE: Final[Table[Clearing]] = {
    (Clearing.OPEN, "clear"): Clearing.CLEARED,
    (Clearing.OPEN, "handle"): Clearing.HANDLED,
}
