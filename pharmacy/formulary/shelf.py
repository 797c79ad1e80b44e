"""The verbs of the shelf: receive, count, scrap, quarantine (docs/adr/0043).

Units and not packs; safe to repeat by their key. The caller has passed the pharmacy's door.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict, NotFound
from core.outbox import record
from pharmacy.formulary import ledger
from pharmacy.formulary.events import LotClosed
from pharmacy.formulary.ledger import Entry
from pharmacy.formulary.models import Move, StockLot, StockMinimum


@dataclass(frozen=True, slots=True)
class Goods:
    """What came in: so many units of one lot, which may be used through `expires_on`."""

    medication_id: UUID
    lot: str
    expires_on: date
    units: int


async def receive(
    who: Who, pharmacy_id: UUID, goods: Goods, *, key: str, reason: str = ""
) -> StockLot:
    """Goods go on the shelf, as a new lot or more of a known one.

    Raises Conflict `lot_expired`, and `expiry_differs` when the lot is known with another last day.
    """
    if goods.units <= 0:
        raise ValueError("goods are one unit at least")
    if goods.expires_on < clock.today():
        raise Conflict("lot_expired", f"批号 {goods.lot} 的有效期已过,不能入库。")
    async with db.atomic():
        row = await _lot(pharmacy_id, goods)
        (lot,) = (await ledger.lock_lots([row.id])).values()
        if await ledger.was_written(Move.RECEIVE, key, lot.id):
            return lot
        if lot.expires_on != goods.expires_on:
            raise Conflict(
                "expiry_differs",
                f"批号 {goods.lot} 已登记的有效期是 {lot.expires_on},和这次填的不一样,请核对包装。",
            )
        await ledger.write(Entry(Move.RECEIVE, key, who, reason), lot.id, goods.units)
        await audit(who, "stock.receive", f"StockLot/{lot.id}", reason=reason)
    return await StockLot.get(id=lot.id)


async def _lot(pharmacy_id: UUID, goods: Goods) -> StockLot:
    names: dict[str, Any] = {
        "pharmacy_id": pharmacy_id,
        "medication_id": goods.medication_id,
        "lot": goods.lot,
    }
    if row := await StockLot.get_or_none(**names):
        return row
    try:
        async with db.atomic():
            return await StockLot.create(**names, expires_on=goods.expires_on)
    except IntegrityError:
        return await StockLot.get(**names)


async def count(
    who: Who, lot_id: UUID, *, found: int, seen: int, key: str, reason: str = ""
) -> StockLot:
    """Stock-taking (盘点): the shelf holds `found` where the books said `seen`.

    Raises Conflict `changed_meanwhile` when the books no longer say so, `reserved_more` when more
    than that is promised.
    """
    if found < 0:
        raise ValueError("nobody counts less than nothing")
    async with db.atomic():
        lot = await _locked(lot_id)
        if await ledger.was_written(Move.COUNT, key, lot.id):
            return lot
        if lot.on_hand != seen:
            raise Conflict(
                "changed_meanwhile",
                f"盘点时账上有 {seen},现在是 {lot.on_hand}:其间有进出。请重新数一次。",
            )
        if found < lot.reserved:
            raise Conflict(
                "reserved_more",
                f"其中 {lot.reserved} 已预留给订单,比数到的 {found} 多。请先处理这些订单。",
            )
        await ledger.write(Entry(Move.COUNT, key, who, reason), lot.id, found - seen)
        await audit(who, "stock.count", f"StockLot/{lot.id}", reason=reason)
    return await StockLot.get(id=lot.id)


async def scrap(who: Who, lot_id: UUID, *, units: int, key: str, reason: str) -> StockLot:
    """Units are destroyed (报损), as far as they are not promised. Raises Conflict `too_little`."""
    if units <= 0:
        raise ValueError("one unit at least is scrapped")
    async with db.atomic():
        lot = await _locked(lot_id)
        if not await ledger.was_written(Move.SCRAP, key, lot.id):
            await ledger.write(Entry(Move.SCRAP, key, who, reason), lot.id, units)
            await audit(who, "stock.scrap", f"StockLot/{lot.id}", reason=reason)
    return await StockLot.get(id=lot.id)


async def _locked(lot_id: UUID) -> StockLot:
    found = await ledger.lock_lots([lot_id])
    if lot_id not in found:
        raise NotFound("lot_not_found", "没有找到这个批号。")
    return found[lot_id]


async def quarantine(
    who: Who, medication_id: UUID, lot: str, *, reason: str, pharmacy_id: UUID | None = None
) -> list[StockLot]:
    """Close a lot off (封存、召回), wherever the county has it or in one pharmacy; return what was
    closed now.

    What is promised stays promised and can no longer be issued, until it is renewed (`renewing`).
    """
    return await _close_off(who, _same(medication_id, lot, pharmacy_id), True, reason)


async def readmit(
    who: Who, medication_id: UUID, lot: str, *, reason: str, pharmacy_id: UUID | None = None
) -> list[StockLot]:
    """Open it again: the suspicion was not borne out."""
    return await _close_off(who, _same(medication_id, lot, pharmacy_id), False, reason)


def _same(medication_id: UUID, lot: str, pharmacy_id: UUID | None) -> Q:
    wanted = Q(medication_id=medication_id, lot=lot)
    return wanted & Q(pharmacy_id=pharmacy_id) if pharmacy_id else wanted


async def _close_off(who: Who, wanted: Q, closed: bool, reason: str) -> list[StockLot]:
    async with db.atomic():
        rows = await ledger.lock(wanted & Q(quarantined=not closed))
        for row in rows:
            changes = {"quarantined": closed, "quarantine_reason": reason if closed else ""}
            await StockLot.filter(id=row.id).update(**changes)
            row.update_from_dict(changes)
            action = "stock.quarantine" if closed else "stock.readmit"
            await audit(who, action, f"StockLot/{row.id}", reason=reason)
            if closed:
                event = LotClosed(lot_id=str(row.id), reason=reason)
                await record(event, subject=f"StockLot/{row.id}")
    return rows


async def set_minimum(who: Who, pharmacy_id: UUID, medication_id: UUID, units: int) -> None:
    """Below how many units this pharmacy wants to be told; 0: not at all."""
    async with db.atomic():
        await StockMinimum.update_or_create(
            defaults={"units": units}, pharmacy_id=pharmacy_id, medication_id=medication_id
        )
        await audit(who, "stock.minimum", f"Pharmacy/{pharmacy_id}", reason=str(units))
