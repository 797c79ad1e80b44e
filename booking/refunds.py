"""What booking notes about money that went back online; cash is in `cash`."""

from uuid import UUID

from booking.models import Appointment, Payment
from core import clock


async def mark_refunded(appointment_id: UUID) -> bool:
    """The refund this appointment owed is back with the payer; False when it owed none."""
    owed = Appointment.filter(
        id=appointment_id, payment=Payment.ONLINE, refund_fen__gt=0, refunded_at=None
    )
    return bool(await owed.update(refunded_at=clock.now()))
