"""What follows for prescriptions."""

from uuid import UUID

from core.live import Hint
from core.outbox import outside
from pharmacy.prescribing import service
from pharmacy.prescribing.events import MedicationRequestEvent, MedicationRequestExpiring


async def run_out(event: MedicationRequestExpiring) -> None:
    """Its days are over, unless it was used or ended before."""
    await service.expire(UUID(event.request_id))


@outside
async def tell_pages(event: MedicationRequestEvent, *, hint: Hint) -> None:
    """Hint to the prescribing doctor's own pages."""
    await hint(f"staff:{event.author_id}", event.name, id=event.request_id)
