"""How fast a channel may be filled: a bucket for each, a row that all processes draw from."""

import time
from typing import Final

from tortoise.exceptions import IntegrityError

from notifications.models import Bucket, Channel

BURST_S: Final = 1.0
"""So many seconds' worth may go at once."""
TRIES: Final = 5


async def draw(channel: Channel, most: int, per_second: float) -> int:
    """Permission for up to so many messages now; 0 when others were faster."""
    size = max(1.0, per_second * BURST_S)
    for _ in range(TRIES):
        row = await _bucket(channel, size)
        moment = time.time()
        filled = min(size, row.level + max(0.0, moment - row.at) * per_second)
        drawn = min(most, int(filled))
        if drawn <= 0:
            return 0
        mine = Bucket.filter(channel=channel.value, level=row.level, at=row.at)
        if await mine.update(level=filled - drawn, at=moment):
            return drawn
    return 0


async def give_back(channel: Channel, count: int) -> None:
    """What was not needed. A race costs permissions, never adds any."""
    row = await Bucket.get_or_none(channel=channel.value)
    if row is not None and count:
        same = Bucket.filter(channel=channel.value, level=row.level, at=row.at)
        await same.update(level=row.level + count)


async def _bucket(channel: Channel, size: float) -> Bucket:
    found = await Bucket.get_or_none(channel=channel.value)
    if found is not None:
        return found
    try:
        return await Bucket.create(channel=channel.value, level=size, at=time.time())
    except IntegrityError:  # two first ones
        return await Bucket.get(channel=channel.value)
