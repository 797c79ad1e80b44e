"""How an audience is divided, and whether being told made a difference; no I/O.

The intervals are Wilson's (1927) for one share and Newcombe's (1998, method 10) for the difference
of two, which hold for small groups and for shares near 0 and 1.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Final
from uuid import UUID

from notifications.education.models import Arm

Z: Final = 1.959963984540054
"""Of the normal distribution, for 95 %."""
FEWEST: Final = 20
"""In each arm; below it nothing is said about a difference."""


def divided(patient_ids: Iterable[UUID], seed: str, told_share: int) -> list[tuple[UUID, Arm]]:
    """Everybody with an arm, in the order of sending. The same seed divides the same people the
    same way, whenever it is asked and by whom."""
    drawn = sorted((_number(seed, one), one) for one in set(patient_ids))
    told = round(len(drawn) * told_share / 100)
    return [(one, Arm.TOLD if at < told else Arm.CONTROL) for at, (_, one) in enumerate(drawn)]


def _number(seed: str, patient_id: UUID) -> bytes:
    return hashlib.sha256(f"{seed}:{patient_id}".encode()).digest()


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with the interval in which the true share lies with 95 %."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 for nobody."""
        return self.count / self.of if self.of else 0.0


def share(count: int, of: int) -> Share:
    """Wilson's interval. Raises ValueError for more than all."""
    if not 0 <= count <= of:
        raise ValueError(f"{count} of {of}")
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    p, squared = count / of, Z * Z
    middle = p + squared / (2 * of)
    width = Z * sqrt(p * (1 - p) / of + squared / (4 * of * of))
    bottom = 1 + squared / of
    low = (middle - width) / bottom if count else 0.0
    high = (middle + width) / bottom if count < of else 1.0
    return Share(count, of, max(low, 0.0), min(high, 1.0))


@dataclass(frozen=True, slots=True)
class Effect:
    """What the two arms did. `difference` is told minus control; None in groups too small."""

    told: Share
    control: Share
    difference: float | None
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether nothing is ruled out as the explanation."""
        return self.difference is not None and (self.low > 0 or self.high < 0)


def effect(told: Share, control: Share) -> Effect:
    """Newcombe's interval for the difference of two shares."""
    if min(told.of, control.of) < FEWEST:
        return Effect(told, control, None, -1.0, 1.0)
    d = told.value - control.value
    low = d - sqrt((told.value - told.low) ** 2 + (control.high - control.value) ** 2)
    high = d + sqrt((told.high - told.value) ** 2 + (control.value - control.low) ** 2)
    return Effect(told, control, d, low, high)
