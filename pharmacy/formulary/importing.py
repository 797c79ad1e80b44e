"""A file becomes products or goods: first a look that changes nothing, then the good lines.

Good lines are taken, refused ones are listed with line, column, reason and what was read. The same
file again changes nothing: products are compared, and the key of received goods is the file's hash
with the line.
"""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict
from pharmacy.formulary import columns, products, sheets, shelf
from pharmacy.formulary.columns import NAMES
from pharmacy.formulary.models import (
    ImportFile,
    ImportKind,
    Medication,
    MedicationChange,
    Move,
    StockMove,
)
from pharmacy.formulary.schemas import ProductIn, ReceiptIn
from pharmacy.formulary.shelf import Goods

MANY: Final = 500
Row = Mapping[str, Any]
"""`{"line": 7, "cells": {"code": "W001", …}}`: what was read of one line."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One line that cannot be used, and why."""

    line: int
    column: str
    why: str
    read: str


@dataclass(slots=True)
class Outlook:
    """What a file would do: `changed` with their differences, `new` and `same` as they are."""

    new: list[tuple[int, Any]] = field(default_factory=list)
    changed: list[tuple[int, Any, dict[str, list[Any]]]] = field(default_factory=list)
    same: int = 0
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, line: int, wrong: Mapping[str, str], cells: Mapping[str, str]) -> None:
        """Name every column that is wrong."""
        for name, why in wrong.items():
            shown = NAMES.get(name, "整行")
            read = cells.get(name, "")
            if name == "price" and not read:
                read = cells.get("price_fen", "")
            self.refused.append(Refused(line, shown, why, read[:200]))


def rows_of(raw: bytes, kind: ImportKind) -> tuple[str, list[Row]]:
    """How the file was read, and its lines under their headings. Raises Invalid, TooLarge."""
    sheet = sheets.read(raw)
    known = columns.PRODUCT if kind is ImportKind.FORMULARY else columns.RECEIPT
    must = columns.MUST["product" if kind is ImportKind.FORMULARY else "receipt"]
    places = columns.headings(sheet.lines[0].cells, known, must)
    return sheet.encoding, [
        {
            "line": line.number,
            "cells": {
                name: line.cells[place] if place < len(line.cells) else ""
                for name, place in places.items()
            },
        }
        for line in sheet.lines[1:]
    ]


async def keep(
    who: Who, raw: bytes, *, name: str, kind: ImportKind, pharmacy_id: UUID | None = None
) -> ImportFile:
    """The look: the file is kept with what it would do, and nothing else changes."""
    encoding, rows = await asyncio.to_thread(rows_of, raw, kind)
    file = ImportFile(
        kind=kind,
        pharmacy_id=pharmacy_id,
        organization_id=who.organization_id,
        name=name[-120:] or "文件",
        digest=hashlib.sha256(raw).hexdigest(),
        encoding=encoding,
        rows=list(rows),
        made_by=who.account_id,
        by_name=who.name,
        made_at=clock.now(),
    )
    _note(file, await outlook(file))
    async with db.atomic():
        await file.save(force_create=True)
        await audit(who, "import.look", f"ImportFile/{file.id}")
    return file


def _note(file: ImportFile, found: Outlook) -> None:
    file.new, file.changed, file.same = len(found.new), len(found.changed), found.same
    file.refused = [
        {"line": one.line, "column": one.column, "why": one.why, "read": one.read}
        for one in found.refused
    ]


async def outlook(file: ImportFile) -> Outlook:
    """What its good lines would do now, in the order of the file."""
    if file.kind is ImportKind.FORMULARY:
        return await _of_products(file.rows)
    return await _of_goods(file)


async def _known(codes: Iterable[str]) -> dict[str, Medication]:
    wanted = sorted(set(codes))
    found: dict[str, Medication] = {}
    for start in range(0, len(wanted), MANY):
        rows = await Medication.filter(code__in=wanted[start : start + MANY])
        found |= {row.code: row for row in rows}
    return found


async def _of_products(rows: Sequence[Row]) -> Outlook:
    known = await _known(row["cells"].get("code", "") for row in rows)
    return await asyncio.to_thread(_judged, rows, known)


def _judged(rows: Sequence[Row], known: Mapping[str, Medication]) -> Outlook:
    """Some seconds of thinking for a long file, so not on the loop that serves everybody."""
    found, seen = Outlook(), dict[str, int]()
    for row in rows:
        line, cells = row["line"], row["cells"]
        entry, wrong = columns.parsed(ProductIn, cells)
        if entry is not None and (first := seen.setdefault(entry.code, line)) != line:
            wrong = {"code": f"和第 {first} 行的编码重复,用了前面那一行"}
        if wrong:
            found.refuse(line, wrong, cells)
            continue
        _sort_in(found, line, products.columns(entry), known.get(entry.code))
    return found


def _sort_in(found: Outlook, line: int, wanted: dict[str, Any], row: Medication | None) -> None:
    if row is None:
        found.new.append((line, wanted))
    elif changes := products.differences(row, wanted):
        found.changed.append((line, (row, wanted), changes))
    else:
        found.same += 1


