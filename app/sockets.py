"""Which Socket.IO namespaces there are, and how they learn who is speaking."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import socketio
import structlog
from aiohttp import web

from care.teleconsultation.listening import hears_consultation, hears_desk
from chat.sockets import ChatNamespace
from core import csrf
from core.live import SOCKETS
from people import sessions
from people.actor import Actor
from people.cards import alerts
from people.emergencies import TOPIC, hears_openings
from people.live import LiveNamespace
from people.sockets import CLOSE_EVERY_S, SignedInNamespace
from pharmacy.review import access as reviewing
from rtc.sockets import RoomNamespace
from rtc.switchboard import NAMESPACE as ROOMS
from rtc.switchboard import SWITCHBOARD, Switchboard

log = structlog.get_logger(__name__)

CATCH_UP_EVERY_S: Final = 10.0
LIVE: Final = web.AppKey("live", LiveNamespace)
CHAT: Final = web.AppKey("chat", ChatNamespace)


def register(app: web.Application) -> None:
    """Give the server of `app` every package's namespace."""
    sockets = app[SOCKETS]
    app[CHAT] = ChatNamespace(identify)
    sockets.register_namespace(app[CHAT])
    doors = {
        "desk": hears_desk,
        "consultation": hears_consultation,
        TOPIC: hears_openings,
        reviewing.TOPIC: reviewing.hears_review,
        alerts.TOPIC: alerts.hears_alerts,
    }
    app[LIVE] = LiveNamespace(identify, doors)
    sockets.register_namespace(app[LIVE])
    sockets.register_namespace(RoomNamespace(app[SWITCHBOARD]))


async def identify(environ: Mapping[str, Any]) -> Actor | None:
    """The signed-in person behind a handshake from one of our own pages."""
    request: web.Request = environ["aiohttp.request"]
    if not csrf.same_site(request):
        return None
    return await sessions.actor_from_cookies(request.cookies)


class RoomDoors:
    """Closes `/rtc` connections whose web session has ended.

    Who sits in a room is in a signed ticket, so `rtc` knows no session: it is read from the cookie
    that came with the handshake, once. A connection that never had a session lives by its ticket.
    """

    def __init__(self, sockets: socketio.AsyncServer, board: Switchboard) -> None:
        self._sockets, self._board = sockets, board
        self._sessions: dict[str, UUID | None] = {}

    async def close_ended(self) -> int:
        """Close them; return how many."""
        present = set(self._board.seated)
        for sid in set(self._sessions) - present:
            del self._sessions[sid]
        for sid in present - set(self._sessions):
            environ = self._sockets.get_environ(sid, namespace=ROOMS)
            actor = await identify(environ) if environ else None
            self._sessions[sid] = actor.session_id if actor else None
        known = {session for session in self._sessions.values() if session}
        ended = known - await sessions.alive(known) if known else set()
        sids = [sid for sid, session in self._sessions.items() if session in ended]
        for sid in sids:
            await self._sockets.disconnect(sid, namespace=ROOMS)
        return len(sids)


async def watching(app: web.Application) -> AsyncIterator[None]:
    """Close the sockets of people who have signed out, while the application runs."""
    rooms = RoomDoors(app[SOCKETS], app[SWITCHBOARD])
    watch = asyncio.create_task(_watch(app[LIVE], app[CHAT], rooms))
    listen = asyncio.create_task(_catch_up(app[CHAT]))
    yield
    for task in (watch, listen):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _catch_up(namespace: ChatNamespace) -> None:
    while True:
        await asyncio.sleep(CATCH_UP_EVERY_S)
        try:
            await namespace.catch_up()
        except Exception:
            log.exception("catching_up_failed")


async def _watch(*doors: SignedInNamespace[Any] | RoomDoors) -> None:
    while True:
        await asyncio.sleep(CLOSE_EVERY_S)
        for door in doors:
            try:
                await door.close_ended()
            except Exception:
                log.exception("closing_sockets_failed")
