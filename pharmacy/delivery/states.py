"""States of a parcel, as a table (docs/states). None leads back.

Couriers tell what happened late, twice and out of order, so a parcel moves only towards its end:
a word that stands behind what is known already is kept in the history and moves nothing. From
`refused` it may still be signed for, when the resident thinks better of it at the door.
"""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where a parcel is."""

    SEALED = "sealed"  # packed, checked, waiting for whoever carries it
    HANDED_OVER = "handed_over"  # the carrier has it
    IN_TRANSIT = "in_transit"
    DELIVERING = "delivering"  # on the last road
    ARRIVED = "arrived"  # at the village clinic, waits to be fetched; only with `Carrier.VILLAGE`
    REFUSED = "refused"  # nobody took it
    RETURNING = "returning"  # on its way back
    SIGNED = "signed"  # with the resident, or whom they named
    RETURNED = "returned"  # back with us
    LOST = "lost"
    DAMAGED = "damaged"
    TOO_WARM = "too_warm"  # out of 2-8 °C for longer than is allowed
    CANCELLED = "cancelled"  # never left


class Carrier(StrEnum):
    """Who carries it. Cold drugs never go by `courier` (GSP 冷藏附录, and a setting)."""

    COURIER = "courier"
    OWN = "own"  # the hospital's own driver, with box and logger
    VILLAGE = "village"  # with the batch for a village clinic


class Word(StrEnum):
    """What a courier can tell. `problem` says that something is wrong and moves nothing."""

    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    DELIVERING = "delivering"
    PROBLEM = "problem"
    REFUSED = "refused"
    RETURNING = "returning"
    SIGNED = "signed"
    RETURN_SIGNED = "return_signed"
    LOST = "lost"
    DAMAGED = "damaged"


S, W = Status, Word

ROAD: Final = (
    S.SEALED,
    S.HANDED_OVER,
    S.IN_TRANSIT,
    S.DELIVERING,
    S.ARRIVED,
    S.REFUSED,
    S.RETURNING,
)
"""In this order; any of them may be skipped."""

LEADS_TO: Final = {
    W.PICKED_UP: S.HANDED_OVER,
    W.IN_TRANSIT: S.IN_TRANSIT,
    W.DELIVERING: S.DELIVERING,
    W.REFUSED: S.REFUSED,
    W.RETURNING: S.RETURNING,
    W.SIGNED: S.SIGNED,
    W.RETURN_SIGNED: S.RETURNED,
    W.LOST: S.LOST,
    W.DAMAGED: S.DAMAGED,
}


def _is_onward(before: Status, then: Status) -> bool:
    return then not in ROAD or ROAD.index(before) < ROAD.index(then)


PARCEL: Final[Table[Status]] = {
    **{
        (before, word.value): then
        for before in ROAD
        for word, then in LEADS_TO.items()
        if _is_onward(before, then)
    },
    **{(before, "arrive"): S.ARRIVED for before in ROAD if _is_onward(before, S.ARRIVED)},
    **{(before, "warm"): S.TOO_WARM for before in ROAD},
    (S.SEALED, "cancel"): S.CANCELLED,
}
OVER: Final = frozenset(set(Status) - set(ROAD))
"""Nothing moves it any more."""


class BatchStatus(StrEnum):
    """Where the bags for one village clinic are."""

    OPEN = "open"  # being put together at the pharmacy
    HANDED_OVER = "handed_over"  # with the driver
    ARRIVED = "arrived"  # at the clinic, checked against the list
    CANCELLED = "cancelled"  # given up before it left


B = BatchStatus

BATCH: Final[Table[BatchStatus]] = {
    (B.OPEN, "hand_over"): B.HANDED_OVER,
    (B.OPEN, "cancel"): B.CANCELLED,
    (B.HANDED_OVER, "arrive"): B.ARRIVED,
}
