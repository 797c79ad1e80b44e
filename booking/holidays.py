"""Days on which a house is closed: they are no working days when a deadline is counted."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from booking import rules
from booking.models import Appointment, Closure, Schedule
from booking.policy import params
from core import clock
from core.clock import SHANGHAI

LOOK_BACK: Final = timedelta(days=31)
"""Longer than any holiday; deadlines further back interest nobody."""


async def closed_days(organization_ids: Collection[UUID]) -> Mapping[UUID, set[date]]:
    """The holidays of these houses that have any, as whole days of the county."""
    found: defaultdict[UUID, set[date]] = defaultdict(set)
    rows = Closure.filter(
        organization_id__in=list(organization_ids),
        schedule_id=None,
        lifted_at=None,
        ends_at__gt=clock.now() - LOOK_BACK,
    )
    for house, starts_at, ends_at in await rows.values_list(
        "organization_id", "starts_at", "ends_at"
    ):
        found[house] |= _whole_days(starts_at, ends_at)
    return found


def _whole_days(starts_at: datetime, ends_at: datetime) -> set[date]:
    """The days that lie inside, from midnight to midnight."""
    first, last = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    day = first.date() if first.time() == datetime.min.time() else first.date() + timedelta(days=1)
    days = set()
    while day < last.date():
        days.add(day)
        day += timedelta(days=1)
    return days


async def cancel_until(row: Appointment) -> datetime:
    """Until when this appointment is cancelled freely, with the holidays of its house."""
    schedule = await Schedule.get(id=row.schedule_id).only("id", "organization_id")
    closed = await closed_days([schedule.organization_id])
    return rules.cancel_until(
        row.starts_at, params(), closed=closed.get(schedule.organization_id, ())
    )
