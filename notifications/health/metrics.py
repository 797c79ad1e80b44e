"""What waits, for `/metrics`: read from the database now and then, the same in every process."""

from typing import Final

from prometheus_client import Gauge

from core import clock
from notifications.health import queries

STATES: Final = ("due", "later", "sending", "unsure", "parked")
OPEN: Final = Gauge(
    "doorstep_messages_open", "Messages that have not come to their end", ["channel", "state"]
)
OLDEST: Final = Gauge(
    "doorstep_messages_oldest_due_seconds", "How late the oldest due message is", ["channel"]
)
HELD: Final = Gauge("doorstep_messages_held", "1 while an operator holds a channel", ["channel"])
CALLS: Final = Gauge("doorstep_message_calls_open", "Calls that people are asked to make")
LATE_CALL: Final = Gauge(
    "doorstep_message_calls_oldest_due_seconds", "How late the oldest of these calls is"
)


async def tick() -> None:
    """Read them anew."""
    moment = clock.now()
    held, calls = await queries.holds(), await queries.calls(moment)
    for channel, mine in (await queries.open_ones()).items():
        for state in STATES:
            OPEN.labels(channel.value, state).set(getattr(mine, state))
        OLDEST.labels(channel.value).set(
            max(0.0, (moment - mine.since).total_seconds()) if mine.since else 0.0
        )
        HELD.labels(channel.value).set(channel in held)
    CALLS.set(calls.open)
    late = (moment - calls.since).total_seconds() if calls.since else 0.0
    LATE_CALL.set(max(0.0, late))
