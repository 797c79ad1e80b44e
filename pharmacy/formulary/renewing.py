"""Promises move from lots that may no longer be given out to good ones, as far as there are any.

A lot runs out at midnight or is recalled while an order waits. The hourly tick and every recall
look for such promises; what finds no other lot stays, and the lot's page names it.
"""

from typing import Final
from uuid import UUID, uuid4

import structlog
from tortoise.expressions import Q

from core import clock, db
from core.audit import SYSTEM
from core.errors import Conflict
from pharmacy.formulary import ledger, rules
from pharmacy.formulary.ledger import Entry
from pharmacy.formulary.models import Move, StockLot
from pharmacy.formulary.policy import params
from pharmacy.formulary.states import ReservationStatus
from pharmacy.formulary.stock import locked, promising

log = structlog.get_logger(__name__)


async def renew(key: str) -> bool:
    """Move what `key` holds of unusable lots to good ones: all of it or nothing.

    False when there is nothing to move. Raises Conflict `out_of_stock`. Safe to repeat.
    """
    async with db.atomic():
        reservation = await locked(key)
        if reservation is None or reservation.status is not ReservationStatus.HELD:
            return False
        held = await ledger.held(reservation.id)
        drugs = {lot.medication_id for lot in await StockLot.filter(id__in=list(held))}
        others = promising(reservation.pharmacy_id, drugs)
        rows = {lot.id: lot for lot in await ledger.lock(Q(id__in=list(held)) | others)}
        spoilt = [id for id in held if not rules.may_issue(rows[id], clock.today())]
        if not spoilt:
            return False
        wanted: dict[UUID, int] = {}
        for id in spoilt:
            drug = rows[id].medication_id
            wanted[drug] = wanted.get(drug, 0) + held[id]
        good = [lot for lot in rows.values() if rules.may_promise(lot, clock.today(), params())]
        chosen, lacking = rules.picks(good, wanted)
        if lacking:
            raise Conflict("out_of_stock", "没有别的批号可以换。")
        act = f"{key}/renewed/{uuid4().hex[:12]}"
        for id in spoilt:
            await ledger.write(
                Entry(Move.RELEASE, act, SYSTEM, "换批号", reservation), id, held[id]
            )
        for lot, units in chosen:
            await ledger.write(
                Entry(Move.RESERVE, act, SYSTEM, "换批号", reservation), lot.id, units
            )
    return True


SPOILT: Final = """
SELECT DISTINCT reservation.key FROM pharmacy_reservation AS reservation
JOIN pharmacy_stock_move AS move ON move.reservation_id = reservation.id
JOIN pharmacy_stock_lot AS lot ON lot.id = move.stock_lot_id
WHERE reservation.status = 'held' AND lot.reserved > 0
  AND (lot.quarantined OR lot.expires_on < $1)
ORDER BY reservation.key
"""


async def renew_spoilt() -> tuple[int, int]:
    """All promises in the county that lie in unusable lots: how many moved, how many could not."""
    moved = stuck = 0
    for row in await db.fetch(SPOILT, clock.today()):
        try:
            moved += await renew(row["key"])
        except Conflict:
            stuck += 1
    if moved or stuck:
        log.info("stock_renewed", moved=moved, stuck=stuck)
    return moved, stuck


async def tick() -> None:
    """What the caretaker does every hour."""
    await renew_spoilt()
