"""Answers that are often asked for again: 304 with no body when nothing has changed."""

import functools
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

_SHOWN: Final[web.RequestKey[Callable[[], Awaitable[None]]]] = web.RequestKey("etags_when_shown")
CACHE: Final = "private, no-cache"
"""Keep it on this phone only, and ask before it is shown again."""


def revalidated(handler: Callable[..., Awaitable[web.StreamResponse]]) -> Any:
    """Give a GET an ETag over what it answers, and honour If-None-Match."""

    @functools.wraps(handler)
    async def handle(request: web.Request, *args: Any, **kwargs: Any) -> web.StreamResponse:
        response = await handler(request, *args, **kwargs)
        if response.status != 200 or not isinstance(response, web.Response):
            return response
        tag = tag_of(response.body)
        if tag in seen(request.headers.get("If-None-Match", "")):
            response = web.Response(status=304)
        elif _SHOWN in request:
            await request[_SHOWN]()
        response.headers["ETag"] = f'"{tag}"'
        response.headers["Cache-Control"] = CACHE
        return response

    described: Any = handle
    described.revalidated = True
    return handle


def when_shown(request: web.Request, then: Callable[[], Awaitable[None]]) -> None:
    """Do this when the answer is handed out, and not when the caller has it already."""
    request[_SHOWN] = then


def tag_of(body: Any) -> str:
    """The tag of a body; equal bodies have equal tags, in every process."""
    return hashlib.sha256(bytes(body or b"")).hexdigest()[:32]


def seen(header: str) -> set[str]:
    """The tags a client says it holds; weak ones count like strong ones."""
    return {part.strip().removeprefix("W/").strip('"') for part in header.split(",")}
