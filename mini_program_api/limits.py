"""How often one address and one account may call.

Counted by `limits` in windows of a minute or an hour: in Redis when there is one, else in this
process. When Redis is down, calls are let through: care is worth more than the count.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiohttp import web
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.aio.storage import Storage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.storage import storage_from_string

from core.errors import TooMany

log = structlog.get_logger(__name__)

PREFIX: Final = "doorstep-api"


@dataclass(frozen=True, slots=True)
class Rates:
    """What the house allows. A village shares few addresses (its mobile network's), so these are
    wide; what costs money or could be used to try out numbers is narrow, for one account.
    """

    address_per_minute: int = 1200
    sign_ins_per_minute: int = 60
    calls_per_minute: int = 600
    writes_per_minute: int = 120
    people_per_hour: int = 60
    loopback_is_free: bool = False


PEOPLE: Final = frozenset({"mp_add_patient", "mp_prove_patient", "mp_own_phone"})
"""Routes with which documents, codes and paid calls could be tried out."""
SIGN_IN: Final = "mp_sign_in"


class Memory(Storage):
    """Counters of this process; what has had its time goes when there are many."""

    STORAGE_SCHEME = ["async+doorstep"]
    MANY: Final = 20_000

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        self._counts: dict[str, tuple[int, float]] = {}
        super().__init__(uri, **options)

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        moment = time.time()
        count, until = self._counts.get(key, (0, 0.0))
        if until <= moment:
            count, until = 0, moment + expiry
        if len(self._counts) > self.MANY:
            self._counts = {k: v for k, v in self._counts.items() if v[1] > moment}
        self._counts[key] = (count + amount, until)
        return count + amount

    async def get(self, key: str) -> int:
        count, until = self._counts.get(key, (0, 0.0))
        return count if until > time.time() else 0

    async def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (0, time.time()))[1]

    async def check(self) -> bool:
        return True

    async def reset(self) -> int | None:
        count = len(self._counts)
        self._counts.clear()
        return count

    async def clear(self, key: str) -> None:
        self._counts.pop(key, None)


class Limiter:
    """Counts calls for one application."""

    def __init__(self, rates: Rates, redis_url: str | None = None) -> None:
        self.rates = rates
        storage: Any = Memory()
        if redis_url:
            storage = storage_from_string(
                f"async+{redis_url}", implementation="redispy", key_prefix=PREFIX
            )
        self._storage = storage
        self._counter = FixedWindowRateLimiter(storage)

    async def address(self, address: str, route: str) -> None:
        """One call from this address. Raises TooMany."""
        await self._hit(RateLimitItemPerMinute(self.rates.address_per_minute), "address", address)
        if route == SIGN_IN:
            limit = RateLimitItemPerMinute(self.rates.sign_ins_per_minute)
            await self._hit(limit, "sign-in", address)

    async def account(self, account_id: str, route: str, *, writes: bool) -> None:
        """One call of this account. Raises TooMany."""
        await self._hit(RateLimitItemPerMinute(self.rates.calls_per_minute), "calls", account_id)
        if writes:
            limit = RateLimitItemPerMinute(self.rates.writes_per_minute)
            await self._hit(limit, "writes", account_id)
        if route in PEOPLE:
            narrow = RateLimitItemPerHour(self.rates.people_per_hour)
            await self._hit(narrow, route, account_id)

    async def close(self) -> None:
        """Let Redis go."""
        bridge = getattr(self._storage, "bridge", None)
        if bridge is not None:
            await bridge.storage.aclose()

    async def _hit(self, limit: RateLimitItem, *what: str) -> None:
        try:
            allowed = await self._counter.hit(limit, *what)
            window = None if allowed else await self._counter.get_window_stats(limit, *what)
        except Exception:
            log.warning("rate_limits_uncounted", exc_info=True)
            return
        if window is not None:
            raise too_many(max(1, round(window.reset_time - time.time())))


def too_many(seconds: int) -> TooMany:
    """The refusal, with the wait in words."""
    wait = f"{seconds} 秒" if seconds <= 90 else f"{-(-seconds // 60)} 分钟"
    return TooMany("too_many_requests", f"操作太频繁了,请过 {wait}再试。", retry_after_s=seconds)


LIMITER: Final = web.AppKey("api_limiter", Limiter)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Let Redis go with the application."""
    yield
    await app[LIMITER].close()
