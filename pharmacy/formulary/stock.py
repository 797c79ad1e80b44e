"""The verbs of stock that orders and dispensing use (docs/adr/0043).

All of them count units and not packs, are all or nothing and safe to repeat by their key. The
caller has passed the door of the order or the pharmacy.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from core import clock, db
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, NotFound
from core.states import advance
from pharmacy.formulary import ledger, rules
from pharmacy.formulary.ledger import Entry
from pharmacy.formulary.models import Medication, Move, Reservation, StockLot
from pharmacy.formulary.policy import params
from pharmacy.formulary.states import RESERVATION, ReservationStatus


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of one lot that left the house."""

    lot_id: UUID
    medication_id: UUID
    lot: str
    expires_on: date
    units: int


async def available(pharmacy_id: UUID, medication_ids: Collection[UUID]) -> dict[UUID, int]:
    """Units by medication that could be promised now; 0 for what is not there."""
    found = dict.fromkeys(medication_ids, 0)
    rows = StockLot.filter(promising(pharmacy_id, medication_ids))
    for medication_id, on_hand, reserved in await rows.values_list(
        "medication_id", "on_hand", "reserved"
    ):
        found[medication_id] += on_hand - reserved
    return found


def promising(pharmacy_id: UUID, medication_ids: Collection[UUID]) -> Q:
    """Lots of these drugs that may be promised, if they are not all promised already."""
    return Q(
        pharmacy_id=pharmacy_id,
        medication_id__in=list(medication_ids),
        quarantined=False,
        expires_on__gte=rules.promised_from(clock.today(), params()),
        on_hand__gt=0,
    )


async def reserve(pharmacy_id: UUID, lines: Mapping[UUID, int], key: str) -> None:
    """Promise units by medication to `key`: all of them or nothing; a repeat changes nothing.

    Raises Conflict `out_of_stock` with the drugs' names, `reservation_over` when the key has been
    released or issued, `reservation_differs` when it holds something else.
    """
    wanted = _wanted(lines)
    async with db.atomic():
        reservation = await _begin(pharmacy_id, wanted, key)
        if reservation is None:
            return
        lots = await ledger.lock(promising(pharmacy_id, wanted))
        chosen, lacking = rules.picks(lots, wanted)
        if lacking:
            raise await _out_of_stock(lacking)
        entry = Entry(Move.RESERVE, key, SYSTEM, reservation=reservation)
        for lot, units in chosen:
            await ledger.write(entry, lot.id, units)


def _wanted(lines: Mapping[UUID, int]) -> dict[UUID, int]:
    if not lines or any(units <= 0 for units in lines.values()):
        raise ValueError("a reservation is of one unit at least")
    return {id: lines[id] for id in sorted(lines)}


async def _begin(pharmacy_id: UUID, wanted: Mapping[UUID, int], key: str) -> Reservation | None:
    """The new reservation, or None when the key holds exactly this already."""
    lines = {str(id): units for id, units in wanted.items()}
    try:
        async with db.atomic():
            return await Reservation.create(
                key=key, pharmacy_id=pharmacy_id, lines=lines, made_at=clock.now()
            )
    except IntegrityError:
        row = await Reservation.get(key=key)
    if row.status is not ReservationStatus.HELD:
        raise Conflict("reservation_over", "这份预留已经结束了,请重新下单。")
    if (row.pharmacy_id, row.lines) != (pharmacy_id, lines):
        raise Conflict("reservation_differs", "这份预留的药品或药房变了,请刷新后再试。")
    return None


async def _out_of_stock(lacking: Collection[UUID]) -> Conflict:
    rows = await Medication.filter(id__in=list(lacking)).order_by("generic_name")
    names = "、".join(f"「{row.generic_name} {row.strength}」" for row in rows)
    return Conflict(
        "out_of_stock",
        f"这家药房的{names}库存不够,请换一家药房,或者请药师补货后再试。",
        medication_ids=[str(row.id) for row in rows],
    )


