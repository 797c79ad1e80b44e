"""Those without the disease: who is measured how often, and when somebody is sent to be diagnosed.

公卫规范, 高血压患者健康管理 and 2型糖尿病患者健康管理, "筛查".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from family_doctor.followup.rules.hypertension import LIMIT, YOUNGEST, Pressure

HIGH_NORMAL: Final = Pressure(130, 85)
HEAVY: Final = Decimal(24)
WIDE_MAN: Final = 90
WIDE_WOMAN: Final = 85
RISKY_AGE: Final = 55
DAYS_FOR_DIAGNOSIS: Final = 3
"""Days with a high pressure, not readings."""


@dataclass(frozen=True, slots=True)
class Params:
    """How often, and how soon. All three are the programme's own numbers, in days or months."""

    months: int = 12
    months_at_risk: int = 6
    days_after_referral: int = 14


@dataclass(frozen=True, slots=True)
class Person:
    """Of whom the risk is asked. `waist` in cm; what is not known is None or False."""

    age: int
    is_man: bool
    pressure: Pressure | None = None
    bmi: Decimal | None = None
    waist: int | None = None
    family_history: bool = False
    high_salt: bool = False
    heavy_drinking: bool = False


class Risk(StrEnum):
    """Why somebody is at high risk of hypertension."""

    HIGH_NORMAL = "high_normal"  # 血压高值
    WEIGHT = "weight"  # 超重或肥胖, 腹型肥胖
    FAMILY = "family"  # 一、二级亲属有高血压
    SALT = "salt"  # 长期高盐饮食
    DRINKING = "drinking"  # 长期过量饮酒: 每日白酒 ≥ 100 ml
    AGE = "age"  # 55 岁及以上


def risks(person: Person) -> frozenset[Risk]:
    """Every reason that holds."""
    widest = WIDE_MAN if person.is_man else WIDE_WOMAN
    heavy = person.bmi is not None and person.bmi >= HEAVY
    wide = person.waist is not None and person.waist >= widest
    holds = {
        Risk.HIGH_NORMAL: person.pressure is not None and person.pressure.reaches(HIGH_NORMAL),
        Risk.WEIGHT: heavy or wide,
        Risk.FAMILY: person.family_history,
        Risk.SALT: person.high_salt,
        Risk.DRINKING: person.heavy_drinking,
        Risk.AGE: person.age >= RISKY_AGE,
    }
    return frozenset(risk for risk, true in holds.items() if true)


def months_between(person: Person, params: Params) -> int | None:
    """How many months may pass until the pressure is measured again; None below 35 years."""
    if person.age < YOUNGEST:
        return None
    return params.months_at_risk if risks(person) else params.months


class Step(StrEnum):
    """What follows from the pressures so far."""

    NOTHING = "nothing"
    MEASURE_AGAIN = "measure_again"  # 去除可能引起血压升高的因素后复查
    REFER = "refer"  # 初步诊断, 转诊确诊


def after_readings(readings: Sequence[tuple[date, Pressure]]) -> Step:
    """High on three different days is a preliminary diagnosis, which a hospital has to confirm."""
    high = {day for day, pressure in readings if pressure.reaches(LIMIT)}
    if len(high) >= DAYS_FOR_DIAGNOSIS:
        return Step.REFER
    return Step.MEASURE_AGAIN if high else Step.NOTHING


def ask_about_referral_by(referred: date, params: Params) -> date:
    """Until when the team asks what the hospital found."""
    return referred + timedelta(days=params.days_after_referral)
