"""The gateway: what we ask of one, and a client for one over signed HTTP.

`POST {url}/messages {number, phone, text}` answers `{"id": …}`, or 4xx with a `code`: `number`,
`blocked` or `text`; 429 and 5xx mean later. `number` is ours: the same one again is answered as
the first time and reaches nobody twice.
"""

import json
from typing import Final, Protocol

import aiohttp

from core import streams
from core.errors import Conflict, Problem, Unavailable
from notifications.sms.signing import Gateway, signed

TIMEOUT: Final = aiohttp.ClientTimeout(total=8, sock_connect=2)
LARGEST: Final = 1 << 16
REFUSALS: Final = frozenset({"number", "blocked", "text"})
SILENT: Final = "短信通道暂时没有回应,系统会自动再发。"
REFUSED: Final = "短信通道没有收这条短信。"


class TextMessages(Protocol):
    """Whoever carries text messages. Raises Problem with a code of `notifications.rules`."""

    async def send(self, number: str, phone: str, text: str) -> str:
        """Their name for it; the same for the same number."""

    async def close(self) -> None:
        """Let the connections go."""


class HttpGateway:
    """The one at this address."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(self, number: str, phone: str, text: str) -> str:
        """Hand it in. Raises Unavailable to be tried later, Conflict when never taken."""
        body = json.dumps({"number": number, "phone": phone, "text": text}, ensure_ascii=False)
        raw = body.encode()
        headers = signed(self._gateway.secret, "POST", "/messages", raw)
        try:
            async with self._pool().post(
                f"{self._gateway.url}/messages", data=raw, headers=headers
            ) as answer:
                said = await streams.up_to(answer.content, LARGEST)
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            raise Unavailable("sms_silent", SILENT) from None
        return _read(status, said)

    def _pool(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        return self._session


def _read(status: int, raw: bytes) -> str:
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("sms_silent", SILENT)
    if status in (200, 201) and found.get("id"):
        return str(found["id"])[:64]
    raise _problem(status, str(found.get("code", "")))


def _problem(status: int, code: str) -> Problem:
    if status < 500 and status != 429 and code in REFUSALS:
        return Conflict(f"sms_{code}", REFUSED)
    return Unavailable("sms_busy", SILENT)
