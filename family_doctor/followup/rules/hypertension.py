"""Primary hypertension from 35 years on (公卫规范, 高血压患者健康管理)."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from care.record.rules import PRESSURE_CRITICAL, PRESSURE_HIGH
from family_doctor.followup.rules.table import Before, Seen

YOUNGEST: Final = 35
OLD: Final = 65


@dataclass(frozen=True, slots=True)
class Pressure:
    """A blood pressure in mmHg."""

    systolic: int
    diastolic: int

    def reaches(self, other: "Pressure") -> bool:
        """Whether one of its two numbers is as high as the other's, or higher."""
        return self.systolic >= other.systolic or self.diastolic >= other.diastolic


CRISIS: Final = Pressure(*map(int, PRESSURE_CRITICAL))
"""收缩压≥180 和(或) 舒张压≥110 mmHg: an emergency."""
LIMIT: Final = Pressure(*map(int, PRESSURE_HIGH))
"""140/90: controlled is below both numbers."""
LIMIT_WHEN_OLD: Final = Pressure(150, 90)
"""From 65 years on. Below 140/90 is aimed at if it is borne well."""


class Danger(StrEnum):
    """危急情况: any one of them asks for urgent referral, whatever the cuff says."""

    CONSCIOUSNESS = "consciousness"  # 意识改变
    HEADACHE = "headache"  # 剧烈头痛或头晕
    VOMITING = "vomiting"  # 恶心呕吐
    BLURRED_VISION = "blurred_vision"  # 视物模糊
    EYE_PAIN = "eye_pain"  # 眼痛
    CHEST = "chest"  # 心悸、胸闷
    BREATHLESS = "breathless"  # 喘憋不能平卧
    OTHER = "other"  # 存在不能处理的其他疾病


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found today. `pressure` is None when nobody could measure it, as on the phone;
    `expecting` stands for pregnant or lactating.

    `target` is the patient's own limit, lower than the general one. `lower_wanted` says that
    diabetes or chronic kidney disease is known, for whom the limit of the old does not hold.
    """

    age: int
    pressure: Pressure | None
    dangers: frozenset[Danger] = frozenset()
    expecting: bool = False
    new_complication: bool = False
    adverse_reaction: bool = False
    hard_to_control: bool = False
    lower_wanted: bool = False
    target: Pressure | None = None
    before: Before | None = field(default=None)


def limit_of(age: int, *, lower_wanted: bool, target: Pressure | None) -> Pressure:
    """The two numbers that a controlled pressure stays below.

    With diabetes or chronic kidney disease the goal is individual and lower than 140/90; as long
    as nobody has set it, 140/90 holds at every age.
    """
    general = LIMIT_WHEN_OLD if age >= OLD and not lower_wanted else LIMIT
    if target is None:
        return general
    return Pressure(
        min(target.systolic, general.systolic), min(target.diastolic, general.diastolic)
    )


def is_controlled(pressure: Pressure, limit: Pressure) -> bool:
    """Satisfied: below both numbers."""
    return not pressure.reaches(limit)


def is_emergency(found: Findings) -> bool:
    """Any danger sign; the crisis' numbers; a high pressure of one who is expecting or nursing."""
    if found.dangers or found.pressure is None:
        return bool(found.dangers)
    dangerous = LIMIT if found.expecting else CRISIS
    return found.pressure.reaches(dangerous)


def seen(found: Findings) -> Seen:
    """The table's questions, answered for hypertension."""
    limit = limit_of(found.age, lower_wanted=found.lower_wanted, target=found.target)
    measured = found.pressure
    return Seen(
        emergency=is_emergency(found),
        new_complication=found.new_complication,
        adverse_reaction=found.adverse_reaction,
        hard_to_control=found.hard_to_control,
        controlled=None if measured is None else is_controlled(measured, limit),
        before=found.before,
    )
