"""Which results can be true, in which unit, and which are high or low. Pure decisions."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from care.laboratory.catalogue import Analyte, Unit
from care.record.models import Interpretation
from care.record.rules import plain

PLACES: Final = Decimal("0.0001")
_WRITTEN: Final = re.compile(r"([<>]?)=?(\d{1,6}(?:\.\d{1,4})?)[↑↓HLhl]?")
_NEGATIVE: Final = frozenset({"-", "−", "(-)", "neg", "阴", "阴性"})


@dataclass(frozen=True, slots=True)
class Number:
    """A typed number; `<` or `>` where the laboratory counts no further."""

    value: Decimal
    comparator: str = ""


def read_number(text: str) -> Number | None:
    """`7.9`, `<0.5`, `8.4 ↑`, also from a Chinese keyboard; None for what is no number."""
    tidy = unicodedata.normalize("NFKC", text).replace("。", ".").replace(" ", "")
    tidy = tidy.replace("≤", "<").replace("≥", ">")
    found = _WRITTEN.fullmatch(tidy)
    return Number(Decimal(found[2]), found[1]) if found else None


def read_answer(analyte: Analyte, text: str) -> str | None:
    """One of the analyte's words: `阴性`, `-`, `+-`, `2+`, `++`; None for anything else."""
    tidy = unicodedata.normalize("NFKC", text).replace(" ", "").strip("()")
    if tidy.lower() in _NEGATIVE or not tidy:
        return analyte.answers[0]
    tidy = {"+-": "±", "+/-": "±", "弱阳性": "±", "阳性": "1+"}.get(tidy, tidy)
    if set(tidy) == {"+"}:
        tidy = f"{len(tidy)}+"
    if len(tidy) == 2 and tidy[0] == "+":
        tidy = f"{tidy[1]}+"
    return tidy if tidy in analyte.answers else None


def converted(value: Decimal, unit: Unit) -> Decimal:
    """The value in the analyte's own unit."""
    return (value * unit.factor + unit.plus).quantize(PLACES)


def possible(analyte: Analyte, number: Number, unit: Unit) -> bool:
    """Whether somebody can have this value: wide bounds that catch a slip of the pen."""
    value = converted(number.value, unit)
    return (number.comparator == "<" or value >= analyte.low) and value <= analyte.high


def other_unit(analyte: Analyte, number: Number, unit: Unit) -> Unit | None:
    """The one other unit in which an impossible value would be possible, if it is one."""
    fitting = [one for one in analyte.units if one != unit and possible(analyte, number, one)]
    return fitting[0] if len(fitting) == 1 else None


def why_impossible(analyte: Analyte, number: Number, unit: Unit) -> str:
    """The sentence beside the field; it asks about the unit where another one would fit."""
    typed = f"{number.comparator}{plain(number.value)} {unit.shown}".strip()
    guess = other_unit(analyte, number, unit)
    if guess is not None:
        own = f"(= {shown(analyte, converted(number.value, guess))})" if guess.factor != 1 else ""
        right = f"{plain(number.value)} {guess.shown}{own}"
        return (
            f"{analyte.name}不可能是 {typed},单子上是不是 {right}?"
            "单位已替您换好,请对着单子看一眼再保存"
        )
    return (
        f"{analyte.name}不可能是 {typed},应在 {plain(analyte.low)} 到 "
        f"{shown(analyte, analyte.high)} 之间,请看一下有没有写错"
    )


def shown(analyte: Analyte, value: Decimal, comparator: str = "") -> str:
    """A value in the analyte's own unit, as people write it: `97.2 μmol/L`."""
    return f"{comparator}{bare(analyte, value)} {analyte.unit.shown}".strip()


def bare(analyte: Analyte, value: Decimal) -> str:
    """The same without its unit."""
    return plain(round(value, analyte.decimals))


def range_words(analyte: Analyte, low: Decimal | None, high: Decimal | None) -> str:
    """`57–97`, `≤ 5.2`, `≥ 1`; empty when none is known."""
    if low is not None and high is not None:
        return f"{bare(analyte, low)}–{bare(analyte, high)}"
    if high is not None:
        return f"≤ {bare(analyte, high)}"
    return f"≥ {bare(analyte, low)}" if low is not None else ""


def judge(number: Number, low: Decimal | None, high: Decimal | None) -> Interpretation:
    """High or low by the range that holds; a value with `<` is judged only where it is certain."""
    value, sign = number.value, number.comparator
    if low is None and high is None:
        return Interpretation.NOT_JUDGED
    if sign != "<" and high is not None and value > high - (PLACES if sign == ">" else 0):
        return Interpretation.HIGH
    if sign != ">" and low is not None and value < low + (PLACES if sign == "<" else 0):
        return Interpretation.LOW
    if sign == ">" or (sign == "<" and low):
        return Interpretation.NOT_JUDGED
    if sign == "<" and high is not None and value > high:
        return Interpretation.NOT_JUDGED
    return Interpretation.NORMAL


def judge_answer(analyte: Analyte, answer: str) -> Interpretation:
    """Everything but the first word is more than there should be."""
    healthy = answer == analyte.answers[0]
    return Interpretation.NORMAL if healthy else Interpretation.HIGH


FLAGS: Final[Mapping[Interpretation, str]] = {
    Interpretation.HIGH: "偏高",
    Interpretation.LOW: "偏低",
}
"""What stands beside a value outside its range; pages add an arrow, so colour is never alone."""
