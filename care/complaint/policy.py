"""What the institution has decided about complaints, and who keeps its calendar; the composition
root sets both once."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import date
from uuid import UUID

from care.complaint.rules import Params

ClosedDays = Callable[[Collection[UUID]], Awaitable[Mapping[UUID, Collection[date]]]]


async def _no_holidays(organization_ids: Collection[UUID]) -> Mapping[UUID, Collection[date]]:
    return {}


_params = Params()
_closed_days: ClosedDays = _no_holidays


def configure(found: Params, closed_days: ClosedDays) -> None:
    """Set the process's parameters and calendar."""
    global _params, _closed_days
    _params, _closed_days = found, closed_days


def params() -> Params:
    """The process's parameters."""
    return _params


async def closed_days(organization_id: UUID) -> Collection[date]:
    """The holidays of one house, as far as they are known."""
    return (await _closed_days([organization_id])).get(organization_id, ())
