"""Tables that people bring, as text: CSV in whatever encoding, and Excel.

Nothing in a file is executed: of a formula the value counts that Excel saved with it. A file that
is too large, no table, or not readable is said in words.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import Invalid, TooLarge

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_UNPACKED: Final = 120 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60
LONGEST_CELL: Final = 1_000
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_ENCODINGS: Final = (("utf-8-sig", "UTF-8"), ("gb18030", "GB18030"))


@dataclass(frozen=True, slots=True)
class Line:
    """One line with content. `number` is where one finds it in the file, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first table of a file. `encoding` is how it was read, in words."""

    encoding: str
    lines: tuple[Line, ...]


def read(raw: bytes) -> Sheet:
    """The lines of a file. Raises Invalid `file_…`, TooLarge."""
    if not raw.strip(b"\0 \r\n\t"):
        raise Invalid("file_empty", "文件是空的,可能没传完整,请重新选。")
    if len(raw) > MOST_BYTES:
        raise TooLarge("file_too_large", "文件超过 8 MB。请分成几个文件,分次导入。")
    if raw.startswith(_OLD_EXCEL):
        raise Invalid(
            "file_old_excel", "这是旧版 Excel(.xls)。请在 Excel 里另存为 .xlsx 或 CSV 再传。"
        )
    if raw.startswith(_ZIP):
        return Sheet("Excel", _collected(_excel(raw)))
    text, encoding = _decoded(raw)
    return Sheet(encoding, _collected(_csv(text)))


def _collected(lines: Iterable[Line]) -> tuple[Line, ...]:
    found = tuple(islice(lines, MOST_ROWS + 1))
    if len(found) > MOST_ROWS:
        raise TooLarge("too_many_rows", f"超过 {MOST_ROWS} 行。请分成几个文件,分次导入。")
    if not found:
        raise Invalid("file_empty", "文件里没有内容,请检查后重新选。")
    return found


def _decoded(raw: bytes) -> tuple[str, str]:
    """UTF-8 when all of it is; else GB18030, which holds GBK and GB2312. One damaged line must not
    spoil the others, so what fits neither becomes a mark that is refused with its line."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace"), "UTF-16"
    if b"\0" in raw:
        raise Invalid("file_type", "这不是表格。请传 CSV 或 Excel(.xlsx)文件。")
    for codec, name in _ENCODINGS:
        try:
            return raw.decode(codec), name
        except UnicodeDecodeError:
            continue
    texts = [(raw.decode(codec, errors="replace"), name) for codec, name in _ENCODINGS]
    return min(texts, key=lambda found: found[0].count("\ufffd"))


def _csv(text: str) -> Iterator[Line]:
    """Lines are told apart first, so a quote that is never closed spoils its own line only."""
    separator = _separator(text)
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip(f"{separator} \t\"'"):
            continue
        try:
            (cells,) = csv.reader([line], delimiter=separator) or [[]]
        except (csv.Error, ValueError):
            cells = [line]
        yield Line(number, _trimmed(cells))


def _separator(text: str) -> str:
    heading = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;", key=heading.count)


def _excel(raw: bytes) -> Iterator[Line]:
    try:
        _check_size(raw)
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = enumerate(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1)
        for number, values in rows:
            cells = _trimmed(_word(value) for value in values)
            if any(cells):
                yield Line(number, cells)
    except (
        zipfile.BadZipFile,
        InvalidFileException,
        KeyError,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        SyntaxError,
    ):
        raise Invalid(
            "file_broken", "Excel 文件打不开,可能没传完整或者加了密码。请重新保存后再传。"
        ) from None


def _check_size(raw: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(raw)) as packed:
        if "xl/workbook.xml" not in packed.namelist():
            raise Invalid("file_type", "这不是 Excel 表格。请传 CSV 或 Excel(.xlsx)文件。")
        if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED:
            raise TooLarge("file_too_large", "表格展开后太大。请分成几个文件,分次导入。")


def _word(value: Any) -> str:
    """A cell as somebody would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.10g}"
    return str(value)


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        cell.strip().strip("\ufeff")[:LONGEST_CELL] for cell in islice(cells, MOST_COLUMNS)
    )


def write(rows: Iterable[Iterable[object]]) -> bytes:
    """CSV that Excel opens as it is: UTF-8 with its mark, and no cell that becomes a formula."""
    out = io.StringIO()
    csv.writer(out).writerows([_harmless(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: object) -> object:
    """A text that begins like a formula is shown and not computed."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return "" if value is None else value
