"""Calls to api.weixin.qq.com: time-outs, bounded repeats where they are safe, no secrets in logs.

A failed call leaves nothing of its address or body behind, because both carry secrets.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any, Final

import aiohttp
import structlog
from prometheus_client import Counter, Histogram

from core import streams
from wechat.errors import AT_ONCE, BUSY, Unreachable

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
log = structlog.get_logger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=5.0, sock_connect=2.0)
TRIES: Final = 3
FIRST_WAIT_S: Final = 0.2
LARGEST_ANSWER: Final = 1 << 20

CALLS: Final = Counter("doorstep_wechat_calls_total", "Calls to WeChat", ["call", "outcome"])
LATENCY: Final = Histogram("doorstep_wechat_seconds", "Time for WeChat to answer", ["call"])


class Repeat(Enum):
    """When a call may be made again by itself.

    ANY: it changes nothing, or the same thing again. UNSENT: only when it cannot have been
    carried out, because the connection was never made or WeChat said that it was busy.
    """

    ANY = "any"
    UNSENT = "unsent"


async def pause(attempt: int) -> None:
    """Wait before the next try: twice as long each time, and never two callers in step."""
    await asyncio.sleep(FIRST_WAIT_S * 2**attempt * DICE.uniform(0.5, 1.5))


class _Lost(Exception):
    """No answer that can be read. `sent` says that the request may have arrived."""

    def __init__(self, *, sent: bool, why: str) -> None:
        super().__init__(why)
        self.sent, self.why = sent, why


class Transport:
    """One pool of connections to one address."""

    def __init__(self, url: str, *, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        self._url, self._timeout = url, timeout
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        name: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        repeat: Repeat,
    ) -> dict[str, Any]:
        """WeChat's answer, whatever its errcode. Raises Unreachable after the allowed tries."""
        return await self._patiently(name, repeat, lambda: self._once(method, path, params, body))

    async def _patiently(
        self, name: str, repeat: Repeat, once: Callable[[], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        for attempt in range(TRIES):
            last, began = attempt == TRIES - 1, time.perf_counter()
            try:
                answer = await once()
            except _Lost as lost:
                CALLS.labels(name, "lost").inc()
                log.warning("wechat_lost", call=name, why=lost.why, attempt=attempt)
                if last or (lost.sent and repeat is Repeat.UNSENT):
                    raise Unreachable("wechat_unreachable", BUSY, uncertain=lost.sent) from None
            else:
                errcode = errcode_of(answer)
                LATENCY.labels(name).observe(time.perf_counter() - began)
                CALLS.labels(name, str(errcode)).inc()
                if errcode not in AT_ONCE or last:
                    return answer
            await pause(attempt)
        raise AssertionError("the last try returns or raises")

    async def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"} if data is not None else {}
        try:
            async with self._pool().request(
                method, self._url + path, params=params, data=data, headers=headers
            ) as answer:
                raw = await streams.up_to(answer.content, LARGEST_ANSWER)
                status = answer.status
        except aiohttp.ConnectionTimeoutError:
            raise _Lost(sent=False, why="connect time-out") from None
        except aiohttp.ClientConnectorError:
            raise _Lost(sent=False, why="no connection") from None
        except TimeoutError:
            raise _Lost(sent=True, why="time-out") from None
        except aiohttp.ClientError as problem:
            raise _Lost(sent=True, why=type(problem).__name__) from None
        return _read(status, raw)

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def _read(status: int, raw: bytes) -> dict[str, Any]:
    """A JSON object; WeChat labels some as text."""
    if status >= 500:
        raise _Lost(sent=True, why=f"status {status}")
    try:
        answer = json.loads(raw)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise _Lost(sent=True, why=f"no JSON, status {status}")
    return answer


def errcode_of(answer: Mapping[str, Any]) -> int:
    """0 when all went well."""
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) else -1
