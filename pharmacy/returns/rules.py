"""What somebody saw when a bag came back, as the rules of shipping ask for it. Pure."""

from dataclasses import dataclass
from typing import Final

from pharmacy.delivery.models import Fault, Why
from pharmacy.delivery.states import Carrier
from pharmacy.delivery.states import Status as Road

COMING: Final = frozenset({Road.REFUSED, Road.RETURNING})
"""On their way back, or lying at a clinic for the next driver."""
SPOILT: Final = frozenset({Road.DAMAGED, Road.TOO_WARM})
"""Paid back already when that was told; only the goods are left to be seen to."""
FAULTS: Final[dict[Why, Fault]] = {
    Why.REFUSED: Fault.RESIDENT,
    Why.NOT_REACHED: Fault.RESIDENT,
    Why.QUALITY: Fault.CARRIER,
    Why.WRONG: Fault.PHARMACY,
    Why.RECALLED: Fault.PHARMACY,
}
"""Whose it usually is; the pharmacist says otherwise."""


@dataclass(frozen=True, slots=True)
class Seen:
    """`cold_kept` is None where nothing has to be cold."""

    seal_whole: bool
    content_right: bool
    cold_kept: bool | None = None

    @property
    def sound(self) -> bool:
        """Nothing is wrong with it: it may still be given to the same patient (§12)."""
        return self.seal_whole and self.content_right and self.cold_kept is not False


def why_of(why: Why, seen: Seen) -> Why:
    """A bag that was only not wanted, and is found spoilt, came back for its quality."""
    return Why.QUALITY if not seen.sound and why in (Why.REFUSED, Why.NOT_REACHED) else why


def in_custody(carrier: Carrier, seen: Seen) -> bool:
    """It never left the hands of our own staff, and nobody opened it."""
    return carrier is not Carrier.COURIER and seen.seal_whole
