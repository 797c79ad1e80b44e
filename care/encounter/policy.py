"""What the institution has decided about online visits; the composition root sets it once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Params:
    """Numbers without a national rule.

    `evidence_days`: how old a diagnosis may be. `answer`: how long a called resident has to come;
    `calls`: how often before it did not happen; `behind`: how many go first after a missed call.
    `lapse`: how long a visit that nobody came to stands. `offer`: how long a place is kept for
    somebody whose visit could not help; `next_offer`: how long
    the next appointment of a note is; `journey`: it begins not before, so that they can get
    there. `idle`: a shift in which the doctor did nothing for so long ends by itself. `guest_link`:
    how long a link for a third person waits to be opened. `rating`: how long after the end one may
    rate. The refunds are the fee's: of a visit
    found unfit, and of one given up in the waiting room.
    """

    evidence_days: int = 180
    answer: timedelta = timedelta(minutes=3)
    calls: int = 2
    behind: int = 2
    lapse: timedelta = timedelta(hours=24)
    offer: timedelta = timedelta(hours=2)
    next_offer: timedelta = timedelta(days=2)
    journey: timedelta = timedelta(hours=2)
    idle: timedelta = timedelta(hours=4)
    guest_link: timedelta = timedelta(minutes=30)
    rating: timedelta = timedelta(days=7)
    refund_terminated: bool = True
    refund_given_up: bool = True


_params = Params()


def configure(found: Params) -> None:
    """Set the process's parameters."""
    global _params
    _params = found


def params() -> Params:
    """The process's parameters."""
    return _params
