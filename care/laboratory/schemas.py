"""The form of a panel: a box for every analyte, its unit, and the slip's own range."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BeforeValidator, Field, create_model, field_validator

from care.laboratory import rules
from care.laboratory.catalogue import Analyte, Unit, analytes
from care.record.rules import plain
from core import clock
from core.http import Schema

Text = Annotated[str, Field(default="", max_length=20)]


def _bound(value: Any) -> Any:
    """One end of a range as typed; the same keyboards as for results."""
    if not isinstance(value, str):
        return value
    found = rules.read_number(value)
    if found is None or found.comparator:
        raise ValueError("参考范围要写成数字")
    return found.value


Bound = Annotated[Decimal | None, BeforeValidator(_bound), Field(default=None, ge=0)]


class HeadIn(Schema):
    """What stands above the results. `reason` is why a version replaces another."""

    taken_on: date
    taken_time: time | None = None
    laboratory: str = Field(min_length=2, max_length=80)
    slip: UUID | None = None
    reason: str = Field("", max_length=200)

    @field_validator("taken_on")
    @classmethod
    def _not_tomorrow(cls, value: date) -> date:
        if value > clock.today():
            raise ValueError("采样日期不能在今天以后")
        return value


def _boxes() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code in analytes():
        found |= {code: (Text, ""), f"{code}_unit": (Text, "")}
        found |= {f"{code}_low": (Bound, None), f"{code}_high": (Bound, None)}
    return found


PanelIn: Final[Any] = create_model("PanelIn", __base__=HeadIn, __doc__=__doc__, **_boxes())


@dataclass(frozen=True, slots=True)
class Result:
    """One result, sound, in the analyte's own unit; `low` and `high` are the slip's."""

    analyte: Analyte
    number: rules.Number | None
    answer: str
    given_value: str
    unit: Unit
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Read:
    """What was typed: sound results, sentences by field, and units that would fit better."""

    results: list[Result]
    errors: dict[str, str]
    guesses: dict[str, str]


def read(entry: Any) -> Read:
    """The results of a `PanelIn`. Boxes that were left empty are no results."""
    found = Read([], {}, {})
    for analyte in analytes().values():
        text = getattr(entry, analyte.code)
        if text and (result := _result(analyte, text, entry, found)):
            found.results.append(result)
        elif not text and any(getattr(entry, f"{analyte.code}_{end}") for end in ("low", "high")):
            found.errors[analyte.code] = f"{analyte.name}写了参考范围,还没有写结果"
    if not found.results and not found.errors:
        found.errors[""] = "请至少填一项结果"
    return found


def _result(analyte: Analyte, text: str, entry: Any, found: Read) -> Result | None:
    if analyte.answers:
        answer = rules.read_answer(analyte, text)
        if answer is None:
            found.errors[analyte.code] = f"{analyte.name}请选{'、'.join(analyte.answers)}中的一个"
            return None
        return Result(analyte, None, answer, text, analyte.unit, None, None)
    number = rules.read_number(text)
    unit = analyte.unit_of(getattr(entry, f"{analyte.code}_unit"))
    if number is None or unit is None:
        found.errors[analyte.code] = f"{analyte.name}要写数字,像 7.9 或 <0.5"
        return None
    if not rules.possible(analyte, number, unit):
        found.errors[analyte.code] = rules.why_impossible(analyte, number, unit)
        if guess := rules.other_unit(analyte, number, unit):
            found.guesses[f"{analyte.code}_unit"] = guess.code
        return None
    low, high = (_end(entry, analyte.code, end, unit) for end in ("low", "high"))
    if low is not None and high is not None and low > high:
        found.errors[f"{analyte.code}_low"] = f"{analyte.name}的参考范围,下限比上限大"
        return None
    value = rules.Number(rules.converted(number.value, unit), number.comparator)
    return Result(analyte, value, "", text, unit, low, high)


def _end(entry: Any, code: str, end: str, unit: Unit) -> Decimal | None:
    typed: Decimal | None = getattr(entry, f"{code}_{end}")
    return None if typed is None else rules.converted(typed, unit)


def as_typed(results: Mapping[str, Any]) -> dict[str, str]:
    """The boxes of a kept panel (rows by code), for the form that corrects it."""
    found: dict[str, str] = {}
    for code, row in results.items():
        analyte = analytes()[code]
        found[code] = row.answer or row.given_value
        found[f"{code}_unit"] = row.given_unit
        unit = analyte.unit_of(row.given_unit) or analyte.unit
        if not row.range_source:
            for end in ("low", "high"):
                kept: Decimal | None = getattr(row, end)
                if kept is not None:
                    typed = (kept - unit.plus) / unit.factor
                    found[f"{code}_{end}"] = plain(round(typed, 3))
    return found
