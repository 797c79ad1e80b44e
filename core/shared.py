"""Answers that are the same for everybody: made once for all who ask at the same moment."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from core.gathering import Gathered
from core.http import rendered


def same_for_all(handler: Callable[..., Awaitable[web.StreamResponse]]) -> Any:
    """Mark a GET whose answer depends on its address only, never on who asks.

    Nothing is kept: whoever asks gets what was read after they asked.
    """

    async def answer(requests: Sequence[web.Request]) -> list[web.StreamResponse]:
        firsts = {request.path_qs: request for request in reversed(requests)}
        made = await asyncio.gather(*(handler(request) for request in firsts.values()))
        found = dict(zip(firsts, made, strict=True))
        return [found[request.path_qs] for request in requests]

    gathered = Gathered(answer)

    @functools.wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        made = await gathered.ask(request)
        if not isinstance(made, web.Response):
            return made
        if not isinstance(made.body, bytes):
            return web.Response(status=made.status)
        return rendered(made.body, status=made.status)

    return handle
