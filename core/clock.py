"""The one clock. Times are aware UTC datetimes; people see Asia/Shanghai."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from operator import methodcaller
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator

SHANGHAI = ZoneInfo("Asia/Shanghai")
Moment = Annotated[datetime, AfterValidator(methodcaller("astimezone", SHANGHAI))]
"""A time with the county's offset, as it crosses a border."""


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def today() -> date:
    """The calendar day in the county."""
    return now().astimezone(SHANGHAI).date()


@contextmanager
def set_clock(source: Callable[[], datetime]) -> Iterator[None]:
    """Let tests hold or move time."""
    global _source
    before, _source = _source, lambda: source().astimezone(UTC)
    try:
        yield
    finally:
        _source = before


def in_words(moment: datetime) -> str:
    """今天 14:30, 明天 09:00, 11月23日 周一 08:00, or with the year when it is another one."""
    local, day = moment.astimezone(SHANGHAI), today()
    clock = f"{local.hour:02}:{local.minute:02}"
    distance = (local.date() - day).days
    if distance in (-1, 0, 1):
        return f"{('昨天', '今天', '明天')[distance + 1]} {clock}"
    name = f"{local.month}月{local.day}日 周{'一二三四五六日'[local.weekday()]} {clock}"
    return name if local.year == day.year else f"{local.year}年{name}"


def day(moment: date) -> str:
    """2026-03-01; of a moment the county's day, which is another one than UTC's until eight."""
    local = moment.astimezone(SHANGHAI) if isinstance(moment, datetime) else moment
    return f"{local:%Y-%m-%d}"


def waited(since: datetime) -> str:
    """How long it has been, as `span` says it."""
    return span(now() - since)


def span(length: timedelta) -> str:
    """12 分钟, 3 小时 5 分, 4 天; never less than 0. `static/js/ui/moment.js` says the same."""
    minutes = max(0, int(length.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分钟"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} 小时 {rest} 分" if rest else f"{hours} 小时"
    return f"{hours // 24} 天"


def years_later(moment: datetime, more: int) -> datetime:
    """29 February becomes 1 March: what is kept so long is never kept a day too short."""
    try:
        return moment.replace(year=moment.year + more)
    except ValueError:
        return moment.replace(year=moment.year + more, month=3, day=1)
