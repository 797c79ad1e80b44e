"""Picking: a scan for every pack, the lot that expires first, and the wrong drug refused loudly."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import F

from core import clock, db
from core.audit import audit, refused
from core.errors import Conflict, FieldError, Invalid
from people.actor import Actor
from pharmacy.dispensing import rules, trace
from pharmacy.dispensing.models import DispensePick, MedicationDispense, TraceCode, TraceReport
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.dispensing.steps import picks_of, require, subject_of
from pharmacy.formulary import stock
from pharmacy.formulary.models import Kind, Medication, StockLot
from pharmacy.orders import offers
from pharmacy.orders.service import stock_key
from pharmacy.prescribing.models import PrescribedLine

NO_CODE_AT_ALL: Final = "这不是药品追溯码:请扫药盒上 20 位的码,或 GS1 二维码。"


@dataclass(slots=True)
class Wanted:
    """One line of the pick list: what is still to be taken, and from which lots, soonest first."""

    line: PrescribedLine
    picked: int
    lots: list[StockLot]

    @property
    def remaining(self) -> int:
        """Units."""
        return self.line.quantity - self.picked

    @property
    def medication(self) -> Medication:
        """The product."""
        found: Medication = self.line.medication
        return found


async def pick_list(row: MedicationDispense) -> list[Wanted]:
    """Every line, with what is picked of it and the lots to take it from."""
    lines = await offers.lines_of([row.request_id])
    picks = await picks_of(row)
    held = await stock.held(stock_key(row.order_id))
    lots = {lot.id: lot for lot in await StockLot.filter(id__in=[one.lot_id for one in held])}
    taken: dict[UUID, int] = {}
    for pick in picks:
        taken[pick.stock_lot_id] = taken.get(pick.stock_lot_id, 0) + pick.units
    found = []
    for line in lines:
        own = [one for one in held if one.medication_id == line.medication_id]
        left = [lots[one.lot_id] for one in own if taken.get(one.lot_id, 0) < one.units]
        picked = sum(pick.units for pick in picks if pick.line_id == line.id)
        found.append(Wanted(line, picked, left))
    return found


async def scan(
    actor: Actor, row: MedicationDispense, text: str, *, lot_id: UUID | None = None
) -> DispensePick:
    """One pack was scanned: its units go to the line that wants them.

    Raises Invalid for what is no trace code, and Conflict with a clear sentence for a wrong drug,
    an expired lot, or a code that was sold before, which is reported.
    """
    require(row, Status.IN_PROGRESS)
    found = trace.read(text)
    if found is None:
        raise Invalid("code", NO_CODE_AT_ALL, errors=[FieldError("code", NO_CODE_AT_ALL)])
    lines = await pick_list(row)
    fitting = [one for one in lines if one.medication.trace_prefix == found.prefix]
    if not fitting:
        raise await _wrong_drug(actor, row, lines, found)
    if found.expires_on and rules.expired(found.expires_on, clock.today()):
        raise Conflict("expired", f"这一盒有效期到 {found.expires_on},已经过期,不能发!请封存。")
    line = next((one for one in fitting if one.remaining > 0), None)
    if line is None:
        raise await _enough(row, fitting[0], found)
    lot = await _lot_of(line, row, found, lot_id)
    try:
        async with db.atomic():
            units = await _sell(row, line, found, await _room(row, line, lot))
            return await _put_in(actor, row, line, lot, units, code=found.code)
    except Conflict as problem:
        if problem.code == "sold_before":
            await _report(actor, row, found.code)
        raise


async def _wrong_drug(
    actor: Actor, row: MedicationDispense, lines: Sequence[Wanted], found: trace.Scan
) -> Conflict:
    known = await Medication.filter(trace_prefix=found.prefix).first() if found.prefix else None
    what = f"「{known.generic_name} {known.strength}」" if known else "目录里没有的药"
    wanted = "、".join(f"「{one.line.name} {one.line.strength}」" for one in lines)
    problem = Conflict(
        "wrong_drug", f"扫错药了!扫到的是{what},这张处方要的是{wanted}。请放回,重新拿。"
    )
    return refused(
        problem, actor, "dispense.scan", subject_of(row), patient_id=row.patient_id, reason="wrong"
    )


async def _enough(row: MedicationDispense, line: Wanted, found: trace.Scan) -> Conflict:
    if await DispensePick.exists(dispense_id=row.id, trace_code=found.code, undone_at=None):
        return Conflict("scanned_already", "这一盒刚才已经扫过了,不用再扫。")
    return Conflict("enough", f"「{line.line.name}」已经够了,这一盒请放回货架。")


async def _lot_of(
    line: Wanted, row: MedicationDispense, found: trace.Scan, lot_id: UUID | None
) -> StockLot:
    """The pack's own lot, the one that was chosen, else the first to expire."""
    ours = StockLot.filter(pharmacy_id=row.pharmacy_id, medication_id=line.medication.id)
    lot: StockLot | None = line.lots[0] if line.lots else None
    if found.lot:
        lot = await ours.filter(lot=found.lot).first()
    elif lot_id is not None:
        lot = await ours.filter(id=lot_id).first()
    if lot is None:
        which = f"批号 {found.lot} " if found.lot else ""
        raise Conflict("lot_unknown", f"{which}不在本药房的库存里,请先入库,或者换一盒。")
    if lot.quarantined or rules.expired(lot.expires_on, clock.today()):
        why = "被封存" if lot.quarantined else f"有效期到 {lot.expires_on},已经过期"
        raise Conflict("expired", f"批号 {lot.lot} {why},不能发!请换一批。")
    return lot


