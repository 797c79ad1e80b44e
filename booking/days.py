"""Days and times as pages say and read them."""

from datetime import date, timedelta
from typing import Any

from booking import words
from booking.policy import params
from core import clock
from core.clock import SHANGHAI


def clock_of(row: Any) -> str:
    """08:30–09:00 in the county."""
    starts, ends = row.starts_at.astimezone(SHANGHAI), row.ends_at.astimezone(SHANGHAI)
    return f"{starts:%H:%M}–{ends:%H:%M}"


def parse_day(text: str) -> date:
    """A day from an address; today when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return clock.today()


def day_words(day: date) -> str:
    """今天, 明天, or 11月4日 周三."""
    distance, name = (day - clock.today()).days, paper_day(day)
    near = {0: "今天", 1: "明天", -1: "昨天"}.get(distance)
    return f"{near} {name}" if near else name


def paper_day(day: date) -> str:
    """11月4日 周三: for paper, which is read on another day."""
    return f"{day.month}月{day.day}日 {words.WEEKDAYS[day.weekday()]}"


def coming_days(count: int | None = None) -> list[tuple[date, str]]:
    """The days of the booking window."""
    first = clock.today()
    number = params().window_days if count is None else count
    return [(d, day_words(d)) for d in (first + timedelta(days=n) for n in range(number + 1))]
