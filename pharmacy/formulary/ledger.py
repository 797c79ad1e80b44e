"""The ledger of stock: one conditional UPDATE of a lot and one move beside it (docs/adr/0043).

Locks are taken in one order: a reservation, then lots by id. The UPDATE decides, the locks only
keep two who want the same lots from waiting for one another in a ring.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from core import clock, db
from core.audit import NOBODY, Who
from core.errors import Conflict
from pharmacy.formulary.models import Move, Reservation, StockLot, StockMove
from pharmacy.formulary.rules import EFFECT

CHANGE: Final = """
UPDATE pharmacy_stock_lot SET on_hand = on_hand + $1, reserved = reserved + $2
WHERE id = $3 AND reserved + $2 >= 0 AND on_hand + $1 >= reserved + $2
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line for the ledger, without its lot."""

    kind: Move
    key: str
    who: Who | None = None
    reason: str = ""
    reservation: Reservation | None = None


async def write(entry: Entry, lot_id: UUID, units: int) -> None:
    """Change the lot and write the move, in the caller's transaction.

    Raises Conflict `too_little` when the lot would go below nothing, or below what is promised.
    """
    hand, held = EFFECT[entry.kind]
    values = [hand * units, held * units, str(lot_id)]
    changed, _ = await db.connection().execute_query(CHANGE, values)
    if not changed:
        raise Conflict("too_little", "这一批的数量不够,或者已经预留给订单了,请刷新后再看。")
    who = entry.who
    await StockMove.create(
        stock_lot_id=lot_id,
        kind=entry.kind,
        units=units,
        key=entry.key,
        reason=entry.reason,
        reservation_id=entry.reservation.id if entry.reservation else None,
        made_by=who.account_id if who and who.account_id != NOBODY else None,
        made_at=clock.now(),
    )


async def was_written(kind: Move, key: str, lot_id: UUID) -> bool:
    """Whether this is a repeat. Ask with the lot locked."""
    return await StockMove.exists(stock_lot_id=lot_id, kind=kind, key=key)


async def lock(wanted: Q) -> list[StockLot]:
    """These lots, locked in the one order."""
    return await StockLot.filter(wanted).order_by("id").select_for_update()


async def lock_lots(ids: Collection[UUID]) -> dict[UUID, StockLot]:
    """Lots by their id, locked in the one order."""
    return {lot.id: lot for lot in await lock(Q(id__in=list(ids)))}


async def held(reservation_id: UUID) -> dict[UUID, int]:
    """Units by lot that the reservation holds now."""
    found: dict[UUID, int] = {}
    rows = StockMove.filter(reservation_id=reservation_id)
    for lot_id, kind, units in await rows.values_list("stock_lot_id", "kind", "units"):
        found[lot_id] = found.get(lot_id, 0) + EFFECT[Move(kind)][1] * units
    return {lot_id: units for lot_id, units in found.items() if units}


async def gone(reservation_id: UUID) -> dict[UUID, int]:
    """Units by lot that the reservation has taken out of the house and not brought back."""
    signs: Mapping[Move, int] = {Move.ISSUE: 1, Move.RETURN: -1}
    found: dict[UUID, int] = {}
    rows = StockMove.filter(reservation_id=reservation_id, kind__in=list(signs))
    for lot_id, kind, units in await rows.values_list("stock_lot_id", "kind", "units"):
        found[lot_id] = found.get(lot_id, 0) + signs[Move(kind)] * units
    return {lot_id: units for lot_id, units in found.items() if units}