async def _room(row: MedicationDispense, line: Wanted, lot: StockLot) -> int:
    """Units of this lot that are not promised to others."""
    basket = await _basket(row)
    found = await stock.room(stock_key(row.order_id), lot.id, basket.get(lot.id, 0))
    whole = 1 if line.medication.splittable else line.medication.pack_size
    if found < min(line.remaining, whole):
        others = "、".join(one.lot for one in line.lots if one.id != lot.id)
        instead = f"请从批号 {others} 里拿。" if others else "请换一批。"
        raise Conflict("lot_promised", f"批号 {lot.lot} 余下的已经留给别的订单,{instead}")
    return found


async def _basket(row: MedicationDispense) -> dict[UUID, int]:
    """Units picked, by lot."""
    found: dict[UUID, int] = {}
    for pick in await picks_of(row):
        found[pick.stock_lot_id] = found.get(pick.stock_lot_id, 0) + pick.units
    return found


async def _sell(row: MedicationDispense, line: Wanted, found: trace.Scan, most: int) -> int:
    """Take up to `most` units out of the pack; the sum of all takings never exceeds it."""
    drug = line.medication
    pack, _ = await TraceCode.get_or_create(
        code=found.code, defaults={"medication_id": drug.id, "pack_units": drug.pack_size}
    )
    share = rules.share(
        remaining=min(line.remaining, most),
        pack_units=pack.pack_units,
        sold=pack.sold,
        splittable=drug.splittable,
    )
    if share.refusal is not None:
        same = DispensePick.filter(dispense_id=row.id, trace_code=found.code, undone_at=None)
        if await same.exists():
            raise Conflict("scanned_already", "这一盒刚才已经扫过了,不用再扫。")
        raise Conflict(share.refusal.code, share.refusal.sentence)
    untouched = TraceCode.filter(code=pack.code, sold=pack.sold)
    if not await untouched.update(sold=pack.sold + share.units):
        raise Conflict("changed_meanwhile", "这一盒刚才在别处也扫了,请再扫一次。")
    return share.units


async def _report(actor: Actor, row: MedicationDispense, code: str) -> None:
    """Write down that a code turned up twice; the desk shows it until somebody has looked."""
    async with db.atomic():
        _, made = await TraceReport.get_or_create(
            code=code,
            dispense_id=row.id,
            defaults={
                "organization_id": row.organization_id,
                "reported_by": actor.practitioner_id,
                "reported_by_name": actor.name,
                "reported_at": clock.now(),
            },
        )
        if made:
            about = subject_of(row)
            await audit(actor, "dispense.report", about, patient_id=row.patient_id, reason=code)


async def pick_without_code(
    actor: Actor,
    row: MedicationDispense,
    line_id: UUID,
    *,
    units: int,
    reason: str,
    lot_id: UUID | None = None,
) -> DispensePick:
    """What has no code to scan, with the reason. Raises Invalid, Conflict."""
    require(row, Status.IN_PROGRESS)
    line = next((one for one in await pick_list(row) if one.line.id == line_id), None)
    if line is None:
        raise Conflict("changed_meanwhile", "这张处方里没有这一味药,请刷新页面。")
    if reason not in rules.NO_CODE:
        raise _wrong("reason", "请选一个没有扫码的原因。")
    if reason == "piece" and line.medication.kind not in (Kind.PIECE, Kind.GRANULE):
        raise _wrong("reason", "这种药不是饮片或颗粒,请扫码,或者另选原因。")
    if not 0 < units <= line.remaining:
        raise _wrong("units", f"数量应在 1 到 {line.remaining} 之间。")
    lot = await _lot_of(line, row, trace.Scan("", ""), lot_id)
    if units > (most := await _room(row, line, lot)):
        raise _wrong("units", f"批号 {lot.lot} 余下的已经留给别的订单,这一批最多拿 {most}。")
    async with db.atomic():
        return await _put_in(actor, row, line, lot, units, reason=reason)


async def _put_in(
    actor: Actor,
    row: MedicationDispense,
    line: Wanted,
    lot: StockLot,
    units: int,
    *,
    code: str = "",
    reason: str = "",
) -> DispensePick:
    await _still_picking(row)
    pick = await DispensePick.create(
        dispense_id=row.id,
        line_id=line.line.id,
        stock_lot_id=lot.id,
        units=units,
        trace_code=code,
        reason=reason,
        picked_by=actor.practitioner_id,
        picked_at=clock.now(),
    )
    await stock.follow_pick(stock_key(row.order_id), lot.id, await _basket(row))
    about, why = subject_of(row), f"{units}"
    await audit(actor, "dispense.pick", about, patient_id=row.patient_id, reason=why)
    return pick


async def _still_picking(row: MedicationDispense) -> None:
    """Nobody finished or stopped it meanwhile, and of two scans of one line only one counts."""
    same = MedicationDispense.filter(id=row.id, status=Status.IN_PROGRESS, round=row.round)
    if not await same.update(round=row.round + 1):
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")
    row.round += 1


async def undo(actor: Actor, row: MedicationDispense, pick_id: UUID) -> None:
    """It goes back on the shelf; its code may be sold again."""
    require(row, Status.IN_PROGRESS)
    async with db.atomic():
        await _still_picking(row)
        await _free(await DispensePick.filter(id=pick_id, dispense_id=row.id, undone_at=None))
        await audit(actor, "dispense.undo", subject_of(row), patient_id=row.patient_id)


async def free_all(row: MedicationDispense) -> None:
    """Everything goes back on the shelf, in the caller's transaction."""
    await _free(await picks_of(row))


async def _free(picks: Sequence[DispensePick]) -> None:
    for pick in picks:
        if await DispensePick.filter(id=pick.id, undone_at=None).update(undone_at=clock.now()):
            code = TraceCode.filter(code=pick.trace_code, sold__gte=pick.units)
            await code.update(sold=F("sold") - pick.units)


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
