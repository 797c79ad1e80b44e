"""States of an appointment, of a wish on the waiting list and of an appeal (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class Status(StrEnum):
    """Where an appointment stands. The comment says who is waited for."""

    HELD = "held"  # the payment, or the answer to an offer, until `hold_expires_at`
    BOOKED = "booked"  # the day
    CHECKED_IN = "checked_in"  # the doctor: the patient is in the waiting area
    CALLED = "called"  # the patient: the number is on the board
    IN_SERVICE = "in_service"  # the doctor and the patient are together
    DONE = "done"
    CANCELLED = "cancelled"  # `cancelled_by` says by whom: patient, staff or hospital
    NO_SHOW = "no_show"
    EXPIRED = "expired"  # nobody paid in time, the place went back


APPOINTMENT: Final[Table[Status]] = {
    (Status.HELD, "confirm"): Status.BOOKED,
    (Status.HELD, "expire"): Status.EXPIRED,
    (Status.HELD, "cancel"): Status.CANCELLED,
    (Status.HELD, "stop"): Status.CANCELLED,
    (Status.BOOKED, "check_in"): Status.CHECKED_IN,
    (Status.BOOKED, "cancel"): Status.CANCELLED,
    (Status.BOOKED, "stop"): Status.CANCELLED,
    (Status.BOOKED, "miss"): Status.NO_SHOW,
    (Status.CHECKED_IN, "call"): Status.CALLED,
    (Status.CHECKED_IN, "cancel"): Status.CANCELLED,
    (Status.CHECKED_IN, "stop"): Status.CANCELLED,
    (Status.CHECKED_IN, "miss"): Status.NO_SHOW,
    (Status.CALLED, "call"): Status.CALLED,
    (Status.CALLED, "pass"): Status.CHECKED_IN,
    (Status.CALLED, "begin"): Status.IN_SERVICE,
    (Status.CALLED, "cancel"): Status.CANCELLED,
    (Status.CALLED, "stop"): Status.CANCELLED,
    (Status.CALLED, "miss"): Status.NO_SHOW,
    (Status.IN_SERVICE, "finish"): Status.DONE,
}
LIVE: Final = frozenset(
    {Status.HELD, Status.BOOKED, Status.CHECKED_IN, Status.CALLED, Status.IN_SERVICE}
)
PRESENT: Final = frozenset({Status.CHECKED_IN, Status.CALLED, Status.IN_SERVICE})
HOLDS_PLACE: Final = LIVE | {Status.DONE, Status.NO_SHOW}
"""Those whose place counts as used; the others have given it back."""


class Wish(StrEnum):
    """Where a wish on the waiting list stands."""

    WAITING = "waiting"  # a place that somebody gives back
    OFFERED = "offered"  # the patient's answer, until the held appointment expires
    TAKEN = "taken"
    LAPSED = "lapsed"  # the offer ran out, the day has come, or another place was found
    LEFT = "left"


WISH: Final[Table[Wish]] = {
    (Wish.WAITING, "offer"): Wish.OFFERED,
    (Wish.WAITING, "leave"): Wish.LEFT,
    (Wish.WAITING, "lapse"): Wish.LAPSED,
    (Wish.OFFERED, "take"): Wish.TAKEN,
    (Wish.OFFERED, "lapse"): Wish.LAPSED,
}


class Remedy(StrEnum):
    """What became of somebody whose appointment the hospital stopped."""

    OPEN = "open"  # the patient's choice: another time or the money back
    MOVED = "moved"
    REFUNDED = "refunded"


REMEDY: Final[Table[Remedy]] = {
    (Remedy.OPEN, "move"): Remedy.MOVED,
    (Remedy.OPEN, "refund"): Remedy.REFUNDED,
}
