"""When somebody is reminded of a visit or a check, and of which ones. Pure.

公卫规范 asks the team to remind; when and how often it leaves to the county, so the days are
settings. Severe mental disorder and tuberculosis are never spoken of by message (精神卫生法 art. 4
and 传染病防治法 guard their privacy), nor what another doctor asked the team for: a person goes
there or calls.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from core.clock import SHANGHAI

HOUR: Final = time(9)
"""In the county's clock, whatever the machine's time zone is."""
BY_A_PERSON: Final = ("mental", "tb_", "asked-")
AT_HOME: Final = frozenset({"newborn_visit", "childbed_visit"})
"""The team comes: within a week of leaving hospital."""


@dataclass(frozen=True, slots=True)
class Params:
    """Days. `before`: a follow-up's last day; `late`: after it, once more, 0 never; `checks`:
    whether a check's window is told when it opens; `vaccination`: before a child's window."""

    before: int = 3
    late: int = 7
    checks: bool = True
    vaccination: int = 3


def is_told(code: str) -> bool:
    """Whether a message may speak of it at all."""
    return not code.startswith(BY_A_PERSON)


def coming(
    code: str, opens: date, due: date, now: datetime, params: Params, *, check: bool
) -> datetime | None:
    """When it is said that something is to come; None: by no message, or too late for one."""
    if not is_told(code) or (check and not params.checks):
        return None
    day = opens if check else max(opens, due - timedelta(days=params.before))
    moment = at(day)
    if moment <= now:
        moment = at(now.astimezone(SHANGHAI).date())
        moment += timedelta(days=moment <= now)
    return moment if moment.date() <= due else None


def late(code: str, due: date, params: Params, *, check: bool) -> datetime | None:
    """When it is said, once, that it is overdue."""
    if not is_told(code) or not params.late or (check and not params.checks):
        return None
    return at(due + timedelta(days=params.late))


def at(day: date) -> datetime:
    """The hour of reminders on that day."""
    return datetime.combine(day, HOUR, SHANGHAI)


def vaccination_coming(opens: date, now: datetime, params: Params) -> datetime | None:
    """When parents are told that a window opens; None: it is open already, and whoever compared the
    book has just said so."""
    today = now.astimezone(SHANGHAI).date()
    if opens <= today:
        return None
    moment = at(max(opens - timedelta(days=params.vaccination), today))
    return moment if moment > now else moment + timedelta(days=1)


def vaccination_late(due: date, now: datetime, params: Params) -> datetime | None:
    """When it is said, once, that the last day is over; not of what was over when it was found."""
    moment = at(due + timedelta(days=params.late))
    return moment if params.late and moment > now else None
