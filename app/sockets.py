"""Which Socket.IO namespaces there are, and how they learn who is speaking."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final

import structlog
from aiohttp import web

from care.teleconsultation.listening import hears_consultation, hears_desk
from chat.sockets import ChatNamespace
from core import csrf
from core.live import SOCKETS
from people import sessions
from people.actor import Actor
from people.live import CLOSE_EVERY_S, LiveNamespace
from rtc.sockets import RoomNamespace
from rtc.switchboard import SWITCHBOARD

log = structlog.get_logger(__name__)

LIVE: Final = web.AppKey("live", LiveNamespace)


def register(app: web.Application) -> None:
    """Give the server of `app` every package's namespace."""
    sockets = app[SOCKETS]
    sockets.register_namespace(ChatNamespace(identify))
    doors = {"desk": hears_desk, "consultation": hears_consultation}
    app[LIVE] = LiveNamespace(identify, doors)
    sockets.register_namespace(app[LIVE])
    sockets.register_namespace(RoomNamespace(app[SWITCHBOARD]))


async def identify(environ: Mapping[str, Any]) -> Actor | None:
    """The signed-in person behind a handshake from one of our own pages."""
    request: web.Request = environ["aiohttp.request"]
    if not csrf.same_site(request):
        return None
    return await sessions.actor_from_cookies(request.cookies)


async def watching(app: web.Application) -> AsyncIterator[None]:
    """Close the sockets of people who have signed out, while the application runs."""
    watch = asyncio.create_task(_watch(app[LIVE]))
    yield
    watch.cancel()
    with suppress(asyncio.CancelledError):
        await watch


async def _watch(namespace: LiveNamespace) -> None:
    while True:
        await asyncio.sleep(CLOSE_EVERY_S)
        try:
            await namespace.close_ended()
        except Exception:
            log.exception("closing_sockets_failed")
