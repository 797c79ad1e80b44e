"""Live hints: `something changed`, never the thing itself; the page fetches what is true.

A topic is a short string such as `staff:<id>`, `desk` or `consultation:<id>`. Who may listen to
which topic is decided where people are known. Processes without sockets (the worker) publish
through Redis; without Redis there is one process.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import socketio
import structlog
from aiohttp import web

from core import live_rooms
from core.doors import public

log = structlog.get_logger(__name__)

NAMESPACE: Final = "/live"
FAREWELL_S: Final = 3.0
SOCKETS: Final = web.AppKey("sockets", socketio.AsyncServer)

Hint = Callable[..., Awaitable[None]]
HINT: Final[web.AppKey[Hint]] = web.AppKey("hint")


def server(redis_url: str | None) -> socketio.AsyncServer:
    """The Socket.IO server of this process, joined to its siblings by Redis when there is one."""
    made = socketio.AsyncServer(
        async_mode="aiohttp",
        client_manager=live_rooms.rooms(redis_url),
        transports=["websocket"],
        cors_allowed_origins=None,
        max_http_buffer_size=256 * 1024,
        ping_interval=5,
        ping_timeout=10,
    )
    live_rooms.leave_uncompressed(made)
    return made


def attach(app: web.Application, sockets: socketio.AsyncServer) -> None:
    """Serve the sockets at `/socket.io/`; each namespace asks who connects."""

    @public
    async def connect(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await sockets.handle_request(request)
        return answer

    async def part(_: web.Application) -> None:
        await _say_goodbye(sockets)
        await sockets.manager.close()

    app.router.add_get("/socket.io/", connect, name="sockets")
    app.on_shutdown.append(part)


async def _say_goodbye(sockets: socketio.AsyncServer) -> None:
    """Close every connection while the house still stands.

    Left to the web server, connections end after their handlers were cancelled, which is after
    the database is closed: what a namespace notes of a disconnect would be lost.
    """
    try:
        async with asyncio.timeout(FAREWELL_S):
            while connected := list(sockets.eio.sockets):
                await asyncio.gather(*(sockets.eio.disconnect(sid) for sid in connected))
    except TimeoutError:  # somebody does not read any more
        log.info("sockets_left_open", count=len(sockets.eio.sockets))


def hinter(sockets: socketio.AsyncServer | socketio.AsyncManager) -> Hint:
    """A function `hint(topic, kind, **ids)` that tells every listener of a topic."""

    async def hint(topic: str, kind: str, **ids: Any) -> None:
        await sockets.emit(
            "changed",
            {"topic": topic, "kind": kind, **ids},
            room=topic,
            namespace=NAMESPACE,
        )

    return hint
