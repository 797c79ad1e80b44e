"""Counting calls, in windows of a minute or an hour that begin with the first one.

Counted in Redis (by `limits`) when there is one, else in this process. When Redis is down, calls
are let through: care is worth more than the count.
"""

import time
from typing import Any, Final

import structlog
from limits.storage import storage_from_string

from core.errors import TooMany

log = structlog.get_logger(__name__)

MINUTE: Final = 60
HOUR: Final = 3600


class Memory:
    """Counters of this process; what has had its time goes when there are many."""

    MANY: Final = 20_000

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, float]] = {}

    def add(self, key: str, expiry: float) -> int:
        """Count once more; how often it was by now, in the window that began with the first."""
        moment = time.time()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= moment:
            count, until = 0, moment + expiry
        if len(self._counts) > self.MANY:
            self._counts = {k: v for k, v in self._counts.items() if v[1] > moment}
        self._counts[key] = (count + 1, until)
        return count + 1

    def ends(self, key: str) -> float:
        """When its window ends."""
        return self._counts.get(key, (0, time.time()))[1]


Limit = tuple[int, int, str]
"""So many in so many seconds of this."""


class Counter:
    """Counts for one application. `prefix` keeps its counts in Redis apart from others'."""

    def __init__(self, prefix: str, redis_url: str | None = None) -> None:
        self._here = Memory()
        self._redis: Any = redis_url and storage_from_string(
            f"async+{redis_url}", implementation="redispy", key_prefix=prefix
        )

    async def hit(self, *limits: Limit) -> None:
        """One more of each of these. Raises TooMany at the first that is too much."""
        for most, seconds, what in limits:
            if self._redis:
                await self._hit_in_redis(most, seconds, what)
            elif self._here.add(what, seconds) > most:
                raise too_many(self._here.ends(what))

    async def _hit_in_redis(self, most: int, seconds: int, what: str) -> None:
        try:
            if await self._redis.incr(what, seconds) <= most:
                return
            until: float = await self._redis.get_expiry(what)
        except Exception:
            log.warning("rate_limits_uncounted", exc_info=True)
            return
        raise too_many(until)

    async def close(self) -> None:
        """Let Redis go."""
        if self._redis:
            await self._redis.bridge.storage.aclose()


def too_many(until: float) -> TooMany:
    """The refusal, with the wait in words."""
    seconds = max(1, round(until - time.time()))
    wait = f"{seconds} 秒" if seconds <= 90 else f"{-(-seconds // 60)} 分钟"
    return TooMany("too_many_requests", f"操作太频繁了,请过 {wait}再试。", retry_after_s=seconds)
