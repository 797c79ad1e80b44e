"""Rules of lots: which are usable, which goes first, what a move does to the numbers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol
from uuid import UUID

from pharmacy.formulary.models import Move

EFFECT: Final[Mapping[Move, tuple[int, int]]] = {
    Move.RECEIVE: (1, 0),
    Move.RESERVE: (0, 1),
    Move.RELEASE: (0, -1),
    Move.ISSUE: (-1, -1),
    Move.RETURN: (1, 0),
    Move.COUNT: (1, 0),
    Move.SCRAP: (-1, 0),
}
"""By how much one unit of a move changes (on hand, reserved). What is issued was reserved."""


@dataclass(frozen=True, slots=True)
class Params:
    """`promise_days`: a lot is promised to an order only while it lasts at least so many days after
    today, because a parcel takes its time. `near_days`: how long before its end a lot is shown as
    near (近效期), so that it is used first or moved to where it is used."""

    promise_days: int = 1
    near_days: int = 91


class Lot(Protocol):
    """What the rules look at of a lot."""

    id: UUID
    medication_id: UUID
    expires_on: date
    on_hand: int
    reserved: int
    quarantined: bool


def may_issue(lot: Lot, today: date) -> bool:
    """A lot may leave the house through the whole of its last day (药品说明书和标签管理规定
    art. 23: 有效期至 names the last day), unless it is quarantined."""
    return not lot.quarantined and lot.expires_on >= today


def promised_from(today: date, params: Params) -> date:
    """The earliest last day of a lot that may be promised."""
    return today + timedelta(days=params.promise_days)


def may_promise(lot: Lot, today: date, params: Params) -> bool:
    """Whether an order may count on it: it will still be good when it is handed over."""
    return not lot.quarantined and lot.expires_on >= promised_from(today, params)


def first_expired_first_out(lots: Iterable[Lot], wanted: int) -> list[tuple[Lot, int]] | None:
    """How many units of which lot, the soonest to expire first; None when they do not suffice."""
    found: list[tuple[Lot, int]] = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_on, lot.id)):
        if wanted <= 0:
            break
        if (units := min(wanted, lot.on_hand - lot.reserved)) > 0:
            found.append((lot, units))
            wanted -= units
    return None if wanted > 0 else found


def picks(
    lots: Sequence[Lot], wanted: Mapping[UUID, int]
) -> tuple[list[tuple[Lot, int]], list[UUID]]:
    """Lots for every medication that is wanted, and those of which there is too little."""
    found: list[tuple[Lot, int]] = []
    lacking: list[UUID] = []
    for medication_id, units in wanted.items():
        own = [lot for lot in lots if lot.medication_id == medication_id]
        taken = first_expired_first_out(own, units)
        if taken is None:
            lacking.append(medication_id)
        else:
            found += taken
    return found, lacking
