"""States of a device and of a message, as tables (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class DeviceStatus(StrEnum):
    """Whether a device is listened to."""

    IN_USE = "in-use"
    LOST = "lost"  # nobody knows who measures with it
    RETIRED = "retired"  # for good


class MessageStatus(StrEnum):
    """What became of a message; the comment says who is waited for."""

    RECEIVED = "received"  # the house, to understand it
    ACCEPTED = "accepted"  # nobody: it is in the record
    DUPLICATE = "duplicate"  # nobody: it says what an earlier one said
    HELD = "held"  # a person of the clinic, to name the resident or to put it aside
    REFUSED = "refused"  # nobody: kept with the reason


D, M = DeviceStatus, MessageStatus

DEVICE: Final[Table[DeviceStatus]] = {
    (D.IN_USE, "lose"): D.LOST,
    (D.LOST, "find"): D.IN_USE,
    (D.IN_USE, "retire"): D.RETIRED,
    (D.LOST, "retire"): D.RETIRED,
}
MESSAGE: Final[Table[MessageStatus]] = {
    (M.RECEIVED, "accept"): M.ACCEPTED,
    (M.RECEIVED, "repeat"): M.DUPLICATE,
    (M.RECEIVED, "hold"): M.HELD,
    (M.RECEIVED, "refuse"): M.REFUSED,
    (M.HELD, "accept"): M.ACCEPTED,
    (M.HELD, "refuse"): M.REFUSED,
}
OVER: Final = frozenset({M.ACCEPTED, M.DUPLICATE, M.REFUSED})
