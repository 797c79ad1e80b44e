"""What every call of the resident's API passes: size, counts, and what may be kept of an answer."""

import functools
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from aiohttp import web

from core.context import origin
from core.db import as_text
from core.errors import TooLarge
from core.http import Handler
from mini_program_api.limits import LIMITER
from people.residents.actor import RESIDENT_KEY

H = TypeVar("H", bound=Callable[..., object])
BASE: Final = "/api/mp/v1"
_INSIDE: Final = f"{BASE}/"
LARGEST: Final = 64 * 1024
"""Bytes of a body; the largest sensible one is a tenth of that."""
LARGEST_PICTURE: Final = 8 * 1024 * 1024
"""Bytes of a body with a picture in it (base64), where a route takes one."""
LARGEST_FILE: Final = 21 * 1024 * 1024
"""Bytes of a body with a file in it; what is in it is `core.blobs`' and `chat.voice`'s to judge."""
WORTH_PACKING: Final = 1200
"""Bytes that fill more than a packet: on a slow line a list is worth a tenth of its size."""
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
def guard(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
    """Before anybody is looked up: the address's count and the body's size."""
    return _guarded(request, handler) if is_ours(request) else handler(request)


async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    limiter = request.app[LIMITER]
    if not (limiter.rates.loopback_is_free and _is_loopback(origin().address)):
        await limiter.address(origin().address, request.match_info.route.name or "")
    try:
        response = await handler(_bounded(request))
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("body_too_large", "提交的内容太多了,请减少一些再试。") from None
    if not response.prepared:
        response.headers.setdefault("Cache-Control", "no-store")
        if isinstance(response, web.Response) and _size(response) > WORTH_PACKING:
            response.enable_compression()
            response.headers["Vary"] = "Accept-Encoding"
    return response


@web.middleware
async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
    """After the session is known: the account's count."""
    resident = request.get(RESIDENT_KEY)
    if resident is not None and is_ours(request):
        await request.app[LIMITER].account(
            as_text(resident.account_id),
            request.match_info.route.name or "",
            writes=request.method not in READS,
        )
    return await handler(request)


def pictures(handler: H) -> H:
    """Mark a route whose body brings a picture."""
    marked: Any = handler
    marked.largest_body = LARGEST_PICTURE
    return handler


def files(handler: H) -> H:
    """Mark a route that takes a file as multipart."""
    marked: Any = handler
    marked.largest_body = LARGEST_FILE
    return handler


def _bounded(request: web.Request) -> web.Request:
    """The request, which refuses to be read when it is too large; most say their size before."""
    largest = getattr(request.match_info.handler, "largest_body", LARGEST)
    length = request.content_length
    if length is None and request.can_read_body:
        return request.clone(client_max_size=largest)
    if (length or 0) > largest:
        raise web.HTTPRequestEntityTooLarge(largest, length or 0)
    return request


def _size(response: web.Response) -> int:
    return len(response.body) if isinstance(response.body, bytes) else 0


def is_ours(request: web.Request) -> bool:
    """Whether the request is for the resident's API."""
    return request.path.startswith(_INSIDE)


@functools.lru_cache(maxsize=1024)
def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
