"""Rule files, read into rows; what cannot be read is a fault with file and line."""

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from pharmacy.screening.rows import ROWS, Row

SHIPPED: Final = Path(__file__).parent / "rules"
_SENTENCES: Final = {
    "missing": "没有填",
    "string_too_short": "没有填",
    "string_too_long": "太长",
    "extra_forbidden": "没有这一列",
    "enum": "不认识这个写法",
    "literal_error": "不认识这个写法",
    "string_pattern_mismatch": "代码只能用小写字母、数字和 - _ +",
    "decimal_parsing": "不是数字",
    "int_parsing": "不是整数",
    "greater_than": "要大于 0",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, so that a pharmacist finds it."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file} 第 {self.line} 行:{self.text}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and where it stands."""

    row: Row
    file: str
    line: int

    def fault(self, text: str) -> Fault:
        """Something is wrong here."""
        return Fault(self.file, self.line, text)


@dataclass(slots=True)
class Files:
    """All rows of some folders, their faults, and a hash of what was read."""

    rows: list[Placed] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    version: str = ""


def read(folders: Sequence[Path] = (SHIPPED,)) -> Files:
    """Read the folders one after the other. A later folder's row with the same key replaces the
    earlier one's; twice in one folder is a fault."""
    files = Files()
    digest = hashlib.sha256()
    kept: dict[str, Placed] = {}
    for folder in folders:
        for kind in ROWS:
            path = folder / f"{kind.FILE}.csv"
            if not path.exists():
                if folder == SHIPPED:
                    files.faults.append(Fault(path.name, 1, "文件不见了"))
                continue
            raw = path.read_bytes()
            digest.update(path.name.encode() + raw)
            _take(kept, _rows(kind, path, raw, files.faults), folder, files.faults)
        files.faults += _strangers(folder)
    files.rows = list(kept.values())
    files.version = digest.hexdigest()[:12]
    return files


def _take(
    kept: dict[str, Placed], found: Iterable[Placed], folder: Path, faults: list[Fault]
) -> None:
    here: dict[str, Placed] = {}
    for each in found:
        before = here.setdefault(each.row.rule_id, each)
        if before is not each:
            faults.append(each.fault(f"和第 {before.line} 行说的是同一件事,请只留一行"))
    kept.update(here)


def _strangers(folder: Path) -> list[Fault]:
    known = {f"{kind.FILE}.csv" for kind in ROWS}
    found = sorted(path.name for path in folder.glob("*.csv"))
    return [Fault(name, 1, "没有这种规则文件") for name in found if name not in known]


def _rows(kind: type[Row], path: Path, raw: bytes, faults: list[Fault]) -> list[Placed]:
    try:
        lines = csv.DictReader(io.StringIO(_text(raw), newline=""), strict=True)
        return _parsed(kind, path.name, lines, faults)
    except UnicodeDecodeError:
        faults.append(Fault(path.name, 1, "文字编码看不懂,请存成 UTF-8 或 GB18030"))
    except csv.Error:
        faults.append(Fault(path.name, lines.line_num, "这一行的引号或逗号不对"))
    return []


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")  # what a spreadsheet saves in this country


def _parsed(
    kind: type[Row], name: str, lines: "csv.DictReader[str]", faults: list[Fault]
) -> list[Placed]:
    found = []
    for cells in lines:
        line = lines.line_num
        if None in cells:
            faults.append(Fault(name, line, "比表头多了一格,请检查逗号和引号"))
            continue
        filled: dict[str, Any] = {k.strip(): v.strip() for k, v in cells.items() if v and v.strip()}
        if not filled:
            continue
        try:
            found.append(Placed(kind.model_validate(filled), name, line))
        except ValidationError as wrong:
            faults += [Fault(name, line, _sentence(each)) for each in wrong.errors()]
    return found


def _sentence(error: Any) -> str:
    column = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "value_error":
        return f"{column}:{error['ctx']['error']}"
    said = _SENTENCES.get(error["type"], "填得不对")
    given = error["input"] if isinstance(error["input"], str) else ""
    return f"{column}:{said}" + (f"(“{given[:30]}”)" if given else "")
