"""What a device's numbers and times mean; no I/O.

Units: mg/dL by the molar mass of glucose, 180.16 g/mol (CRC Handbook), so 18.016 mg/dL are
1 mmol/L; kPa by the conventional millimetre of mercury, 133.322 Pa (ISO 80000-4 annex), so 1 kPa
is 7.50062 mmHg. What a unit does not say is never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from devices.formats.reading import Measure, Quantity

MG_PER_DL: Final = Decimal("18.016")
"""mg/dL of glucose in one mmol/L."""
MMHG_PER_KPA: Final = Decimal("7.50062")
SAME: Final = timedelta(minutes=1)
"""Within this time the same values of one device are one measurement: a cuff takes as long."""
SECONDS_LOST: Final = timedelta(minutes=1)
"""Many devices keep minutes only."""


@dataclass(frozen=True, slots=True)
class Params:
    """`skew`: how far a clock may be wrong. `stale`: after that nobody is alarmed any more.
    `oldest`: older ones are doubted. `measuring`: how long 正在给谁量 lasts. `keep`: how long a
    message is kept once it is settled. `per_minute`: messages of one device understood
    at once. `refused_per_hour`: how many unsigned ones are kept, of one code."""

    skew: timedelta = timedelta(minutes=10)
    stale: timedelta = timedelta(hours=24)
    oldest: timedelta = timedelta(days=90)
    measuring: timedelta = timedelta(minutes=15)
    keep: timedelta = timedelta(days=1095)
    per_minute: int = 60
    refused_per_hour: int = 60


class UnknownUnit(Exception):
    """Nobody knows what this number is."""

    def __init__(self, measure: Measure, unit: str) -> None:
        super().__init__(f"{measure} {unit}")
        self.measure, self.unit = measure, unit


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as it is written, and how many of the record's unit one of it is (`times / per`)."""

    written: str
    times: Decimal = Decimal(1)
    per: Decimal = Decimal(1)


_PRESSURE: Final = {"mmhg": Unit("mmHg"), "kpa": Unit("kPa", times=MMHG_PER_KPA)}
_RATE: Final = {name: Unit("次/分") for name in ("/min", "bpm", "次/分", "1/min")}
_SUGAR: Final = {"mmol/l": Unit("mmol/L"), "mg/dl": Unit("mg/dL", per=MG_PER_DL)}
UNITS: Final[Mapping[Measure, Mapping[str, Unit]]] = {
    Measure.SYSTOLIC: _PRESSURE,
    Measure.DIASTOLIC: _PRESSURE,
    Measure.PULSE: _RATE,
    Measure.GLUCOSE: _SUGAR,
}
DECIMALS: Final[Mapping[Measure, Decimal]] = {
    Measure.SYSTOLIC: Decimal(1),
    Measure.DIASTOLIC: Decimal(1),
    Measure.PULSE: Decimal(1),
    Measure.GLUCOSE: Decimal("0.1"),
}
"""As many as the record's instruments show (`care.record.rules.VITALS`)."""


def in_record_units(measure: Measure, found: Quantity) -> Decimal:
    """The value in mmHg, 次/分 or mmol/L, rounded as the record shows it. Raises UnknownUnit."""
    unit = UNITS[measure].get(found.unit.casefold().replace(" ", ""))
    if unit is None:
        raise UnknownUnit(measure, found.unit)
    return (found.value * unit.times / unit.per).quantize(DECIMALS[measure], ROUND_HALF_UP)


class Timing(StrEnum):
    """What a time of measurement is worth when the message comes."""

    GOOD = "good"
    STALE = "stale"  # true, but too long ago to alarm anybody
    FUTURE = "future"  # cannot be
    ANCIENT = "ancient"  # more likely a clock that was never set


def timing(measured_at: datetime, received_at: datetime, params: Params) -> Timing:
    """Judge a time of measurement by our clock."""
    ago = received_at - measured_at
    if ago < -params.skew:
        return Timing.FUTURE
    if ago > params.oldest:
        return Timing.ANCIENT
    return Timing.STALE if ago > params.stale else Timing.GOOD


def clock_is_wrong(offset: timedelta, params: Params, *, at_once: bool) -> bool:
    """Whether the device's clock is beyond `skew`, by the time it sent (`offset`: ahead of ours).

    One that is behind can only be told when messages come `at_once` (HTTP): a broker may have kept
    a message for hours while we were away.
    """
    return offset > params.skew or (at_once and offset < -params.skew)


def by_our_clock(measured_at: datetime, offset: timedelta, *, at_once: bool) -> datetime:
    """When it was, if the device's clock is off by `offset`; unchanged where that is a guess."""
    return measured_at - offset if at_once or offset > timedelta() else measured_at


def is_same_measurement(one: datetime, other: datetime) -> bool:
    """Of two readings with the same values from one device."""
    return abs(one - other) < SAME
