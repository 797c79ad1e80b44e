"""When who is asked, and what counts as read back; no I/O.

医疗质量安全核心制度要点 (国卫医发〔2018〕8号) 危急值报告制度 asks for read-back and a closed loop
and names no minutes; the minutes are local practice (facts §8).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from care.record.models import Interpretation, Meal, Observation, VitalSign
from care.record.rules import MEALS, VITALS, plain
from family_doctor.alerts.models import Level

_DIGITS: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Params:
    """Minutes from the raising of an alert: until the team has to be told, until the responsible
    doctor is asked, until the county's duty is, until something has to be done."""

    notify: timedelta = timedelta(minutes=5)
    to_doctor: timedelta = timedelta(minutes=10)
    to_duty: timedelta = timedelta(minutes=20)
    handle: timedelta = timedelta(minutes=30)


NEXT: Final = {Level.TEAM: Level.DOCTOR, Level.DOCTOR: Level.DUTY}


def asked_at(level: Level, raised_at: datetime, params: Params) -> datetime:
    """When this level begins to be asked."""
    waits = {
        Level.TEAM: timedelta(),
        Level.DOCTOR: params.to_doctor,
        Level.DUTY: params.to_duty,
    }
    return raised_at + waits[level]


def worst(rows: Iterable[Observation]) -> Observation | None:
    """The dangerous value of a round; of two the pressure, which is read back with both numbers."""
    found = [row for row in rows if row.interpretation is Interpretation.CRITICAL]
    order = [VitalSign.BLOOD_PRESSURE, VitalSign.GLUCOSE]
    found.sort(key=lambda row: order.index(row.code) if row.code in order else len(order))
    return found[0] if found else None


def digits(row: Observation) -> str:
    """The value as it has to be read back: 186/112, 17.2."""
    if row.diastolic is not None:
        return f"{plain(row.value)}/{plain(row.diastolic)}"
    return plain(row.value)


def in_words(row: Observation) -> str:
    """血压 186/112 mmHg, 血糖 17.2 mmol/L (空腹)."""
    vital = VITALS[row.code]
    meal = f"({MEALS[Meal(row.meal)]})" if row.meal else ""
    return f"{vital.name} {digits(row)} {vital.unit}{meal}"


def is_read_back(said: str, value: str) -> bool:
    """Whether the same numbers were said, however they were written: 186／112, 186 112."""
    return _numbers(said) == _numbers(value)


def _numbers(text: str) -> list[float]:
    plain_text = unicodedata.normalize("NFKC", text).replace("。", ".")
    return [float(number) for number in _DIGITS.findall(plain_text)]
