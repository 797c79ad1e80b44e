"""Through whose hands the drugs of a prescription went, for its paper."""

from uuid import UUID

from care.documents.prescription import Hands
from core.audit import SYSTEM
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.sealing.models import Seal


async def hands_of(request_id: UUID) -> Hands | None:
    """调配、核对、发药 (处方办法 附件1); None until the drugs were handed out.

    Where only a courier told that they have left, who sealed the bag has handed them out.
    """
    rows = MedicationDispense.filter(request_id=request_id, handed_at__isnull=False)
    row = await rows.order_by("-handed_at").first()
    if row is None or row.handed_at is None:
        return None
    issued = row.handed_by_name
    if issued == SYSTEM.name:
        seal = await Seal.filter(dispense_id=row.id).order_by("-sealed_at").first()
        issued = seal.sealed_by_name if seal else ""
    return Hands(
        prepared=row.picked_by_name, checked=row.checked_by_name, issued=issued, at=row.handed_at
    )
