"""Who keeps the houses' holidays; the composition root says it once."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date
from uuid import UUID

ClosedDays = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, Collection[date]]]]


async def _no_holidays(organization_ids: Collection[UUID]) -> Mapping[UUID, Collection[date]]:
    return {}


_closed_days: ClosedDays = _no_holidays


def configure(closed_days: ClosedDays) -> None:
    """Set the process's calendar."""
    global _closed_days
    _closed_days = closed_days


async def closed_days(organization_ids: Collection[UUID]) -> Mapping[UUID, Collection[date]]:
    """The holidays of these houses, as far as they are known."""
    return await _closed_days(organization_ids)
