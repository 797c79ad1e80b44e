"""What follows when a line has been measured."""

from uuid import UUID

from rtc.events import CallMeasured
from rtc.quality import service


async def sum_up_call(event: CallMeasured) -> None:
    """One row for the county."""
    await service.sum_up(UUID(event.room), UUID(event.seat))
