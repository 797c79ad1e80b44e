"""How fast a channel may be filled: a bucket for each, a row that all processes draw from."""

import time
from typing import Final

from core import db
from notifications.models import Bucket, Channel

BURST_S: Final = 1.0
"""So many seconds' worth may go at once."""
TRIES: Final = 5
LOOK: Final = "SELECT level, at FROM notifications_bucket WHERE channel = $1"
MOVE: Final = """
UPDATE notifications_bucket SET level = $1, at = $2
WHERE channel = $3 AND level = $4 AND at = $5
"""


async def draw(channel: Channel, most: int, per_second: float) -> int:
    """Permission for up to so many messages now; 0 when others were faster."""
    size = max(1.0, per_second * BURST_S)
    for _ in range(TRIES):
        level, at = await _look(channel) or await _first(channel, size)
        moment = time.time()
        filled = min(size, level + max(0.0, moment - at) * per_second)
        drawn = min(most, int(filled))
        if drawn <= 0:
            return 0
        if await _move(channel, filled - drawn, moment, (level, at)):
            return drawn
    return 0


async def give_back(channel: Channel, count: int) -> None:
    """What was not needed. A race costs permissions, never adds any."""
    found = await _look(channel)
    if found is not None and count:
        level, at = found
        await _move(channel, level + count, at, found)


async def _look(channel: Channel) -> tuple[float, float] | None:
    for row in await db.fetch(LOOK, channel.value):
        return row["level"], row["at"]
    return None


async def _move(channel: Channel, level: float, at: float, seen: tuple[float, float]) -> int:
    values = [level, at, channel.value, *seen]
    moved, _ = await db.connection().execute_query(MOVE, values)
    return moved


async def _first(channel: Channel, size: float) -> tuple[float, float]:
    """Of two first ones one writes the row."""
    mine = Bucket(channel=channel.value, level=size, at=time.time())
    await Bucket.bulk_create([mine], ignore_conflicts=True)
    return await _look(channel) or (size, mine.at)
