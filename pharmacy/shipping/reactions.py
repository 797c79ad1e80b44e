"""What orders do because something happened to a parcel, and the other way round."""

from uuid import UUID

from core.audit import SYSTEM
from pharmacy.delivery.events import ParcelChanged
from pharmacy.delivery.models import Parcel
from pharmacy.formulary.events import LotClosed
from pharmacy.orders.events import MedicationOrderReady, MedicationOrderStopped
from pharmacy.shipping import returns, service


async def pack(event: MedicationOrderReady) -> None:
    """Checked by the second person: its parcel is made, unless it is fetched."""
    await service.pack(SYSTEM, UUID(event.order_id))


async def stop_waiting(event: MedicationOrderStopped) -> None:
    """The order ended while its parcel waited at the pharmacy: nobody fetches it any more."""
    await returns.stop_waiting(UUID(event.order_id), event.reason)


async def recall_lot(event: LotClosed) -> None:
    """What has left with a closed lot has to come back."""
    await service.recall_lot(SYSTEM, UUID(event.lot_id))


async def follow(event: ParcelChanged) -> None:
    """The order goes where its parcel is now, whatever this word said."""
    await service.catch_up(SYSTEM, await Parcel.get(id=event.parcel_id))
