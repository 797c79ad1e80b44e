"""Answers that go out in one piece, and the security headers on everything.

aiohttp writes any response there may be: streams, chunks, upgrades. What a program is answered
here is nearly always a short text, and writing that takes less than asking what it might have been.
"""

import functools
import time
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any, Final, cast

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import SERVER_SOFTWARE

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self' ws: wss:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
SECURE: Final = SECURITY | {"Strict-Transport-Security": "max-age=31536000"}
"""Over TLS."""
PACKED_AT_ONCE: Final = 64 * 1024
"""Bytes that are compressed in a millisecond: less than handing them to a thread and back."""


def secure(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Put the security headers on an answer that has not set its own."""
    for name, value in (SECURE if request.secure else SECURITY).items():
        response.headers.setdefault(name, value)


class Whole(web.Response):
    """A body that is there already, and the security headers; others may be added as always.

    Packed, chunked, with a cookie, before the connection closes, in answer to HEAD or in an older
    HTTP it is written by aiohttp. `on_response_prepare` is not told of the others.
    """

    def __init__(self, body: bytes, *, content_type: str, status: int = 200) -> None:
        super().__init__(
            body=body,
            status=status,
            headers={hdrs.CONTENT_TYPE: content_type},
            zlib_executor_size=PACKED_AT_ONCE,
        )
        self._asked: web.BaseRequest | None = None
        self._sent = self._has_cookie = False

    def set_cookie(self, *given: Any, **more: Any) -> None:
        """As always."""
        self._has_cookie = True
        super().set_cookie(*given, **more)

    @property
    def prepared(self) -> bool:
        """Whether it is on its way and takes no more headers."""
        return self._asked is not None or super().prepared

    @property
    def keep_alive(self) -> bool | None:
        """Whether the connection stays."""
        return True if self._asked is not None else super().keep_alive

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Begin: what can go out in one piece waits for `write_eof`."""
        if self._asked is not None:
            return None
        if self._is_ordinary(request):
            self._asked = request
            return None
        secure(request, self)
        return await super().prepare(request)

    def _is_ordinary(self, request: web.BaseRequest) -> bool:
        return (
            request.version == HttpVersion11
            and request.keep_alive
            and request.method != hdrs.METH_HEAD
            and not (self._has_cookie or self.compression or self.chunked)
            and super().keep_alive is None
            and not super().prepared
        )

    async def write_eof(self, data: bytes = b"") -> None:
        """Send it. Raises ConnectionResetError when nobody is there any more."""
        if self._asked is None:
            await super().write_eof(data)
            return
        if self._sent:
            return
        self._sent = True
        transport, body = self._asked.transport, cast(bytes, self.body)
        if transport is None or transport.is_closing():
            raise ConnectionResetError("the caller has gone")
        begins = _beginning(self.status, self.reason, self._asked.secure)
        own = _lines(self.headers)
        transport.write(
            b"%bDate: %b\r\nContent-Length: %d\r\n%b\r\n%b"
            % (begins, _date(int(time.time())), len(body), own, body)
        )
        await self._asked.writer.drain()  # who asks and does not read is answered no more


def _lines(headers: Mapping[str, str]) -> bytes:
    """Headers as they are sent. Raises ValueError for one that would be several, or is no text."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    if not all(map(str.isprintable, lines)):
        raise ValueError("a header must be one line of text")
    return "\r\n".join([*lines, ""]).encode()


@functools.lru_cache(maxsize=128)
def _beginning(status: int, reason: str, secure: bool) -> bytes:
    """The status line, and the headers that are the same in every answer."""
    same = {**(SECURE if secure else SECURITY), hdrs.SERVER: SERVER_SOFTWARE}
    return f"HTTP/1.1 {status} {reason}\r\n".encode() + _lines(same)


@functools.lru_cache(maxsize=1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()
