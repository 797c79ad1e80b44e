"""What a process remembers of slots that are full, for the blink of an eye.

In a release most requests hear "full". Asking the database each time would make the few who still
find something wait behind the many who do not; so it is asked once for all who ask at that moment.
"""

import asyncio
import time
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import db

BELIEVED_S: Final = 0.2
"""So much later may a place that somebody gives back in another process be seen in this one."""

MOST: Final = 5000

FULL: Final = """
SELECT made.key FROM booking_slot LEFT JOIN booking_appointment AS made
  ON made.slot_id = booking_slot.id AND made.key IS NOT NULL
WHERE booking_slot.id = $1 AND remaining <= 0 AND open
"""
"""No row: not full. Else the keys of those who got in, in the same view of the database."""


@dataclass(frozen=True, slots=True)
class Full:
    """A slot without places: whose requests had won by then, and until when it is believed."""

    until: float
    won: frozenset[str | None]


_full: dict[UUID, Full] = {}
_asking: dict[UUID, asyncio.Task[Full | None]] = {}


async def known(slot_id: UUID, key: str | None) -> bool:
    """Whether a slot that was full still is, and not through this very request."""
    found = _full.get(slot_id)
    if found is None or db.in_transaction_now():
        return False
    if found.until < time.monotonic():
        found = await _asked(slot_id)
    return found is not None and (key is None or key not in found.won)


async def remember(slot_id: UUID) -> None:
    """It was just seen to be full."""
    if slot_id not in _full and not db.in_transaction_now():
        await _asked(slot_id)


def forget(slot_id: UUID) -> None:
    """A place came back through this process."""
    _full.pop(slot_id, None)


async def _asked(slot_id: UUID) -> Full | None:
    """One question for all who ask meanwhile; who goes away does not take it from the others."""
    task = _asking.get(slot_id)
    if task is None:
        task = _asking[slot_id] = asyncio.create_task(_ask(slot_id))
    return await asyncio.shield(task)


async def _ask(slot_id: UUID) -> Full | None:
    try:
        _, rows = await db.connection().execute_query(FULL, [str(slot_id)])
        if not rows:
            forget(slot_id)
            return None
        if len(_full) >= MOST:
            _full.clear()
        won = frozenset(row["key"] for row in rows)
        found = _full[slot_id] = Full(time.monotonic() + BELIEVED_S, won)
        return found
    finally:
        del _asking[slot_id]