async def release(key: str) -> None:
    """Give back what the key holds; nothing happens when it holds nothing or never did.

    Raises Conflict `already_issued` when the goods have gone.
    """
    async with db.atomic():
        reservation = await locked(key)
        if reservation is None or reservation.status is ReservationStatus.RELEASED:
            return
        if reservation.status is ReservationStatus.ISSUED:
            raise Conflict("already_issued", "药已经发出,不能再取消预留。")
        held = await ledger.held(reservation.id)
        await ledger.lock_lots(held)
        for lot_id in sorted(held):
            entry = Entry(Move.RELEASE, key, SYSTEM, reservation=reservation)
            await ledger.write(entry, lot_id, held[lot_id])
        await advance(reservation, RESERVATION, "release", ended_at=clock.now())


async def locked(key: str) -> Reservation | None:
    """The reservation of this key, locked: always before any lot."""
    return await Reservation.filter(key=key).select_for_update().first()


async def held(key: str) -> list[Taken]:
    """What the key holds, by lot, first expired first: the pick list."""
    reservation = await Reservation.get_or_none(key=key)
    return await _by_lot(await ledger.held(reservation.id)) if reservation else []


async def _by_lot(units: Mapping[UUID, int]) -> list[Taken]:
    rows = await StockLot.filter(id__in=list(units)).order_by("medication_id", "expires_on", "lot")
    return [
        Taken(row.id, row.medication_id, row.lot, row.expires_on, units[row.id]) for row in rows
    ]


async def room(key: str, lot_id: UUID, picked: int) -> int:
    """Units that may still be picked from this lot: promised to the key there, or to nobody."""
    reservation = await Reservation.get_or_none(key=key)
    promised = await ledger.held(reservation.id) if reservation else {}
    lot = await StockLot.get(id=lot_id)
    return lot.on_hand - lot.reserved + promised.get(lot_id, 0) - picked


async def follow_pick(key: str, lot_id: UUID, picked: Mapping[UUID, int]) -> None:
    """Goods were taken from this lot: so many units of the promise lie there from now on, so that
    nobody else is promised what is in the basket. `picked`: all of the key's, by lot.

    Raises Conflict `too_little` when the lot has no units for it; see `room`.
    """
    async with db.atomic():
        reservation = await locked(key)
        if reservation is None or reservation.status is not ReservationStatus.HELD:
            return
        promised = await ledger.held(reservation.id)
        lack = picked[lot_id] - promised.get(lot_id, 0)
        if lack <= 0:
            return
        rows = await ledger.lock_lots({*promised, lot_id})
        act, moved = f"{key}/basket/{uuid4().hex[:12]}", 0
        for id in sorted(promised):
            alike = rows[id].medication_id == rows[lot_id].medication_id
            spare = min(promised[id] - picked.get(id, 0), lack - moved)
            if id != lot_id and alike and spare > 0:
                release = Entry(Move.RELEASE, act, SYSTEM, reservation=reservation)
                await ledger.write(release, id, spare)
                moved += spare
        if moved:
            reserve = Entry(Move.RESERVE, act, SYSTEM, reservation=reservation)
            await ledger.write(reserve, lot_id, moved)


async def issue(
    key: str, *, who: Who, lots: Mapping[UUID, int] | None = None, gone: bool = False
) -> list[Taken]:
    """Goods leave the house: what the key holds, or units of the `lots` that were really picked.

    Picked lots may differ from the promised ones, the units of each drug may not. A repeat answers
    what was issued. `gone`: they have left already, so the books follow whatever the lots are now.
    Raises NotFound, and Conflict: `reservation_over`, `quantity_differs`,
    `too_little`, `lot_unusable` (expired or quarantined meanwhile).
    """
    async with db.atomic():
        reservation = await locked(key)
        if reservation is None:
            raise NotFound("reservation_not_found", "没有找到这份预留。")
        if reservation.status is ReservationStatus.ISSUED:
            return await _by_lot(await ledger.gone(reservation.id))
        if reservation.status is ReservationStatus.RELEASED:
            raise Conflict("reservation_over", "这份预留已经取消,不能再发药。")
        promised = await ledger.held(reservation.id)
        picked = dict(promised if lots is None else lots)
        rows = await ledger.lock_lots({*promised, *picked})
        _check_picked(reservation, promised, picked, rows, gone=gone)
        await _exchange(reservation, promised, picked)
        for lot_id in sorted(picked):
            entry = Entry(Move.ISSUE, key, who, reservation=reservation)
            await ledger.write(entry, lot_id, picked[lot_id])
        await advance(reservation, RESERVATION, "issue", ended_at=clock.now())
        await audit(who, "stock.issue", f"Reservation/{reservation.id}")
    return await _by_lot(picked)


