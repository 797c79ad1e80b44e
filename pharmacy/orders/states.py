"""States of an order of drugs, as a table (docs/states; domain facts §12)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class OrderStatus(StrEnum):
    """Where an order stands. The comment says who is waited for."""

    PAY_PENDING = "pay_pending"  # the payer, until `pay_by`; the drugs are kept
    PAID = "paid"  # the pharmacy, which has not begun
    PREPARING = "preparing"  # the pharmacy: picking, then the second person
    READY = "ready"  # the resident, to fetch them; or whoever carries the parcel
    ON_THE_WAY = "on_the_way"  # whoever carries the parcel, then the resident
    BACK = "back"  # the resident: the parcel came back and waits at the pharmacy, `keep_until`
    PICKED_UP = "picked_up"  # nobody
    RECEIVED = "received"  # nobody: signed for
    UNCLAIMED = "unclaimed"  # nobody: waited at the pharmacy to the end, nobody came
    CLOSED = "closed"  # nobody: not paid, the drugs are back on the shelf
    REFUNDING = "refunding"  # the money on its way back, or cash at the counter
    REFUNDED = "refunded"  # nobody


S = OrderStatus

MEDICATION_ORDER: Final[Table[OrderStatus]] = {
    (S.PAY_PENDING, "settle"): S.PAID,
    (S.PAY_PENDING, "close"): S.CLOSED,
    (S.PAID, "prepare"): S.PREPARING,
    (S.PAID, "stop"): S.REFUNDING,
    (S.PREPARING, "make_ready"): S.READY,
    (S.PREPARING, "stop"): S.REFUNDING,
    (S.READY, "reopen"): S.PREPARING,
    (S.READY, "hand_over"): S.PICKED_UP,
    (S.READY, "stop"): S.REFUNDING,
    (S.READY, "ship"): S.ON_THE_WAY,
    (S.ON_THE_WAY, "deliver"): S.RECEIVED,
    (S.ON_THE_WAY, "come_back"): S.BACK,
    (S.BACK, "ship"): S.ON_THE_WAY,
    (S.BACK, "hand_over"): S.PICKED_UP,
    (S.BACK, "lapse"): S.UNCLAIMED,
    (S.ON_THE_WAY, "take_back"): S.REFUNDING,
    (S.BACK, "take_back"): S.REFUNDING,
    (S.RECEIVED, "take_back"): S.REFUNDING,
    (S.PICKED_UP, "take_back"): S.REFUNDING,
    (S.REFUNDING, "refund"): S.REFUNDED,
}

STOPPABLE: Final = frozenset({S.PAID, S.PREPARING, S.READY})
"""Paid and still in the house: the whole amount goes back."""
KEEPS_STOCK: Final = frozenset({S.PAY_PENDING, S.PAID, S.PREPARING, S.READY})
OUT: Final = frozenset({S.ON_THE_WAY, S.BACK})
"""The drugs have left the shelf, and nobody has them yet."""
HAD: Final = frozenset({S.PICKED_UP, S.RECEIVED, S.UNCLAIMED})
LIVE: Final = KEEPS_STOCK | OUT | HAD
"""At most one of these for a prescription (index)."""
