"""`python -m bench.chat.bare - PORT`: python-socketio passing messages on, and nothing else.

The same server settings as the house, no session, no membership, no database: each message is
emitted to its room and acknowledged. Prints `ready` when it serves.
"""

import asyncio
import sys
from typing import Any

import socketio
import uvloop
from aiohttp import web

from chat.live import NAMESPACE
from core import live


class Passing(socketio.AsyncNamespace):  # type: ignore[misc]
    """Rooms, and messages into them."""

    async def on_connect(self, sid: str, environ: Any, auth: Any = None) -> None:
        """Everybody may."""

    async def on_open(self, sid: str, given: dict[str, Any]) -> dict[str, Any]:
        """Enter the room."""
        await self.enter_room(sid, given["conversation"])
        return {"ok": True}

    async def on_post(self, sid: str, given: dict[str, Any]) -> dict[str, Any]:
        """Pass it on to everybody in the room."""
        await self.emit("message", given, room=given["conversation"])
        return {"ok": True}


async def serve(port: int) -> None:
    """Serve until killed."""
    sockets = socketio.AsyncServer(
        async_mode="aiohttp",
        transports=["websocket"],
        cors_allowed_origins=None,
        max_http_buffer_size=256 * 1024,
        ping_interval=5,
        ping_timeout=10,
    )
    sockets.register_namespace(Passing(NAMESPACE))
    app = web.Application()
    live.attach(app, sockets)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[2])))
