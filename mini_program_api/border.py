"""What every call of the resident's API passes: size, counts, and what may be kept of an answer."""

import ipaddress
from typing import Final

from aiohttp import web

from core.context import origin
from core.errors import TooLarge
from core.http import Handler
from mini_program_api.limits import LIMITER
from people.residents.actor import RESIDENT_KEY

BASE: Final = "/api/mp/v1"
LARGEST: Final = 64 * 1024
"""Bytes of a body; the largest sensible one is a tenth of that."""
WORTH_PACKING: Final = 1200
"""Bytes that fill more than a packet: on a slow line a list is worth a tenth of its size."""
READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Before anybody is looked up: the address's count and the body's size."""
    if not is_ours(request):
        return await handler(request)
    limiter = request.app[LIMITER]
    if not (limiter.rates.loopback_is_free and _is_loopback(origin().address)):
        await limiter.address(origin().address, request.match_info.route.name or "")
    try:
        response = await handler(request.clone(client_max_size=LARGEST))
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
    if is_ours(request) and RESIDENT_KEY in request:
        await request.app[LIMITER].account(
            str(request[RESIDENT_KEY].account_id),
            request.match_info.route.name or "",
            writes=request.method not in READS,
        )
    return await handler(request)


def _size(response: web.Response) -> int:
    return len(response.body) if isinstance(response.body, bytes) else 0


def is_ours(request: web.Request) -> bool:
    """Whether the request is for the resident's API."""
    return request.path.startswith(f"{BASE}/")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
