"""When what is due. No national time for replies was found (domain facts §1.6): these are settings.

The calendar comes from outside: whoever keeps the houses' holidays answers `closed`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from care.complaint.states import OWED, Status
from core.clock import SHANGHAI


@dataclass(frozen=True, slots=True)
class Params:
    """`accept`: until it has to be accepted; `close_days`: working days until the answer; `silent`:
    an answered one closes by itself after so long; `reopen`: how long a closed one may be taken up
    again; `most`: how many of one account may be open."""

    accept: timedelta = timedelta(days=1)
    close_days: int = 15
    silent: timedelta = timedelta(days=7)
    reopen: timedelta = timedelta(days=30)
    most: int = 5


def after_working_days(start: datetime, days: int, closed: Collection[date] = ()) -> datetime:
    """The end of the last of so many working days after `start`; weekends and holidays are none."""
    day, left = start.astimezone(SHANGHAI).date(), days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(0), SHANGHAI)


def due_at(status: Status, accept_by: datetime, close_by: datetime) -> datetime | None:
    """What the running clock says; None when nobody is waited for."""
    if status is Status.RECEIVED:
        return accept_by
    return close_by if status in OWED else None
