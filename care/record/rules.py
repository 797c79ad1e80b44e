"""Which values can be true, which are abnormal, and which need action now.

Pure decisions, each with its source. 公卫规范 = 国家基本公共卫生服务规范(第三版), 2017.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from care.record.models import Interpretation, Meal, VitalSign

ADULT_YEARS: Final = 18


@dataclass(frozen=True, slots=True)
class Vital:
    """How one vital sign is named, measured and written. `low` and `high` bound what can be true:
    outside them it is a slip of the pen or a fault of the device, not a patient."""

    name: str
    unit: str
    low: Decimal
    high: Decimal
    decimals: int


def _vital(name: str, unit: str, low: str, high: str, decimals: int = 0) -> Vital:
    return Vital(name, unit, Decimal(low), Decimal(high), decimals)


VITALS: Final[Mapping[VitalSign, Vital]] = {
    VitalSign.BLOOD_PRESSURE: _vital("血压", "mmHg", "40", "300"),
    VitalSign.PULSE: _vital("脉搏", "次/分", "20", "250"),
    VitalSign.TEMPERATURE: _vital("体温", "°C", "30", "43", 1),
    VitalSign.RESPIRATION: _vital("呼吸", "次/分", "4", "80"),
    VitalSign.SPO2: _vital("血氧", "%", "40", "100"),
    VitalSign.GLUCOSE: _vital("血糖", "mmol/L", "0.6", "50", 1),
    VitalSign.WEIGHT: _vital("体重", "kg", "0.3", "350", 1),
    VitalSign.HEIGHT: _vital("身高", "cm", "25", "250", 1),
}
DIASTOLIC_LOW: Final = Decimal(20)
DIASTOLIC_HIGH: Final = Decimal(200)

MEALS: Final[Mapping[Meal, str]] = {
    Meal.FASTING: "空腹",
    Meal.AFTER_MEAL: "餐后 2 小时",
    Meal.RANDOM: "随机",
}


def why_impossible(
    code: VitalSign, value: Decimal, diastolic: Decimal | None = None
) -> Mapping[str, str]:
    """Reasons by field (`value`, `diastolic`) why nobody can have this value; empty when one can.

    The limits are wide on purpose: they catch 1200 for 120, and a Fahrenheit thermometer.
    """
    vital = VITALS[code]
    if code is VitalSign.BLOOD_PRESSURE:
        return _why_impossible_pressure(value, diastolic)
    if not vital.low <= value <= vital.high:
        return {
            "value": f"{vital.name}不可能是 {plain(value)} {vital.unit},"
            f"应在 {plain(vital.low)} 到 {plain(vital.high)} 之间,请看一下有没有写错"
        }
    return {}


def _why_impossible_pressure(systolic: Decimal, diastolic: Decimal | None) -> Mapping[str, str]:
    vital = VITALS[VitalSign.BLOOD_PRESSURE]
    if diastolic is None:
        return {"diastolic": "请填低压(舒张压)"}
    if not vital.low <= systolic <= vital.high:
        return {"value": f"高压不可能是 {plain(systolic)},应在 40 到 300 之间,请看一下有没有写错"}
    if not DIASTOLIC_LOW <= diastolic <= DIASTOLIC_HIGH:
        return {
            "diastolic": f"低压不可能是 {plain(diastolic)},应在 20 到 200 之间,请看一下有没有写错"
        }
    if diastolic >= systolic:
        return {"diastolic": "低压要比高压小,两个数是不是写反了?"}
    return {}


@dataclass(frozen=True, slots=True)
class Finding:
    """What a value means: the level, in words, and who says so."""

    level: Interpretation
    words: str
    source: str = ""


NORMAL: Final = Finding(Interpretation.NORMAL, "正常")
NOT_JUDGED: Final = Finding(Interpretation.NOT_JUDGED, "")
_CHILD: Final = Finding(Interpretation.NOT_JUDGED, "儿童不按成人标准判断,请医生看")

PRESSURE_CRITICAL: Final = (Decimal(180), Decimal(110))
PRESSURE_HIGH: Final = (Decimal(140), Decimal(90))
PRESSURE_HIGH_AT_HOME: Final = (Decimal(135), Decimal(85))
"""Measured at home, without a doctor in the room (中国高血压防治指南)."""
PRESSURE_LOW: Final = (Decimal(90), Decimal(60))
GLUCOSE_CRITICAL_HIGH: Final = Decimal("16.7")
GLUCOSE_CRITICAL_LOW: Final = Decimal("3.9")
GLUCOSE_HIGH: Final[Mapping[Meal, Decimal]] = {
    Meal.FASTING: Decimal("7.0"),
    Meal.AFTER_MEAL: Decimal("10.0"),
    Meal.RANDOM: Decimal("11.1"),
}
SPO2_CRITICAL: Final = Decimal(90)
_NORMAL_RANGE: Final[Mapping[VitalSign, tuple[Decimal, Decimal]]] = {
    VitalSign.PULSE: (Decimal(60), Decimal(100)),
    VitalSign.RESPIRATION: (Decimal(12), Decimal(20)),
}
IN_THE_CLINIC: Final = "公卫规范:诊室血压≥140/90 mmHg"
IN_THE_HOUSE: Final = "中国高血压防治指南:家庭血压≥135/85 mmHg"
_TEXTBOOK: Final = "诊断学:成人安静时正常范围"


def judge(
    code: VitalSign,
    value: Decimal,
    *,
    diastolic: Decimal | None = None,
    meal: Meal | None = None,
    age_years: int,
    at_home: bool = False,
) -> Finding:
    """Say what a possible value means for a patient of this age."""
    match code:
        case VitalSign.BLOOD_PRESSURE if diastolic is not None:
            return _judge_pressure(value, diastolic, age_years, at_home=at_home)
        case VitalSign.GLUCOSE:
            return _judge_glucose(value, meal or Meal.RANDOM)
        case VitalSign.SPO2:
            return _judge_oxygen(value)
        case VitalSign.TEMPERATURE:
            return _judge_temperature(value)
        case VitalSign.PULSE | VitalSign.RESPIRATION:
            return _judge_range(code, value, age_years)
    return NOT_JUDGED


def _judge_pressure(
    systolic: Decimal, diastolic: Decimal, age_years: int, *, at_home: bool
) -> Finding:
    if systolic >= PRESSURE_CRITICAL[0] or diastolic >= PRESSURE_CRITICAL[1]:
        return Finding(
            Interpretation.CRITICAL,
            "血压达到 180/110,属于急症,先处理并紧急转诊",
            "公卫规范 高血压患者健康管理:收缩压≥180 和(或)舒张压≥110 mmHg 须紧急转诊",
        )
    if age_years < ADULT_YEARS:
        return _CHILD
    high = PRESSURE_HIGH_AT_HOME if at_home else PRESSURE_HIGH
    if systolic >= high[0] or diastolic >= high[1]:
        return Finding(Interpretation.HIGH, "血压偏高", IN_THE_HOUSE if at_home else IN_THE_CLINIC)
    if systolic < PRESSURE_LOW[0] or diastolic < PRESSURE_LOW[1]:
        return Finding(Interpretation.LOW, "血压偏低", "诊断学:成人血压低于 90/60 mmHg")
    return NORMAL


def _judge_glucose(value: Decimal, meal: Meal) -> Finding:
    rule = "公卫规范 2 型糖尿病患者健康管理:血糖≥16.7 或≤3.9 mmol/L 须紧急转诊"
    if value >= GLUCOSE_CRITICAL_HIGH:
        return Finding(Interpretation.CRITICAL, "血糖达到 16.7,属于急症,先处理并紧急转诊", rule)
    if value <= GLUCOSE_CRITICAL_LOW:
        return Finding(Interpretation.CRITICAL, "低血糖,不超过 3.9,马上处理:先补糖再复测", rule)
    if value >= GLUCOSE_HIGH[meal]:
        return Finding(
            Interpretation.HIGH,
            f"{MEALS[meal]}血糖偏高",
            "公卫规范:空腹血糖≥7.0 为控制不满意"
            if meal is Meal.FASTING
            else "中国2型糖尿病防治指南(2020年版):非空腹控制目标<10.0,随机≥11.1 提示糖尿病",
        )
    return NORMAL


def _judge_oxygen(value: Decimal) -> Finding:
    source = "WHO Pulse Oximetry Training Manual, 2011"
    if value < SPO2_CRITICAL:
        return Finding(Interpretation.CRITICAL, "血氧低于 90%,属于急症,先给氧", source)
    if value < Decimal(95):
        return Finding(Interpretation.LOW, "血氧偏低", source)
    return NORMAL


def _judge_temperature(value: Decimal) -> Finding:
    if value > Decimal("37.2"):
        return Finding(Interpretation.HIGH, "发热", "诊断学:腋温正常 36.0–37.2 °C")
    if value < Decimal("36.0"):
        return Finding(Interpretation.LOW, "体温偏低", "诊断学:腋温正常 36.0–37.2 °C")
    return NORMAL


def _judge_range(code: VitalSign, value: Decimal, age_years: int) -> Finding:
    if age_years < ADULT_YEARS:
        return _CHILD
    low, high = _NORMAL_RANGE[code]
    name = VITALS[code].name
    if value > high:
        return Finding(Interpretation.HIGH, f"{name}偏快", _TEXTBOOK)
    if value < low:
        return Finding(Interpretation.LOW, f"{name}偏慢", _TEXTBOOK)
    return NORMAL


def bmi(weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Body mass index in kg/m², one decimal."""
    metres = height_cm / 100
    return (weight_kg / (metres * metres)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """A measured value as people write it: 120, 36.5."""
    text = f"{value.normalize():f}"
    return text or "0"


def written(code: VitalSign, value: Decimal, diastolic: Decimal | None = None) -> str:
    """A value with as many decimals as its instrument shows, and its unit: `168/102 mmHg`."""
    vital = VITALS[code]
    shown = f"{value:.{vital.decimals}f}"
    if diastolic is not None:
        shown = f"{shown}/{diastolic:.0f}"
    return f"{shown} {vital.unit}"


ICD10: Final = re.compile(r"^[A-Z]\d{2}(\.[0-9A-Zx]{1,5})?(\+[A-Z]\d{2}(\.\d{1,3})?\*)?$")
"""ICD-10 in the Chinese clinical edition (GB/T 14396-2016), where x fills empty places."""

_CHRONIC: Final = (
    ("高血压", re.compile(r"^I1[0-5]"), ("高血压",)),
    ("糖尿病", re.compile(r"^E1[0-4]"), ("糖尿病",)),
    ("冠心病", re.compile(r"^I2[0-5]"), ("冠心病", "心绞痛")),
    ("脑卒中", re.compile(r"^I6[0-4]"), ("脑梗", "脑出血", "脑卒中", "中风")),
    ("慢阻肺", re.compile(r"^J44"), ("慢阻肺", "慢性阻塞性肺")),
)


def chronic_flags(problems: Iterable[tuple[str, str]]) -> list[str]:
    """The chronic diseases that stand in the patient's header, from (name, ICD-10) pairs."""
    found = list(problems)
    return [
        flag
        for flag, pattern, words in _CHRONIC
        if any(pattern.match(code) or any(w in name for w in words) for name, code in found)
    ]
