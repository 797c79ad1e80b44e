"""What the tests of `core` share."""

from core.clock import now
from core.outbox import OutboxEntry


async def make_entry(**values) -> OutboxEntry:
    """An outbox row that nobody reacts to."""
    moment = now()
    given = {"name": "test.row", "payload": {}, "recorded_at": moment, "due_at": moment}
    return await OutboxEntry.create(**given | values)
