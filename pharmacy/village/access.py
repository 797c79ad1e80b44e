"""The doors of the clinic's shelf: the village doctors of the clinic to which bags go."""

from typing import Final
from uuid import UUID

from core.audit import refused
from core.errors import NotFound
from people.actor import Actor, Role
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import BatchStatus, Carrier

KEEPERS: Final = (Role.VILLAGE_DOCTOR,)
SEEN: Final = (BatchStatus.HANDED_OVER, BatchStatus.ARRIVED)


async def open_batch(actor: Actor, batch_id: UUID) -> Batch:
    """One that left for the actor's clinic. Raises NotFound."""
    actor.require(*KEEPERS)
    row = await Batch.get_or_none(
        id=batch_id, clinic_id=actor.organization_id, status__in=list(SEEN)
    ).select_related("pharmacy")
    if row is None:
        missing = NotFound("batch_not_found", "没有找到这一批,或者不是送这个卫生室的。")
        raise refused(missing, actor, "batch.open", f"Batch/{batch_id}")
    return row


async def open_bag(actor: Actor, parcel_id: UUID) -> Parcel:
    """A bag that left for the actor's clinic. Raises NotFound."""
    actor.require(*KEEPERS)
    row = await Parcel.get_or_none(
        id=parcel_id,
        clinic_id=actor.organization_id,
        carrier=Carrier.VILLAGE,
        handed_over_at__isnull=False,
    ).select_related("patient", "pharmacy", "batch")
    if row is None:
        missing = NotFound("bag_not_found", "没有找到这一袋,或者不在这个卫生室。")
        raise refused(missing, actor, "parcel.open", f"Parcel/{parcel_id}")
    return row
