"""By when an answer is owed, and what is told about it; no I/O.

Advice to a signed resident is 健康咨询, no 诊疗 (诊疗办法 art. 2 and 16: what diagnoses or
prescribes is a visit, with its own conditions). How soon a team answers is the house's word, not
the law's.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI

NUMBERS: Final = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五"}


def answer_by(asked_at: datetime, working_days: int, closed: Collection[date] = ()) -> datetime:
    """The same hour so many working days later; what came at a weekend or on a holiday (`closed`)
    counts from 0:00 of the next working day."""
    moment = asked_at.astimezone(SHANGHAI)
    if not _is_worked(moment.date(), closed):
        moment = datetime.combine(_next_worked(moment.date(), closed), time(), SHANGHAI)
    for _ in range(working_days):
        day = _next_worked(moment.date(), closed)
        moment = datetime.combine(day, moment.timetz())
    return moment


def _is_worked(day: date, closed: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in closed


def _next_worked(day: date, closed: Collection[date]) -> date:
    day += timedelta(days=1)
    while not _is_worked(day, closed):
        day += timedelta(days=1)
    return day


def promise(working_days: int, hours: str) -> str:
    """The line above every standing conversation."""
    soon = f"一般{NUMBERS[working_days]}个工作日内回复"
    when = f"({hours} 有人看)" if hours else ""
    return f"不是急诊,紧急请打 120;{soon}{when}。"
