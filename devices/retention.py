"""Messages are forgotten when their time is over; what is in the record stays there."""

from core import clock
from devices.models import RawMessage
from devices.policy import params
from devices.states import OVER


async def forget_old() -> int:
    """Delete settled messages that are too old; those that wait for somebody stay. How many."""
    before = clock.now() - params().keep
    return await RawMessage.filter(status__in=list(OVER), received_at__lt=before).delete()
