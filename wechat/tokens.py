"""The app's access token: one for all processes, fetched by one of them at a time.

Every fetch that is not needed may end somebody else's token, so the row in `wechat_access_token`
decides: whoever gets its lease fetches, the others wait for the row or go on with the token that
still holds. `/cgi-bin/stable_token` gives the same token until five minutes before its end and
lets the old one live for those five minutes, so ours is renewed within them.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from core import clock
from core.errors import Problem
from wechat.errors import BUSY, Unreachable
from wechat.models import AccessToken

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
log = structlog.get_logger(__name__)

EARLY: Final = timedelta(minutes=4)
FETCH_S: Final = 8.0
LEASE: Final = timedelta(seconds=10)
WAIT_S: Final = 12.0
LOOK_EVERY_S: Final = 0.1
AFTER_FAILURE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Token:
    """What WeChat gave, and until when it holds."""

    value: str = field(repr=False)
    expires_at: datetime

    def holds(self, *, margin: timedelta = timedelta()) -> bool:
        """Whether it may still be used."""
        return self.expires_at - margin > clock.now()


Fetch = Callable[[bool], Awaitable[Token]]


class Tokens:
    """This process's way to the token of one app. `fetch(force)` asks WeChat."""

    def __init__(self, app_id: str, fetch: Fetch) -> None:
        self._app_id, self._fetch = app_id, fetch
        self._known: Token | None = None
        self._lock = asyncio.Lock()
        self._failed: tuple[float, Problem] | None = None

    async def get(self, *, stale: str = "") -> str:
        """A token that holds, and is not `stale`, which WeChat has just refused.

        Raises Unreachable, or Misconfigured when WeChat does not know us.
        """
        if token := self._at_hand(stale):
            return token.value
        async with self._lock:
            if token := self._at_hand(stale):
                return token.value
            self._raise_recent_failure()
            self._known = await self._find(stale)
            return self._known.value

    def _at_hand(self, stale: str) -> Token | None:
        known = self._known
        if known and known.value != stale and known.holds(margin=EARLY):
            return known
        return None

    def _raise_recent_failure(self) -> None:
        """Callers that waited for a fetch that failed share its fate instead of storming."""
        if self._failed and time.monotonic() - self._failed[0] < AFTER_FAILURE_S:
            raise self._failed[1]

    async def _find(self, stale: str) -> Token:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            row = await self._row()
            usable = _usable(row, stale)
            if usable and usable.holds(margin=EARLY):
                return usable
            if lease := await self._take_lease(row):
                return await self._renew(row, lease, stale, usable)
            if usable:
                return usable
            await asyncio.sleep(LOOK_EVERY_S * DICE.uniform(0.5, 1.5))
        raise Unreachable("wechat_unreachable", BUSY)

    async def _row(self) -> AccessToken:
        row = await AccessToken.get_or_none(app_id=self._app_id)
        if row is None:
            await AccessToken.bulk_create(
                [AccessToken(app_id=self._app_id, token="")], ignore_conflicts=True
            )
            row = await AccessToken.get(app_id=self._app_id)
        return row

    async def _take_lease(self, row: AccessToken) -> str | None:
        """Become the one who fetches, unless somebody is at it or has just done it."""
        moment, lease = clock.now(), secrets.token_hex(8)
        mine = AccessToken.filter(app_id=row.app_id, generation=row.generation)
        if row.lease is None:
            mine = mine.filter(lease__isnull=True)
        elif row.leased_until is not None and row.leased_until > moment:
            return None
        else:
            mine = mine.filter(lease=row.lease)
        return lease if await mine.update(lease=lease, leased_until=moment + LEASE) else None

    async def _renew(self, row: AccessToken, lease: str, stale: str, usable: Token | None) -> Token:
        try:
            token = await self._ask(stale)
        except Problem as problem:
            await self._give_up(lease)
            if usable:
                log.warning("wechat_token_kept", app_id=self._app_id)
                return usable
            self._failed = (time.monotonic(), problem)
            raise
        except BaseException:
            await self._give_up(lease)
            raise
        await AccessToken.filter(app_id=self._app_id, lease=lease).update(
            token=token.value,
            expires_at=token.expires_at,
            generation=row.generation + 1,
            lease=None,
            leased_until=None,
        )
        log.info("wechat_token_renewed", app_id=self._app_id, generation=row.generation + 1)
        return token

    async def _ask(self, stale: str) -> Token:
        """Fetch; only when WeChat returns the very token it has refused, insist on another."""
        try:
            async with asyncio.timeout(FETCH_S):
                token = await self._fetch(False)
                return await self._fetch(True) if token.value == stale else token
        except TimeoutError:
            raise Unreachable("wechat_unreachable", BUSY) from None

    async def _give_up(self, lease: str) -> None:
        await AccessToken.filter(app_id=self._app_id, lease=lease).update(
            lease=None, leased_until=None
        )


def _usable(row: AccessToken, stale: str) -> Token | None:
    if not row.token or row.token == stale or row.expires_at is None:
        return None
    token = Token(row.token, row.expires_at)
    return token if token.holds() else None
