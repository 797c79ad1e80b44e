"""States of a reservation of stock, as a table (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class ReservationStatus(StrEnum):
    """What became of goods that were promised."""

    HELD = "held"
    ISSUED = "issued"
    RELEASED = "released"


_S = ReservationStatus

RESERVATION: Final[Table[ReservationStatus]] = {
    (_S.HELD, "issue"): _S.ISSUED,
    (_S.HELD, "release"): _S.RELEASED,
}
