"""By when an answer is owed, and what is told about it; no I/O.

Advice to a signed resident is 健康咨询, no 诊疗 (诊疗办法 art. 2 and 16: what diagnoses or
prescribes is a visit, with its own conditions). How soon a team answers is the house's word, not
the law's.
"""

from datetime import datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI

NUMBERS: Final = {1: "一", 2: "两", 3: "三", 4: "四", 5: "五"}


def answer_by(asked_at: datetime, working_days: int) -> datetime:
    """The same hour so many working days later; what came at a weekend counts from Monday 0:00."""
    moment = _working(asked_at.astimezone(SHANGHAI))
    for _ in range(working_days):
        moment = _next_working(moment)
    return moment


def _working(moment: datetime) -> datetime:
    if moment.weekday() < 5:
        return moment
    return datetime.combine(moment.date() + timedelta(days=7 - moment.weekday()), time(), SHANGHAI)


def _next_working(moment: datetime) -> datetime:
    following = moment + timedelta(days=1)
    while following.weekday() >= 5:
        following += timedelta(days=1)
    return following


def promise(working_days: int, hours: str) -> str:
    """The line above every standing conversation."""
    soon = f"一般{NUMBERS[working_days]}个工作日内回复"
    when = f"({hours} 有人看)" if hours else ""
    return f"不是急诊,紧急请打 120;{soon}{when}。"
