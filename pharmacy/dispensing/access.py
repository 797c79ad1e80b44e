"""The door to a dispense: the pharmacists of the house whose pharmacy it is."""

from uuid import UUID

from core.audit import audit, refused
from core.errors import NotFound
from people.actor import Actor, Role
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders.models import MedicationOrder

DISPENSERS = (Role.PHARMACIST,)


async def open_dispense(actor: Actor, dispense_id: UUID) -> MedicationDispense:
    """One of the house's, its order, prescription, patient and pharmacy loaded. Raises NotFound."""
    actor.require(*DISPENSERS)
    row = await MedicationDispense.get_or_none(
        id=dispense_id, organization_id=actor.organization_id
    ).select_related("order", "request", "patient", "pharmacy")
    about = f"MedicationDispense/{dispense_id}"
    if row is None:
        raise refused(_unknown(), actor, "dispense.open", about)
    return row


async def looked_at(actor: Actor, row: MedicationDispense) -> None:
    """Write down that somebody at the desk has read it."""
    await audit(actor, "dispense.open", f"MedicationDispense/{row.id}", patient_id=row.patient_id)


async def open_order(actor: Actor, order_id: UUID) -> MedicationOrder:
    """An order at one of the house's pharmacies. Raises NotFound."""
    actor.require(*DISPENSERS)
    row = await MedicationOrder.get_or_none(
        id=order_id, organization_id=actor.organization_id
    ).select_related("request", "patient", "pharmacy")
    if row is None:
        raise refused(_unknown(), actor, "medication_order.open", f"MedicationOrder/{order_id}")
    return row


def _unknown() -> NotFound:
    return NotFound("dispense_not_found", "没有找到这一单,或者不是本药房的。")