async def _of_goods(file: ImportFile) -> Outlook:
    found = Outlook()
    known = await _known(row["cells"].get("code", "") for row in file.rows)
    done = await _received(file)
    for row in file.rows:
        line, cells = row["line"], row["cells"]
        entry, wrong = columns.parsed(ReceiptIn, cells)
        if entry is not None and entry.code not in known:
            wrong = {"code": "目录里没有这个编码,请先导入或新建药品"}
        elif entry is not None and entry.expires_on < clock.today():
            wrong = {"expires_on": "有效期已过,不能入库"}
        if wrong:
            found.refuse(line, wrong, cells)
        elif key_of(file, line) in done:
            found.same += 1
        else:
            drug = known[entry.code]
            units = entry.total(drug.pack_size)
            goods = Goods(drug.id, entry.lot, entry.expires_on, units)
            found.new.append((line, (drug, goods, entry.reason)))
    return found


def key_of(file: ImportFile, line: int) -> str:
    """The name of one received line: the same file again is the same delivery."""
    return f"file/{file.digest[:32]}/{line}"


async def _received(file: ImportFile) -> set[str]:
    moves = StockMove.filter(
        kind=Move.RECEIVE,
        key__startswith=f"file/{file.digest[:32]}/",
        stock_lot__pharmacy_id=file.pharmacy_id,
    )
    return {move.key for move in await moves.only("id", "key")}


async def take_over(who: Who, file: ImportFile) -> ImportFile:
    """Import the good lines, once; what is refused now is kept with the file."""
    async with db.atomic():
        locked = await ImportFile.filter(id=file.id).select_for_update().get()
        if locked.imported_at is not None:
            return locked
        found = await outlook(locked)
        if locked.kind is ImportKind.FORMULARY:
            await write_products(who, found, source=locked.name)
        else:
            await _write_goods(who, locked, found)
        _note(locked, found)
        locked.imported_at = clock.now()
        await locked.save()
        await audit(who, "import.take_over", f"ImportFile/{locked.id}")
    return locked


async def write_products(who: Who, found: Outlook, *, source: str) -> None:
    """New products and changed ones, each with its line of history, in the caller's transaction."""
    moment = clock.now()
    made = [Medication(**wanted, updated_at=moment) for _, wanted in found.new]
    lines = [products.history(row, {}, who, source=source) for row in made]
    await Medication.bulk_create(made, batch_size=MANY)
    for _, (row, wanted), changes in found.changed:
        moved = await Medication.filter(id=row.id, updated_at=row.updated_at).update(
            **wanted, updated_at=moment
        )
        if not moved:
            raise Conflict("changed_meanwhile", "导入时有人在改目录,请再点一次导入。")
        lines.append(products.history(row, changes, who, source=source))
    await MedicationChange.bulk_create(lines, batch_size=MANY)


async def _write_goods(who: Who, file: ImportFile, found: Outlook) -> None:
    """Each line by the verb of the shelf; what it refuses is one more refused line."""
    if file.pharmacy_id is None:
        raise ValueError("goods come to a pharmacy")
    cells = {row["line"]: row["cells"] for row in file.rows}
    taken = []
    for line, (drug, goods, reason) in found.new:
        try:
            key = key_of(file, line)
            await shelf.receive(who, file.pharmacy_id, goods, key=key, reason=reason)
            taken.append((line, (drug, goods, reason)))
        except Conflict as refused:
            found.refuse(line, {"lot": refused.detail}, cells[line])
    found.new = taken


def report(file: ImportFile) -> bytes:
    """Every refused line as CSV."""
    rows = [[one["line"], one["column"], one["why"], one["read"]] for one in file.refused]
    return sheets.write([["行号", "列", "问题", "读到的内容"], *rows])


def template(kind: ImportKind) -> bytes:
    """An empty file with the headings, and one line that shows what goes where."""
    if kind is ImportKind.RECEIPT:
        shown: Mapping[str, str] = {
            "code": "W001",
            "lot": "20260801",
            "expires_on": "2028-07",
            "packs": "100",
        }
        names = list(columns.RECEIPT)
    else:
        shown = EXAMPLE
        names = [name for name in columns.PRODUCT if name != "price_fen"]
    return sheets.write([[NAMES[name] for name in names], [shown.get(name, "") for name in names]])


EXAMPLE: Final[Mapping[str, str]] = {
    "code": "W001",
    "generic_name": "苯磺酸氨氯地平片",
    "kind": "西药",
    "form": "片剂",
    "strength": "5mg",
    "strength_value": "5",
    "strength_unit": "mg",
    "unit": "片",
    "pack_size": "28",
    "pack_unit": "盒",
    "splittable": "是",
    "route": "口服",
    "price": "12.60",
    "prescription_only": "是",
    "antimicrobial": "不是抗菌药",
    "controlled": "普通药品",
    "cold_chain": "否",
    "injection": "否",
    "trace_prefix": "8100007",
    "storage": "遮光,密封保存",
}
