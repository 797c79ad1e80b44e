"""Small line charts of measurements, drawn on the server: places in a box, no script.

The template turns a `Chart` into SVG with presentation attributes and classes only, so a strict
content security policy holds.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from care.record import plot
from care.record.measurements import Measurement
from care.record.models import Interpretation, Meal, VitalSign
from care.record.plot import Chart, Dot, Line, Mark
from care.record.rules import GLUCOSE_HIGH, MEALS, PRESSURE_HIGH, PRESSURE_LOW, plain
from core import clock


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    shape: str
    of: Callable[[Measurement], Decimal | None]
    normal: tuple[Decimal, Decimal] | None = None


def charts(found: Iterable[Measurement]) -> list[Chart]:
    """The charts worth drawing: of blood pressure, blood sugar and weight with two values or more.

    `found` is newest first, without wrong entries.
    """
    everything = list(found)
    drawn = (_pressure(everything), _glucose(everything), _weight(everything))
    return [chart for chart in drawn if chart is not None]


def _pressure(found: list[Measurement]) -> Chart | None:
    series = (
        _Series("高压", "circle", lambda m: m.value, (PRESSURE_LOW[0], PRESSURE_HIGH[0])),
        _Series("低压", "square", lambda m: m.diastolic, (PRESSURE_LOW[1], PRESSURE_HIGH[1])),
    )
    return _draw(
        found,
        VitalSign.BLOOD_PRESSURE,
        series,
        "血压",
        "目标:低于 140/90",
        (Decimal(60), Decimal(140)),
        (Decimal(60), Decimal(90), Decimal(140), Decimal(180)),
    )


def _glucose(found: list[Measurement]) -> Chart | None:
    def at(meal: Meal) -> Callable[[Measurement], Decimal | None]:
        return lambda m: m.value if m.meal == MEALS[meal] else None

    series = (
        _Series("空腹", "circle", at(Meal.FASTING)),
        _Series("餐后 2 小时", "square", at(Meal.AFTER_MEAL)),
        _Series("随机", "diamond", at(Meal.RANDOM)),
    )
    high = GLUCOSE_HIGH[Meal.FASTING]
    return _draw(
        found,
        VitalSign.GLUCOSE,
        series,
        "血糖",
        "空腹目标:4.4–7.0",
        (Decimal("4.4"), high),
        (Decimal("3.9"), high, Decimal("11.1")),
    )


def _weight(found: list[Measurement]) -> Chart | None:
    series = (_Series("体重", "circle", lambda m: m.value),)
    return _draw(found, VitalSign.WEIGHT, series, "体重", "", None, ())


def _draw(
    found: list[Measurement],
    code: VitalSign,
    series: Sequence[_Series],
    title: str,
    target: str,
    band: tuple[Decimal, Decimal] | None,
    marks: Sequence[Decimal],
) -> Chart | None:
    points = [m for m in found if m.code is code][: plot.MOST_POINTS][::-1]
    if len(points) < 2:
        return None
    across = plot.across(points[0].measured_at, points[-1].measured_at)
    values = [v for m in points for s in series if (v := s.of(m)) is not None]
    low, high = plot.bounds([*values, *(band or ()), *marks[:-1]])
    up = plot.up(low, high)
    lines = [
        Line(
            s.name,
            s.shape,
            [_dot(s, m, v, across, up) for m in points if (v := s.of(m)) is not None],
        )
        for s in series
    ]
    newest = points[-1]
    return Chart(
        title=title,
        unit=newest.words.rpartition(" ")[2],
        target=target,
        band_top=up(band[1]) if band else None,
        band_height=up(band[0]) - up(band[1]) if band else 0,
        marks=[Mark(up(v), plain(v)) for v in marks or plot.ticks(low, high) if low <= v <= high],
        lines=[line for line in lines if line.dots],
        first=plot.day(points[0].measured_at),
        last=plot.day(newest.measured_at),
        words=_in_words(newest),
        abnormal=newest.level is not Interpretation.NORMAL and bool(newest.finding),
    )


def _in_words(newest: Measurement) -> str:
    meal = f"{newest.meal} " if newest.meal else ""
    finding = f",{newest.finding}" if newest.finding else ""
    return f"最近一次 {meal}{newest.words}({clock.in_words(newest.measured_at)}){finding}"


def _dot(
    series: _Series,
    measured: Measurement,
    value: Decimal,
    across: Callable[[datetime], float],
    up: Callable[[Decimal], float],
) -> Dot:
    words = f"{clock.in_words(measured.measured_at)} {measured.meal} {measured.words}"
    abnormal = measured.level in (
        Interpretation.HIGH,
        Interpretation.LOW,
        Interpretation.CRITICAL,
    )
    if abnormal and series.normal:
        low, high = series.normal
        abnormal = not low <= value < high
    return Dot(across(measured.measured_at), up(value), " ".join(words.split()), abnormal)
