"""The doors of the dispatch desk: the pharmacists of the house from which the bags leave."""

from typing import Final
from uuid import UUID

from core.audit import refused
from core.errors import NotFound
from people.actor import Actor
from pharmacy.delivery.models import Batch, Parcel
from pharmacy.dispensing.access import DISPENSERS
from pharmacy.formulary.models import Pharmacy

SENDERS: Final = DISPENSERS


async def open_batch(actor: Actor, batch_id: UUID) -> Batch:
    """One of the house's, its pharmacy loaded. Raises NotFound."""
    actor.require(*SENDERS)
    row = await Batch.get_or_none(
        id=batch_id, pharmacy__organization_id=actor.organization_id
    ).select_related("pharmacy")
    if row is None:
        missing = NotFound("batch_not_found", "没有找到这一批,或者不是本药房的。")
        raise refused(missing, actor, "batch.open", f"Batch/{batch_id}")
    return row


async def open_parcel(actor: Actor, parcel_id: UUID) -> Parcel:
    """One that left, or will leave, one of the house's pharmacies. Raises NotFound."""
    actor.require(*SENDERS)
    row = await Parcel.get_or_none(
        id=parcel_id, pharmacy__organization_id=actor.organization_id
    ).select_related("pharmacy", "patient", "batch")
    if row is None:
        missing = NotFound("parcel_not_found", "没有找到这个包裹,或者不是本药房的。")
        raise refused(missing, actor, "parcel.open", f"Parcel/{parcel_id}")
    return row


async def open_place(actor: Actor, pharmacy_id: UUID) -> Pharmacy:
    """A pharmacy of the house. Raises NotFound."""
    actor.require(*SENDERS)
    row = await Pharmacy.get_or_none(id=pharmacy_id, organization_id=actor.organization_id)
    if row is None:
        raise NotFound("pharmacy_not_found", "没有这家药房。")
    return row
