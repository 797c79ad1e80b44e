"""When an item is due, and how much of what was promised has been done.

国卫基层发〔2018〕35号 wants fulfilment looked at, and gives no formula: this one is ours and stands
beside every number (`DEFINITION`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

YEAR_DAYS: Final = 365
DEFINITION: Final = (
    "履约率 = 到今天已做的次数 ÷ 到今天应做的次数。应做的次数按签约后过去的天数平均分到一年里;"
    "一项多做的次数不抵别的项;居民说没做过的不算。"
)


def due_times(times: int, starts_on: date, day: date) -> int:
    """How many of `times` a year should be done by the end of `day`, spread evenly."""
    elapsed = (day - starts_on).days + 1
    return max(0, times * elapsed // YEAR_DAYS)


def due_on(times: int, starts_on: date, number: int) -> date:
    """By when the `number`-th (from 1) is due: the first day on which `due_times` counts it."""
    days = -(-number * YEAR_DAYS // times)
    return starts_on + timedelta(days=days - 1)


@dataclass(frozen=True, slots=True)
class Progress:
    """One item until a day: done and due times, and since when the next one is due."""

    done: int
    due: int
    next_on: date
    today: date

    @property
    def counted(self) -> int:
        """What counts for the rate: no more than was due."""
        return min(self.done, self.due)

    @property
    def overdue(self) -> bool:
        """Whether something due was not done."""
        return self.done < self.due

    @property
    def overdue_days(self) -> int:
        """For how long."""
        return (self.today - self.next_on).days if self.overdue else 0


def progress(times: int, starts_on: date, done: int, today: date) -> Progress:
    """How one item stands."""
    due = due_times(times, starts_on, today)
    return Progress(done, due, due_on(times, starts_on, done + 1), today)


@dataclass(frozen=True, slots=True)
class Rate:
    """Done of due, over items."""

    done: int
    due: int

    @property
    def percent(self) -> int | None:
        """Whole percent, rounded down so that 100 means all; None when nothing was due yet."""
        return self.done * 100 // self.due if self.due else None


def rate(items: Iterable[Progress]) -> Rate:
    """The rate of a contract or a team."""
    found = list(items)
    return Rate(sum(one.counted for one in found), sum(one.due for one in found))