def _check_picked(
    reservation: Reservation,
    promised: Mapping[UUID, int],
    picked: Mapping[UUID, int],
    rows: Mapping[UUID, StockLot],
    *,
    gone: bool,
) -> None:
    here = {id for id, row in rows.items() if row.pharmacy_id == reservation.pharmacy_id}
    if set(picked) - here or any(units <= 0 for units in picked.values()):
        raise NotFound("lot_not_found", "这家药房没有这个批号。")
    if _by_medication(promised, rows) != _by_medication(picked, rows):
        raise Conflict("quantity_differs", "拣出的数量和处方不一致,请核对后再发。")
    for lot_id in picked:
        if not gone and not rules.may_issue(rows[lot_id], clock.today()):
            raise Conflict(
                "lot_unusable",
                f"批号 {rows[lot_id].lot} 已过期或被封存,不能发出,请换一批。",
                lot_id=str(lot_id),
            )


def _by_medication(units: Mapping[UUID, int], rows: Mapping[UUID, StockLot]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for lot_id, count in units.items():
        medication_id = rows[lot_id].medication_id
        found[medication_id] = found.get(medication_id, 0) + count
    return found


async def _exchange(
    reservation: Reservation, promised: Mapping[UUID, int], picked: Mapping[UUID, int]
) -> None:
    """Other lots than those promised: the promise moves over to them first."""
    key = f"{reservation.key}/picked"
    for kind, more, less in (
        (Move.RELEASE, promised, picked),
        (Move.RESERVE, picked, promised),
    ):
        for lot_id in sorted(more):
            if (units := more[lot_id] - less.get(lot_id, 0)) > 0:
                await ledger.write(Entry(kind, key, SYSTEM, reservation=reservation), lot_id, units)


async def take_back(
    key: str,
    lots: Mapping[UUID, int],
    *,
    who: Who,
    reason: str,
    under: str,
    sound: bool,
) -> None:
    """Goods of an issued key come back, under the name `under` of this act (a repeat is harmless).

    Only those that never left controlled custody are `sound` and go back on the shelf; all others
    are scrapped in the same step (医疗机构药事管理规定: what was handed out is not used again).
    Raises NotFound, Conflict `too_much` for more than was issued.
    """
    async with db.atomic():
        reservation = await locked(key)
        if reservation is None or reservation.status is not ReservationStatus.ISSUED:
            raise NotFound("not_issued", "这份药还没有发出,不用退回。")
        await ledger.lock_lots(lots)
        gone, back = await ledger.gone(reservation.id), f"{key}/{under}"
        for lot_id in sorted(lots):
            if await ledger.was_written(Move.RETURN, back, lot_id):
                continue
            if not 0 < lots[lot_id] <= gone.get(lot_id, 0):
                raise Conflict("too_much", "退回的数量比发出的多,请核对。")
            entry = Entry(Move.RETURN, back, who, reason, reservation)
            await ledger.write(entry, lot_id, lots[lot_id])
            if not sound:
                await ledger.write(Entry(Move.SCRAP, back, who, reason), lot_id, lots[lot_id])
        await audit(who, "stock.take_back", f"Reservation/{reservation.id}", reason=reason)
