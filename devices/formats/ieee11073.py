"""Gateways that speak IEEE 11073-10101 codes as JSON, as personal health gateways do.

Codes are those of the standard's nomenclature, with or without their partition: blood pressure
2:18948 with its parts, pulse 2:18474, glucose 2:29112 and its neighbours, meal 128:29256.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from devices.formats.reading import (
    Measure,
    Quantity,
    Reading,
    Reference,
    Unreadable,
    is_a_number,
)

WORDS: Final = "IEEE 11073 代码(JSON)"
PARTITION: Final = 1 << 16
MEASURES: Final[Mapping[int, Measure]] = {
    18949: Measure.SYSTOLIC,  # MDC_PRESS_BLD_NONINV_SYS
    18950: Measure.DIASTOLIC,  # MDC_PRESS_BLD_NONINV_DIA
    18474: Measure.PULSE,  # MDC_PULS_RATE_NON_INV
    29112: Measure.GLUCOSE,  # MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD
    29116: Measure.GLUCOSE,  # MDC_CONC_GLU_CAPILLARY_PLASMA
}
UNITS: Final[Mapping[int, str]] = {
    3872: "mmHg",  # MDC_DIM_MMHG
    3843: "kPa",  # MDC_DIM_KILO_PASCAL
    2720: "/min",  # MDC_DIM_BEAT_PER_MIN
    4722: "mmol/L",  # MDC_DIM_MILLI_MOLE_PER_L
    2130: "mg/dL",  # MDC_DIM_MILLI_G_PER_DL
}
MEAL: Final = 29256
MEALS: Final[Mapping[int, str]] = {29268: "fasting", 29264: "after_meal", 29272: "random"}


def read(raw: bytes) -> Reading:
    """One message. Raises Unreadable."""
    try:
        said = json.loads(raw, parse_float=Decimal)
        number = str(said["sequence"])
        measured_at = datetime.fromisoformat(str(said["timestamp"]))
        values = dict(_values(said["observations"]))
        meal = next(filter(None, map(_meal, said["observations"])), None)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError):
        raise Unreadable("不是 IEEE 11073 网关的消息,或者缺少序号、时间、数值") from None
    if measured_at.tzinfo is None or not 1900 < measured_at.year < 9000:
        raise Unreadable("测量时间要带时区")
    if not values or not 0 < len(number) <= 64 or not number.isprintable():
        raise Unreadable("没有血压、脉搏或血糖的数值,或者序号不对")
    return Reading(number, measured_at, values, meal, _battery(said), _about(said))


def _values(observations: Any) -> Iterator[tuple[Measure, Quantity]]:
    for one in observations:
        measure = MEASURES.get(_code(one["code"]))
        if measure is not None:
            yield measure, Quantity(_number(one["value"]), UNITS.get(_code(one.get("unit", 0)), ""))


def _code(found: Any) -> int:
    return int(found) % PARTITION


def _number(found: Any) -> Decimal:
    try:
        value = Decimal(str(found))
    except InvalidOperation:
        raise ValueError(found) from None
    if not is_a_number(value):
        raise ValueError(found)
    return value


def _meal(one: Any) -> str | None:
    return MEALS.get(_code(one["value"])) if _code(one["code"]) == MEAL else None


def _battery(said: Any) -> int | None:
    level = said.get("battery")
    return level if isinstance(level, int) and 0 <= level <= 100 else None


def _about(said: Any) -> Reference | None:
    card = said.get("person")
    return Reference("card", card[:200]) if isinstance(card, str) and card.strip() else None
