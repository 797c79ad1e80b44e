"""Socket.IO's rooms, told and left at what it costs (docs/adr/0039).

python-socketio 5 makes a task for each person it tells and waits for all of them: three turns of
the event loop for each message, one message after the other. And it looks through every room there
is when one person leaves. Here a push goes into the queue of each line at once, so pushes stay in
the order they were made, and who leaves is taken out of the rooms they are in.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import redis.asyncio
import socketio
import structlog
from engineio.async_drivers import aiohttp as driver
from engineio.packet import MESSAGE
from engineio.packet import Packet as Frame
from socketio.packet import EVENT

log = structlog.get_logger(__name__)

MOST_WAITING: Final = 10_000
"""Pushes on their way to Redis. When it hangs, the rest is dropped: pushes are hints."""


class Rooms(socketio.AsyncManager):  # type: ignore[misc]
    """The rooms of this process."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._entered: dict[tuple[str, str], set[str | None]] = {}

    async def emit(
        self,
        event: str,
        data: Any,
        namespace: str,
        room: Any = None,
        skip_sid: Any = None,
        callback: Any = None,
        to: Any = None,
        **options: Any,
    ) -> None:
        """Tell everybody in the room. Nothing is waited for unless an answer is wanted."""
        if callback is not None:
            await super().emit(
                event, data, namespace, room, skip_sid, callback=callback, to=to, **options
            )
            return
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        frames: list[Frame] = []
        for sid, line_id in self.get_participants(namespace, to or room):
            line = self.server.eio.sockets.get(line_id)
            if sid in skipped or line is None or line.closed:
                continue
            frames = frames or self._frames(event, data, namespace)
            for frame in frames:
                line.queue.put_nowait(frame)

    def _frames(self, event: str, data: Any, namespace: str) -> list[Frame]:
        values = [] if data is None else data if isinstance(data, tuple) else [data]
        made = self.server.packet_class(EVENT, namespace=namespace, data=[event, *values]).encode()
        return [Frame(MESSAGE, part) for part in (made if isinstance(made, list) else [made])]

    def basic_enter_room(
        self, sid: str, namespace: str, room: str | None, eio_sid: str | None = None
    ) -> None:
        """Enter, and note it for the leaving."""
        super().basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        self._entered.setdefault((namespace, sid), set()).add(room)

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Leave one room."""
        super().basic_leave_room(sid, namespace, room)
        self._entered.get((namespace, sid), set()).discard(room)

    async def close(self) -> None:
        """The process ends."""

    def basic_disconnect(self, sid: str, namespace: str, **_: Any) -> None:
        """Leave every room one is in, and only these are looked at."""
        for room in self._entered.pop((namespace, sid), ()):
            super().basic_leave_room(sid, namespace, room)
        self.callbacks.pop(sid, None)
        for pending in (self.pending_connect, self.pending_disconnect):
            if sid in pending.get(namespace, ()):
                pending[namespace].remove(sid)
                if not pending[namespace]:
                    del pending[namespace]


class JoinedRooms(socketio.AsyncRedisManager, Rooms):  # type: ignore[misc]
    """The rooms of all processes, joined by Redis.

    What is to be told elsewhere leaves in order, many in one round trip, and nobody waits for it.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._way_out = redis.asyncio.from_url(url, socket_timeout=5)
        self._outgoing: list[str] = []
        self._sending: asyncio.Task[None] | None = None

    async def _publish(self, data: dict[str, Any]) -> None:
        if len(self._outgoing) >= MOST_WAITING:
            log.error("push_not_passed_on")
            return
        self._outgoing.append(self.json.dumps(data))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())

    async def _send(self) -> None:
        while self._outgoing:
            some, self._outgoing = self._outgoing, []
            try:
                await self._send_at_once(some)
            except Exception as problem:  # whatever Redis has: pages ask for what they missed
                log.error("pushes_not_passed_on", count=len(some), error=type(problem).__name__)

    async def _send_at_once(self, pushes: Sequence[str]) -> None:
        async with self._way_out.pipeline(transaction=False) as pipeline:
            for push in pushes:
                pipeline.publish(self.channel, push)
            await pipeline.execute()

    async def close(self) -> None:
        """Send what is left, and leave Redis."""
        if self._sending is not None:
            await self._sending
        if self.redis is not None:
            self.thread.cancel()
            with suppress(asyncio.CancelledError):
                await self.thread
            await self.pubsub.aclose()
            await self.redis.aclose()
        await self._way_out.aclose()


class PlainLine(driver.WebSocket):  # type: ignore[misc]
    """A WebSocket that compresses nothing.

    Every browser offers permessage-deflate. Taken, it costs the server hundreds of kilobytes for
    each connection that has ever said something, to save some bytes of short messages.
    """

    async def __call__(self, environ: dict[str, Any]) -> Any:
        request = environ["aiohttp.request"]
        self._sock = driver.WebSocketResponse(
            max_msg_size=self.server.max_http_buffer_size, compress=False
        )
        await self._sock.prepare(request)
        self.environ = environ
        await self.handler(self)
        return self._sock


def rooms(redis_url: str | None) -> Rooms:
    """This process's, joined to its siblings by Redis when there is one."""
    return JoinedRooms(redis_url) if redis_url else Rooms()


def leave_uncompressed(server: socketio.AsyncServer) -> None:
    """Engine.IO has no setting for it."""
    server.eio._async = {**server.eio._async, "websocket": PlainLine}
