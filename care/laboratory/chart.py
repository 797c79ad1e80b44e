"""Results over time, in the house's chart style."""

from typing import Final

from care.laboratory import rules
from care.laboratory.queries import Course, Result
from care.laboratory.words import day
from care.record import plot
from care.record.models import Interpretation
from care.record.plot import Chart, Dot, Line, Mark

OUTSIDE: Final = (Interpretation.HIGH, Interpretation.LOW)


def chart(course: Course) -> Chart | None:
    """The line of one analyte; None below two numbers. The band is the newest result's range."""
    points = [one for one in course.results if one.value is not None]
    points = points[: plot.MOST_POINTS][::-1]
    if len(points) < 2:
        return None
    newest, analyte = points[-1], course.analyte
    values = [one.value for one in points if one.value is not None]
    ends = [end for end in (newest.low, newest.high) if end is not None]
    low, high = plot.bounds([*values, *ends])
    across, up = plot.across(points[0].taken_at, newest.taken_at), plot.up(low, high)
    dots = [
        Dot(across(one.taken_at), up(one.value), _words(one), one.level in OUTSIDE)
        for one in points
        if one.value is not None
    ]
    top = up(newest.high if newest.high is not None else high)
    bottom = up(newest.low if newest.low is not None else low)
    return Chart(
        title=analyte.name,
        unit=analyte.unit.shown,
        target=f"参考 {newest.range}" if newest.range else "",
        band_top=top if ends else None,
        band_height=bottom - top if ends else 0,
        marks=[Mark(up(each), rules.bare(analyte, each)) for each in ends or plot.ticks(low, high)],
        lines=[Line(analyte.name, "circle", dots)],
        first=plot.day(points[0].taken_at),
        last=plot.day(newest.taken_at),
        words=f"最近一次 {_words(newest)}",
        abnormal=newest.level in OUTSIDE,
    )


def _words(one: Result) -> str:
    return " ".join(filter(None, (day(one.taken_on), one.words, one.flag)))
