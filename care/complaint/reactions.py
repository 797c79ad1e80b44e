"""What complaints do because something happened; wired in `app.reactions`."""

from uuid import UUID

from care.complaint import service
from care.complaint.events import ComplaintSilent


async def close_silent(event: ComplaintSilent) -> None:
    """The resident has said nothing to an answer."""
    await service.close_silent(UUID(event.complaint_id), event.step)
