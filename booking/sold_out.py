"""What a process remembers of slots that are full, for the blink of an eye.

In a release most requests hear "full". Asking the database each time would make the few who still
find something wait behind the many who do not; so it is asked once for all who ask at that moment.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import db
from core.gathering import Gathered

BELIEVED_S: Final = 0.2
"""So much later may a place that somebody gives back in another process be seen in this one."""

MOST: Final = 5000

FULL: Final = """
SELECT slot.id, made.key FROM {asked} JOIN booking_slot AS slot ON slot.id = asked.id
LEFT JOIN booking_appointment AS made ON made.slot_id = slot.id AND made.key IS NOT NULL
WHERE slot.remaining <= 0 AND slot.open
"""
"""No row of a slot: not full. Else the keys of those who got in, in the same view."""


@dataclass(frozen=True, slots=True)
class Full:
    """A slot without places: whose requests had won by then, and until when it is believed."""

    until: float
    won: frozenset[str | None]


_full: dict[UUID, Full] = {}


async def known(slot_id: UUID, key: str | None) -> bool:
    """Whether a slot that was full still is, and not through this very request."""
    found = _full.get(slot_id)
    if found is None or db.in_transaction_now():
        return False
    if found.until < time.monotonic():
        found = await _fulls.ask(slot_id)
    return found is not None and (key is None or key not in found.won)


async def remember(slot_id: UUID) -> None:
    """It was just seen to be full."""
    if slot_id not in _full and not db.in_transaction_now():
        await _fulls.ask(slot_id)


def forget(slot_id: UUID) -> None:
    """A place came back through this process."""
    _full.pop(slot_id, None)


async def _read(slot_ids: Sequence[UUID]) -> list[Full | None]:
    wanted = set(slot_ids)
    rows: dict[object, set[str | None]] = {}
    listed = db.listed([{"id": slot_id} for slot_id in wanted])
    for row in await db.fetch(FULL.format(asked=db.asked(id="uuid")), listed):
        rows.setdefault(row["id"], set()).add(row["key"])
    won = {db.as_id(slot_id): keys for slot_id, keys in rows.items()}
    if len(_full) + len(won) > MOST:
        _full.clear()
    until = time.monotonic() + BELIEVED_S
    for slot_id in wanted:
        if slot_id in won:
            _full[slot_id] = Full(until, frozenset(won[slot_id]))
        else:
            forget(slot_id)
    return [_full.get(slot_id) for slot_id in slot_ids]


_fulls: Final = Gathered(_read)
