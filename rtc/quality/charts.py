"""Geometry of the page's pictures: SVG coordinates from scores. Pure; the templates draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rtc.quality.scoring import BAD, SATISFIED, SOME_DISSATISFIED

LOW: Final = 1.0
HIGH: Final = 4.5
BANDS: Final = (
    ("bad", LOW, BAD),
    ("poor", BAD, SOME_DISSATISFIED),
    ("fair", SOME_DISSATISFIED, SATISFIED),
    ("good", SATISFIED, HIGH),
)
LEFT: Final = 30
RIGHT: Final = 22
TOP: Final = 8
BOTTOM: Final = 24


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the scale: `at` and `size` along it."""

    kind: str
    at: float
    size: float


@dataclass(frozen=True, slots=True)
class Point:
    """One score in the picture; `label` is written below it, when there is room."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Course:
    """Scores over time: `lines` are stretches without a gap, as SVG point lists."""

    width: int
    height: int
    bands: tuple[Band, ...]
    grid: tuple[tuple[float, str], ...]
    points: tuple[Point, ...]
    labels: tuple[Point, ...]
    lines: tuple[str, ...]


def along(score: float, length: float) -> float:
    """Where a score lies on a scale of this length."""
    return round((min(HIGH, max(LOW, score)) - LOW) / (HIGH - LOW) * length, 1)


def scale(length: float) -> tuple[Band, ...]:
    """The four bands along a horizontal scale."""
    return tuple(
        Band(kind, along(low, length), round(along(high, length) - along(low, length), 1))
        for kind, low, high in BANDS
    )


def course(
    values: Sequence[tuple[str, float | None]], *, width: int, height: int, labels: int
) -> Course:
    """Scores one after the other, each with its label; at most so many labels are written."""
    right, bottom = width - RIGHT, height - BOTTOM
    step = (right - LEFT) / max(1, len(values) - 1)
    alone = len(values) == 1

    def y(score: float) -> float:
        return round(bottom - along(score, bottom - TOP), 1)

    points: list[Point | None] = []
    for number, (label, value) in enumerate(values):
        x = round((LEFT + right) / 2 if alone else LEFT + number * step, 1)
        points.append(None if value is None else Point(x, y(value), label))
    every = max(1, -(-len(values) // labels))
    written = [
        Point(round((LEFT + right) / 2 if alone else LEFT + number * step, 1), height - 6, label)
        for number, (label, _) in enumerate(values)
        if (len(values) - 1 - number) % every == 0
    ]
    return Course(
        width=width,
        height=height,
        bands=tuple(Band(kind, y(high), round(y(low) - y(high), 1)) for kind, low, high in BANDS),
        grid=tuple((y(score), str(score)) for score in (1, 2, 3, 4)),
        points=tuple(point for point in points if point),
        labels=tuple(written),
        lines=tuple(_lines(points)),
    )


def _lines(points: Sequence[Point | None]) -> list[str]:
    lines: list[list[Point]] = [[]]
    for point in points:
        if point is None:
            lines.append([])
        else:
            lines[-1].append(point)
    return [" ".join(f"{p.x},{p.y}" for p in line) for line in lines if len(line) > 1]
