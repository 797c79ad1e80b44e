"""What follows a device's message; wired in `app.reactions`."""

from uuid import UUID

from core.live import Hint
from devices import understanding
from devices.events import DeviceMessageKept, DeviceMessageSettled


async def understand(event: DeviceMessageKept) -> None:
    """Usually done already by whoever received it; after a crash it is done here."""
    await understanding.understand(UUID(event.message_id))


async def tell_pages(event: DeviceMessageSettled, *, hint: Hint) -> None:
    """The clinic's screens look again."""
    await hint(f"organization:{event.organization_id}", event.name, id=event.message_id)
