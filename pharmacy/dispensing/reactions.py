"""What the desk does because something happened to an order; wired in `app.reactions`."""

from uuid import UUID

from core.audit import SYSTEM
from pharmacy.dispensing import service
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders.events import MedicationOrderPaid, MedicationOrderStopped
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Status


async def open_dispense(event: MedicationOrderPaid) -> None:
    """A paid order comes to the desk; a repeat finds it there."""
    order = await MedicationOrder.get(id=event.order_id)
    row = await service.open_for(order)
    if order.status in (Status.REFUNDING, Status.REFUNDED):  # it ended before this was told
        await service.stop(SYSTEM, row, order.end_reason)


async def stop_dispense(event: MedicationOrderStopped) -> None:
    """Whoever picks is told to put back. What has left the house once is `shipping`'s."""
    row = await MedicationDispense.get_or_none(order_id=UUID(event.order_id))
    order = await MedicationOrder.get(id=event.order_id)
    if row is not None and order.shipped_at is None:
        await service.stop(SYSTEM, row, event.reason)
