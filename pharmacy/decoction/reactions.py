"""What the room's screens hear of."""

from uuid import UUID

from core.audit import SYSTEM
from core.live import Hint
from core.outbox import outside
from pharmacy.decoction import service
from pharmacy.decoction.events import DecoctionMoved
from pharmacy.orders.events import MedicationOrderStopped


@outside
async def tell_room(event: DecoctionMoved, *, hint: Hint) -> None:
    """The board and whoever looks at this one."""
    await hint(f"organization:{event.organization_id}", event.name, id=event.decoction_id)


async def stop_decoction(event: MedicationOrderStopped) -> None:
    """Nobody boils what nobody fetches."""
    await service.stop(SYSTEM, UUID(event.request_id), event.reason)
