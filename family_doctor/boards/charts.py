"""What the pictures show, as plain values: each is a table too, which is what a reader without the
picture gets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from family_doctor.boards.access import Scope
from family_doctor.boards.board import Line, key_of
from family_doctor.boards.definitions import BY_CODE
from family_doctor.boards.figures import FEW, Figure, Row, figure
from family_doctor.boards.trend import Month
from family_doctor.boards.untold import Untold


@dataclass(frozen=True, slots=True)
class Series:
    """One line or one kind of bars. A value that is hidden or not there is None; `texts` say it."""

    name: str
    values: list[float | None]
    texts: list[str]

    @property
    def last(self) -> str:
        """The last of them in words; empty where none is told."""
        told = [
            text for value, text in zip(self.values, self.texts, strict=True) if value is not None
        ]
        return told[-1] if told else ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`kind`: line or bar, `stacked` bars stand on one another; `unit` of the axis."""

    name: str
    kind: str
    unit: str
    labels: list[str]
    series: list[Series]
    stacked: bool = False
    most: int | None = None

    @property
    def drawn(self) -> dict[str, Any]:
        """For the page's script."""
        return asdict(self)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)


@dataclass(frozen=True, slots=True)
class _Month:
    """What was counted in a month, and the codes of what is not told of it."""

    row: Row
    gone: set[str]

    def figure(self, code: str) -> Figure:
        return figure(self.row, BY_CODE[code], untold=code in self.gone)


def charts(
    scope: Scope, months: Sequence[Month], lines: Sequence[Line], gone: Sequence[Untold]
) -> dict[str, Chart]:
    """The pictures of a board by their sections; `gone` is what is not told of each month."""
    opens, here = scope.opens(*scope.team_ids), key_of(scope)
    rows = [
        _Month(Row(month.tally, opens), {code for code, keys in few.items() if here in keys})
        for month, few in zip(months, gone, strict=True)
    ]
    labels = [f"{month.period.first:%Y-%m}" for month in months]

    def series(*codes: str) -> list[Series]:
        return [_series(BY_CODE[code].name, [row.figure(code) for row in rows]) for code in codes]

    places = [line for line in lines if line.level == 1]
    if len(places) == 1:
        places = [line for line in lines if line.level == 2] or places
    return {
        "contracts": Chart(
            "各处签约居民",
            "bar",
            "人",
            [line.name for line in places],
            [_series("签约居民", [line.figures["signed"] for line in places])],
        ),
        "control": Chart(
            "控制率,最近 12 个月",
            "line",
            "%",
            labels,
            series("hypertension_control", "diabetes_control"),
            most=100,
        ),
        "follow_ups": Chart(
            "完成随访,最近 12 个月", "bar", "次", labels, _modes(rows), stacked=True
        ),
        "alerts": Chart(
            "危急值多久有人接,最近 12 个月",
            "line",
            "分钟",
            labels,
            series("wait_median", "wait_p90"),
        ),
    }


def _series(name: str, figures: Sequence[Figure]) -> Series:
    return Series(
        name,
        [None if one.hidden else one.value for one in figures],
        [f"{one.text}({one.parts})" if one.parts else one.text for one in figures],
    )


MODES: Final = (("face", "门诊和上门"), ("phone", "电话"), ("video", "视频"))


def _modes(months: Sequence[_Month]) -> list[Series]:
    """All three are hidden where the month's follow-ups together are."""
    return [
        Series(
            word,
            [None if "met" in one.gone else one.row.tally.counts[name] for one in months],
            [_times(one, name) for one in months],
        )
        for name, word in MODES
    ]


def _times(month: _Month, name: str) -> str:
    return FEW if "met" in month.gone else f"{month.row.tally.counts[name]} 次"
