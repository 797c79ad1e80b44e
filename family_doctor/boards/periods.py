"""The span a board looks at: a month, a quarter or a year, until its last day or today. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI

_KEY: Final = re.compile(r"(?P<year>20\d\d)(?:-(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """`first` to `day`, both counted; `day` is not after today. `key` stands in addresses."""

    key: str
    name: str
    first: date
    day: date

    @property
    def begins(self) -> datetime:
        """The first moment."""
        return midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after it."""
        return midnight(self.day + timedelta(days=1))

    @property
    def since(self) -> date:
        """The day before the last twelve months; for a whole year the last day of the one before:
        then the twelve months are the calendar year that 公卫规范 asks for."""
        return months_before(self.day + timedelta(days=1), 12) - timedelta(days=1)


def midnight(day: date) -> datetime:
    """The first moment of a day in the county."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def months_before(day: date, count: int) -> date:
    """The same day so many months earlier; the last of the month when it has no such day."""
    months = day.year * 12 + day.month - 1 - count
    year, month = divmod(months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(1))


def period_of(key: str, today: date) -> Period | None:
    """`2026-11`, `2026-Q4` or `2026`; None for anything else, and for what has not begun."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    year = int(found["year"])
    if found["month"]:
        months, month, name = 1, int(found["month"]), f"{year} 年 {int(found['month'])} 月"
    elif found["quarter"]:
        quarter = int(found["quarter"])
        months, month, name = 3, quarter * 3 - 2, f"{year} 年第 {quarter} 季度"
    else:
        months, month, name = 12, 1, f"{year} 年"
    first = date(year, month, 1)
    if first > today:
        return None
    last = months_before(first, -months) - timedelta(days=1)
    return Period(key, name, first, min(last, today))


def month_of(day: date, today: date) -> Period:
    """The month of a day that is not after today."""
    found = period_of(f"{day:%Y-%m}", today)
    assert found is not None  # noqa: S101  (a month that has begun has a period)
    return found


def months_until(period: Period, today: date, count: int = 12) -> list[Period]:
    """The months that a trend shows, the period's last month at the end."""
    last = period.day.replace(day=1)
    return [month_of(months_before(last, back), today) for back in range(count - 1, -1, -1)]


def choices(today: date) -> dict[str, list[tuple[str, str]]]:
    """What a form offers: twelve months, four quarters, three years."""
    first = today.replace(day=1)
    months = [f"{months_before(first, back):%Y-%m}" for back in range(12)]
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    starts = [months_before(quarter, 3 * back) for back in range(4)]
    quarters = [f"{one.year}-Q{(one.month + 2) // 3}" for one in starts]
    years = [str(today.year - back) for back in range(3)]
    grouped = {"月": months, "季度": quarters, "年": years}
    found: dict[str, list[tuple[str, str]]] = {}
    for word, keys in grouped.items():
        periods = [one for key in keys if (one := period_of(key, today))]
        found[word] = [(one.key, one.name) for one in periods]
    return found
