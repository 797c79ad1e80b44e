"""States of a guest, as a table (docs/states/visit-guest.md)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class GuestStatus(StrEnum):
    """Where a guest stands. Whether the visit still runs is the visit's own state."""

    INVITED = "invited"  # the link has not been opened
    JOINED = "joined"
    LEFT = "left"  # by themselves; the same phone may come back
    REMOVED = "removed"  # by the doctor or the resident
    WITHDRAWN = "withdrawn"  # the link was taken back before anybody came


G = GuestStatus

GUEST: Final[Table[GuestStatus]] = {
    (G.INVITED, "join"): G.JOINED,
    (G.INVITED, "withdraw"): G.WITHDRAWN,
    (G.JOINED, "leave"): G.LEFT,
    (G.JOINED, "remove"): G.REMOVED,
    (G.LEFT, "join"): G.JOINED,
    (G.LEFT, "remove"): G.REMOVED,
}
EXPECTED: Final = frozenset({G.INVITED, G.JOINED, G.LEFT})
