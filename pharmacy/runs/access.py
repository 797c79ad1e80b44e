"""The doors of the driver: only what this driver carries."""

from typing import Final
from uuid import UUID

from core.audit import refused
from core.errors import NotFound
from people.actor import Actor, Role
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.delivery.states import Carrier

DRIVERS: Final = (Role.DRIVER,)


async def open_stop(actor: Actor, batch_id: UUID) -> Batch:
    """A batch in this driver's hands. Raises NotFound."""
    actor.require(*DRIVERS)
    row = await Batch.get_or_none(id=batch_id, driver_id=actor.practitioner_id).select_related(
        "pharmacy"
    )
    if row is None:
        missing = NotFound("stop_not_found", "没有找到这一站,或者不是您送的。")
        raise refused(missing, actor, "run.open", f"Batch/{batch_id}")
    return row


async def open_bag(actor: Actor, parcel_id: UUID) -> Parcel:
    """A bag for somebody's door in this driver's hands. Raises NotFound."""
    actor.require(*DRIVERS)
    row = await Parcel.get_or_none(
        id=parcel_id, driver_id=actor.practitioner_id, carrier=Carrier.OWN
    ).select_related("patient", "pharmacy")
    if row is None:
        missing = NotFound("bag_not_found", "没有找到这一袋,或者不是您送的。")
        raise refused(missing, actor, "run.open", f"Parcel/{parcel_id}")
    return row
