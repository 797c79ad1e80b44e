"""Type 2 diabetes from 35 years on (公卫规范, 2型糖尿病患者健康管理). Glucose in mmol/L."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from care.record.models import Meal
from care.record.rules import GLUCOSE_CRITICAL_HIGH, GLUCOSE_CRITICAL_LOW, GLUCOSE_HIGH
from family_doctor.followup.rules.hypertension import CRISIS, Pressure
from family_doctor.followup.rules.table import Before, Seen

FASTING_LIMIT: Final = GLUCOSE_HIGH[Meal.FASTING]
"""7.0: controlled is a fasting glucose below this."""
FEVER: Final = Decimal("39.0")
"""体温超过 39 摄氏度."""


class Danger(StrEnum):
    """危急情况: any one of them asks for urgent referral, whatever the meter says."""

    CONSCIOUSNESS = "consciousness"  # 意识或行为改变
    KETONE_BREATH = "ketone_breath"  # 呼气有烂苹果样丙酮味
    PALPITATION = "palpitation"  # 心悸、出汗
    STOMACH = "stomach"  # 食欲减退、恶心、呕吐、多饮、多尿、腹痛
    DEEP_BREATHING = "deep_breathing"  # 有深大呼吸、皮肤潮红
    FAST_HEART = "fast_heart"  # 持续性心动过速（心率超过 100 次/分钟）
    SIGHT = "sight"  # 视力突然骤降
    HIGH_WHILE_EXPECTING = "high_while_expecting"  # 妊娠期及哺乳期血糖高于正常
    OTHER = "other"  # 存在不能处理的其他疾病


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found today. `fasting` decides about control; `other` is any further glucose.

    A heart rate above 100 is an emergency only if it lasts, so it is ticked, not counted.
    """

    fasting: Decimal | None
    other: Decimal | None = None
    pressure: Pressure | None = None
    temperature: Decimal | None = None
    dangers: frozenset[Danger] = frozenset()
    new_complication: bool = False
    adverse_reaction: bool = False
    hard_to_control: bool = False
    before: Before | None = None


def is_crisis(glucose: Decimal) -> bool:
    """血糖≥16.7 或 ≤3.9 mmol/L, at whatever time of day."""
    return glucose >= GLUCOSE_CRITICAL_HIGH or glucose <= GLUCOSE_CRITICAL_LOW


def is_controlled(fasting: Decimal) -> bool:
    """Satisfied: fasting glucose below 7.0."""
    return fasting < FASTING_LIMIT


def is_emergency(found: Findings) -> bool:
    """Any danger sign, or a number of glucose, pressure or temperature that is one by itself."""
    measured = [one for one in (found.fasting, found.other) if one is not None]
    return (
        bool(found.dangers)
        or any(is_crisis(one) for one in measured)
        or (found.pressure is not None and found.pressure.reaches(CRISIS))
        or (found.temperature is not None and found.temperature > FEVER)
    )


def seen(found: Findings) -> Seen:
    """The table's questions, answered for diabetes."""
    return Seen(
        emergency=is_emergency(found),
        new_complication=found.new_complication,
        adverse_reaction=found.adverse_reaction,
        hard_to_control=found.hard_to_control,
        controlled=None if found.fasting is None else is_controlled(found.fasting),
        before=found.before,
    )
