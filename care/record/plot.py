"""Places in the box of a small line chart, for every room that draws one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from core import clock

WIDTH: Final = 420
HEIGHT: Final = 180
LEFT: Final = 40
RIGHT: Final = 14
TOP: Final = 12
BOTTOM: Final = 24
MOST_POINTS: Final = 30


@dataclass(frozen=True, slots=True)
class Dot:
    """One value at its place. `words` is read out and shown on hover."""

    x: float
    y: float
    words: str
    abnormal: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A row of dots of one kind; `shape` tells kinds apart without colour."""

    name: str
    shape: str
    dots: Sequence[Dot]

    @property
    def points(self) -> str:
        """For an SVG polyline."""
        return " ".join(f"{dot.x:.1f},{dot.y:.1f}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled height: a tick of the axis, or an edge of the target."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template draws. The target band goes from `band_top` over `band_height`."""

    title: str
    unit: str
    target: str
    band_top: float | None
    band_height: float
    marks: Sequence[Mark]
    lines: Sequence[Line]
    first: str
    last: str
    words: str
    abnormal: bool


def across(first: datetime, last: datetime) -> Callable[[datetime], float]:
    """From a moment to its place from the left."""
    span = max((last - first).total_seconds(), 1.0)
    room = WIDTH - LEFT - RIGHT - 12
    return lambda at: round(LEFT + 6 + room * (at - first).total_seconds() / span, 1)


def up(low: Decimal, high: Decimal) -> Callable[[Decimal], float]:
    """From a value to its place from the top."""
    room = HEIGHT - TOP - BOTTOM
    return lambda value: round(TOP + room * float((high - value) / (high - low)), 1)


def bounds(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """The lowest and the highest value with some air around them."""
    low, high = min(values), max(values)
    air = max((high - low) * Decimal("0.1"), Decimal("0.5"))
    return low - air, high + air


def ticks(low: Decimal, high: Decimal) -> list[Decimal]:
    """About three round heights."""
    step = max(round((high - low) / 3), 1)
    start = int(low) + 1
    return [Decimal(v) for v in range(start, int(high) + 1, step)]


def day(moment: datetime) -> str:
    """A day on the axis; of other years the month will do."""
    local = moment.astimezone(clock.SHANGHAI)
    this_year = local.year == clock.today().year
    return f"{local.month}月{local.day}日" if this_year else f"{local.year}年{local.month}月"
