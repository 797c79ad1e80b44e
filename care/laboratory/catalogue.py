"""What is known of each analyte: code, unit, other units, what can be true, reference ranges.

The three CSV files beside this page are data that a laboratory head can read. `ranges.csv` is a
default only: every laboratory has its own, so a house may put its file in its place, and the range
on a slip always wins.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit (UCUM) and how it is written. In the analyte's own: value × factor + plus."""

    code: str
    shown: str
    factor: Decimal = Decimal(1)
    plus: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Analyte:
    """One thing a laboratory measures. `units[0]` is the one we keep values in.

    `low` and `high` bound what can be true, not what is healthy. With `answers` there is no
    number: the result is one of these words, the first of them is the healthy one.
    """

    code: str
    loinc: str
    display: str
    name: str
    short: str
    group: str
    units: Sequence[Unit]
    low: Decimal
    high: Decimal
    decimals: int
    answers: Sequence[str]

    @property
    def unit(self) -> Unit:
        """The one we keep values in."""
        return self.units[0]

    def unit_of(self, code: str) -> Unit | None:
        """One of its units by UCUM code; empty for the usual one."""
        return next((one for one in self.units if one.code == code), None if code else self.unit)


@dataclass(frozen=True, slots=True)
class Range:
    """What is usual for a sex and age (`age_from` ≤ years < `age_to`), and who says so."""

    code: str
    sex: str
    age_from: int
    age_to: int
    low: Decimal | None
    high: Decimal | None
    source: str


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


@cache
def analytes() -> Mapping[str, Analyte]:
    """All of them by code, in the order of a form."""
    others: dict[str, list[Unit]] = {}
    for row in _rows(HERE / "units.csv"):
        unit = Unit(row["unit"], row["shown"], Decimal(row["factor"]), Decimal(row["plus"]))
        others.setdefault(row["code"], []).append(unit)
    return {
        row["code"]: Analyte(
            code=row["code"],
            loinc=row["loinc"],
            display=row["display"],
            name=row["name"],
            short=row["short"],
            group=row["group"],
            units=(Unit(row["unit"], row["shown"]), *others.get(row["code"], ())),
            low=Decimal(row["low"] or 0),
            high=Decimal(row["high"] or 0),
            decimals=int(row["decimals"] or 0),
            answers=tuple(row["answers"].split()),
        )
        for row in _rows(HERE / "analytes.csv")
    }


def groups() -> list[tuple[str, list[Analyte]]]:
    """As they stand together on slips."""
    every = analytes().values()
    return [(name, list(members)) for name, members in groupby(every, key=lambda one: one.group)]


def read_ranges(path: Path) -> tuple[Range, ...]:
    """The ranges of a file. Raises ValueError with the line for what is none."""
    found = []
    for number, row in enumerate(_rows(path), 2):
        try:
            if row["code"] not in analytes():
                raise ValueError(f"没有“{row['code']}”这个项目")
            found.append(_range(row))
        except (KeyError, ValueError, ArithmeticError, TypeError) as problem:
            raise ValueError(f"{path.name} 第 {number} 行:{problem}") from None
    return tuple(found)


def _range(row: Mapping[str, str]) -> Range:
    if row["sex"] not in ("", "male", "female"):
        raise ValueError("sex 只能是 male、female 或空着")
    low, high = _number(row["low"]), _number(row["high"])
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        raise ValueError("上下限至少有一个,下限不能大于上限")
    return Range(
        row["code"],
        row["sex"],
        int(row["age_from"] or 0),
        int(row["age_to"] or 200),
        low,
        high,
        row["source"],
    )


_ranges: tuple[Range, ...] = read_ranges(HERE / "ranges.csv")


def configure(path: Path | None) -> None:
    """Use the house's own ranges. Raises ValueError."""
    global _ranges
    _ranges = read_ranges(path or HERE / "ranges.csv")


def range_for(code: str, sex: str, age_years: int) -> Range | None:
    """The default range for this person; None when there is none, as for children."""
    fitting = (
        one
        for one in _ranges
        if one.code == code and one.sex in ("", sex) and one.age_from <= age_years < one.age_to
    )
    return next(fitting, None)
