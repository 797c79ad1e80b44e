"""What orders do because something happened to their prescription; wired in `app.reactions`."""

from uuid import UUID

from core.audit import SYSTEM
from core.live import Hint
from core.outbox import outside
from pharmacy.orders import service
from pharmacy.orders.events import MedicationOrderEvent
from pharmacy.prescribing.events import MedicationRequestCancelled, MedicationRequestExpired

CANCELLED = "医生已撤销处方"
EXPIRED = "处方过期"


async def end_cancelled(event: MedicationRequestCancelled) -> None:
    """The doctor took it back, perhaps while it is being picked."""
    await service.end_for(SYSTEM, UUID(event.request_id), CANCELLED)


async def end_expired(event: MedicationRequestExpired) -> None:
    """Its days are over (处方办法 art. 18)."""
    await service.end_for(SYSTEM, UUID(event.request_id), EXPIRED)


@outside
async def tell_pages(event: MedicationOrderEvent, *, hint: Hint) -> None:
    """Hint to the pharmacy's house."""
    await hint(f"organization:{event.organization_id}", event.name, id=event.order_id)
