"""The boards as files: every number with its numerator and denominator, and what it means.

No cell is a formula to a spreadsheet, whatever a village or a team is called.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

import openpyxl
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from family_doctor.boards.board import Line
from family_doctor.boards.definitions import DEFINITIONS, ROOMS, Definition
from family_doctor.boards.figures import FEW, NOBODY, Figure
from family_doctor.boards.periods import Period

Cell = str | int | float
LEVELS: Final = ("合计", "团队", "村")
HEAD: Final = ("层级", "上级", "名称", "时间", "到", "类别", "指标", "数值", "单位", "分子", "分母")
MEANING: Final = ("指标", "类别", "怎么算的")
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def cells(lines: Sequence[Line], period: Period, *, middle: str) -> list[list[Cell]]:
    """A row for each number of each place; `middle` is what stands between total and village."""
    levels = (LEVELS[0], middle, LEVELS[2])
    return [
        [
            levels[line.level],
            plain(line.house),
            plain(line.name),
            period.name,
            f"{period.day:%Y-%m-%d}",
            ROOMS[what.room],
            what.name,
            *_number(line.figures[what.code]),
        ]
        for line in lines
        for what in DEFINITIONS
    ]


def _number(figure: Figure) -> list[Cell]:
    if figure.hidden:
        return [FEW, "", "", ""]
    unit = "%" if figure.what.kind == "rate" else figure.what.unit
    value = NOBODY if figure.value is None else figure.value
    return [value, unit, _part(figure.top), _part(figure.bottom)]


def _part(value: int | None) -> Cell:
    return "" if value is None else value


def plain(text: str) -> str:
    """Text that begins like a formula gets a mark before it."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def meaning(what: Definition) -> str:
    """怎么算的 in one line."""
    return ";".join(f"{label}:{text}" for label, text in what.words)


def as_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """One table, the meaning at the end of each line; with the mark that spreadsheets ask for."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    writer.writerow((*HEAD, "怎么算的"))
    names = {what.name: meaning(what) for what in DEFINITIONS}
    for row in rows:
        writer.writerow((*row, names[str(row[HEAD.index("指标")])]))
    return sheet.getvalue().encode("utf-8-sig")


def as_xlsx(rows: Iterable[Sequence[Cell]], title: str) -> bytes:
    """The numbers on the first sheet, what they mean on the second."""
    book = openpyxl.Workbook()
    numbers: Worksheet = book.active
    numbers.title = "数字"
    _fill(numbers, HEAD, rows, widths=(8, 22, 22, 16, 12, 12, 20, 10, 8, 8, 8))
    meanings = book.create_sheet("怎么算的")
    said = [(what.name, ROOMS[what.room], meaning(what)) for what in DEFINITIONS]
    _fill(meanings, MEANING, said, widths=(22, 12, 100))
    for cell in meanings["C"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    book.properties.title = title
    book.properties.creator = "家门口互联网医院"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _fill(
    sheet: Worksheet,
    head: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    widths: Sequence[int],
) -> None:
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
    for place, width in enumerate(widths, 1):
        cell = sheet.cell(1, place)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
