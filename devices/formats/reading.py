"""What every format ends in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Measure(StrEnum):
    """What a number stands for; the fields of `care.record.schemas.VitalsIn`."""

    SYSTOLIC = "systolic"
    DIASTOLIC = "diastolic"
    PULSE = "pulse"
    GLUCOSE = "glucose"


MEALS: Final = ("fasting", "after_meal", "random")
LARGEST: Final = Decimal(100_000)
"""Beyond any instrument: such a number is no measurement in any unit."""
FINEST: Final = -6
"""Decimals of the finest instrument, and more."""


def is_a_number(value: Decimal) -> bool:
    """Whether an instrument could have shown it: neither endless nor beyond all scales."""
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= FINEST and 0 <= value < LARGEST


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and the unit that was written beside it; empty when there was none."""

    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Who was measured, as the device says: `card` (an e-health card's code or number) or a kind
    of document with its number."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One round of measurements. `number` is the device's own, unique among its readings."""

    number: str
    measured_at: datetime
    values: Mapping[Measure, Quantity]
    meal: str | None = None
    battery: int | None = None
    about: Reference | None = None

    @property
    def said(self) -> str:
        """The values as the device said them, in one order."""
        found = [(m.value, q) for m, q in sorted(self.values.items())]
        words = [f"{name}={q.value.normalize():f} {q.unit.casefold()}" for name, q in found]
        return ";".join([*words, self.meal or ""])


class Unreadable(Exception):
    """This is no message of this format; says why, in words for a person."""
