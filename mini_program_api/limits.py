"""How often one address and one account may call (`core.limits` counts)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from core.limits import HOUR, MINUTE, Counter, Limit

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


class Limiter:
    """Counts calls for one application."""

    def __init__(self, rates: Rates, redis_url: str | None = None) -> None:
        self.rates = rates
        self._counter = Counter(PREFIX, redis_url)

    async def address(self, address: str, route: str) -> None:
        """One call from this address. Raises TooMany."""
        limits: list[Limit] = [(self.rates.address_per_minute, MINUTE, f"address/{address}")]
        if route == SIGN_IN:
            limits.append((self.rates.sign_ins_per_minute, MINUTE, f"sign-in/{address}"))
        await self._counter.hit(*limits)

    async def account(self, account_id: str, route: str, *, writes: bool) -> None:
        """One call of this account. Raises TooMany."""
        limits: list[Limit] = [(self.rates.calls_per_minute, MINUTE, f"calls/{account_id}")]
        if writes:
            limits.append((self.rates.writes_per_minute, MINUTE, f"writes/{account_id}"))
        if route in PEOPLE:
            limits.append((self.rates.people_per_hour, HOUR, f"{route}/{account_id}"))
        await self._counter.hit(*limits)

    async def close(self) -> None:
        """Let Redis go."""
        await self._counter.close()


LIMITER: Final = web.AppKey("api_limiter", Limiter)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Let Redis go with the application."""
    yield
    await app[LIMITER].close()
