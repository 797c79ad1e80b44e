"""The way from this app process to the media nodes: one WebSocket to each, kept alive.

A node is known by its control address. It counts as dead when it could not be reached again `TRIES`
times, or when it comes back with another `started_at`: then its rooms are placed anew. A connection
that is silent for one and a half `HEARTBEAT_S` is gone: so is that of a machine without power.
"""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

import aiohttp
import structlog
from pydantic import ValidationError

from core.errors import Unavailable
from rtc import signals
from rtc.refusals import Refused, sentence

log = structlog.get_logger(__name__)

CALL_TIMEOUT_S: Final = 5.0
RECORD_TIMEOUT_S: Final = 20.0
HEARTBEAT_S: Final = 1.4
TRY_S: Final = 1.0
TRIES: Final = 2  # counted, not timed: this process may have stood still itself
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 1.0
MAX_MESSAGE: Final = 1024 * 1024

R = TypeVar("R", bound=signals.Reply)


class Listener(Protocol):
    """Who is told what nodes say by themselves."""

    async def pushed(self, node: "MediaNode", push: Any) -> None:
        """One of `signals.AnyPush`, in the node's order."""

    async def came(self, node: "MediaNode") -> None:
        """The node can be called (again)."""

    async def lost(self, node: "MediaNode") -> None:
        """The node has been out of reach for too long."""


def unavailable() -> Unavailable:
    """No node can be reached."""
    return Unavailable("media_unavailable", "视频服务暂时连不上,正在自动重试。可以先用文字沟通。")


class MediaNode:
    """One node: its connection, its last word on its load, and calls to it."""

    def __init__(self, url: str, secret: str, listener: Listener) -> None:
        self.url = url.rstrip("/")
        self.hello: signals.Hello | None = None
        self.load: signals.Load | None = None
        self.placed = 0  # seats sent there since it last told its load
        self.dead = False  # not reached again TRIES times; before that it may be a hiccup
        self._headers = {"Authorization": f"Bearer {secret}"}
        self._listener = listener
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._ids = itertools.count(1)
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._pushes: asyncio.Queue[Callable[[], Awaitable[None]]] = asyncio.Queue()

    @property
    def connected(self) -> bool:
        """Whether calls can be made."""
        return self._socket is not None and self.hello is not None

    @property
    def started_at(self) -> float:
        """Which life of the node this is, 0 when it has not been met."""
        return self.hello.started_at if self.hello else 0.0

    @property
    def burden(self) -> tuple[int, float]:
        """For comparing nodes: seats, then processor."""
        load = self.load
        return (load.seats + self.placed, load.cpu) if load else (self.placed, 0.0)

    async def run(self, http: aiohttp.ClientSession) -> None:
        """Stay connected until cancelled."""
        pump = asyncio.create_task(self._pump())
        wait, failures = FIRST_WAIT_S, 0
        try:
            while True:
                with suppress(aiohttp.ClientError, TimeoutError, OSError):
                    async with await self._connect(http) as socket:
                        wait, failures = FIRST_WAIT_S, -1
                        await self._read(socket)
                self._hang_up()
                failures += 1
                if failures >= TRIES and not self.dead:
                    self._give_up()
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
        finally:
            self._hang_up()
            pump.cancel()

    async def _connect(self, http: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
        async with asyncio.timeout(TRY_S):
            return await http.ws_connect(
                f"{self.url}/control",
                headers=self._headers,
                heartbeat=HEARTBEAT_S,
                max_msg_size=MAX_MESSAGE,
                timeout=aiohttp.ClientWSTimeout(ws_close=1),
            )

    def _give_up(self) -> None:
        self.dead = True
        log.warning("media_node_lost", node=self.url)
        self._pushes.put_nowait(lambda: self._listener.lost(self))

    async def _pump(self) -> None:
        while True:
            work = await self._pushes.get()
            try:
                await work()
            except Exception:
                log.exception("media_push_failed", node=self.url)

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                message = frame.json()
                if "re" in message:
                    self._settle(message)
                else:
                    self._hear(signals.push_adapter.validate_python(message), socket)
            except (ValueError, TypeError, ValidationError) as problem:
                log.warning("media_message_unreadable", node=self.url, why=type(problem).__name__)

    def _settle(self, message: dict[str, Any]) -> None:
        waiting = self._calls.pop(message["re"] or 0, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    def _hear(self, push: signals.AnyPush, socket: aiohttp.ClientWebSocketResponse) -> None:
        match push:
            case signals.Hello():
                self.hello, self._socket, self.dead = push, socket, False
                log.info("media_node_connected", node=self.url, name=push.node)
                self._pushes.put_nowait(lambda: self._listener.came(self))
            case signals.Load():
                self.load, self.placed = push, 0
            case _:
                self._pushes.put_nowait(lambda: self._listener.pushed(self, push))

    def _hang_up(self) -> None:
        self._socket = None
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(unavailable())
        self._calls.clear()

    async def _call(
        self, kind: type[signals.Call], answer: type[R], *, timeout_s: float, **fields: Any
    ) -> R:
        socket = self._socket
        if socket is None:
            raise unavailable()
        number = next(self._ids)
        call = _built(kind, number, fields)
        waiting: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._calls[number] = waiting
        try:
            async with asyncio.timeout(timeout_s):
                await socket.send_str(call.model_dump_json())
                message = await waiting
        except (TimeoutError, ConnectionError, aiohttp.ClientError) as problem:
            raise unavailable() from problem
        finally:
            self._calls.pop(number, None)
        if not message.get("ok"):
            failure = signals.Failure.model_validate(message)
            raise Refused(failure.code, sentence(failure.code))
        return answer.model_validate(message)

    async def enter(
        self,
        *,
        room: str,
        seat: str,
        session: str,
        rights: frozenset[str],
        restart: bool = False,
        video: frozenset[str] | None = None,
    ) -> signals.Entered:
        """Take or resume a seat."""
        return await self._call(
            signals.Enter,
            signals.Entered,
            timeout_s=CALL_TIMEOUT_S,
            do="enter",
            room=room,
            seat=seat,
            session=session,
            rights=rights,
            restart=restart,
            video=video,
        )

    async def publish(
        self, *, room: str, seat: str, session: str, sdp: str, sources: dict[str, Any]
    ) -> signals.Published:
        """Pass on a publish offer."""
        return await self._call(
            signals.Publish,
            signals.Published,
            timeout_s=CALL_TIMEOUT_S,
            do="publish",
            room=room,
            seat=seat,
            session=session,
            sdp=sdp,
            sources=sources,
        )

    async def answer(self, *, room: str, seat: str, session: str, revision: int, sdp: str) -> None:
        """Pass on the answer to a subscribe offer."""
        await self._call(
            signals.Answer,
            signals.Reply,
            timeout_s=CALL_TIMEOUT_S,
            do="answer",
            room=room,
            seat=seat,
            session=session,
            revision=revision,
            sdp=sdp,
        )

    async def leave(self, *, room: str, seat: str, session: str) -> None:
        """Give a seat up."""
        await self._call(
            signals.Leave,
            signals.Reply,
            timeout_s=CALL_TIMEOUT_S,
            do="leave",
            room=room,
            seat=seat,
            session=session,
        )

    async def close_room(self, room: str) -> None:
        """End a room for everybody."""
        await self._call(
            signals.Close, signals.Reply, timeout_s=CALL_TIMEOUT_S, do="close", room=room
        )

    async def record(self, *, room: str, recording: str, on: bool) -> list[signals.RecordedFile]:
        """Start or stop writing; a stop answers with the files."""
        files = await self._call(
            signals.Record,
            signals.Files,
            timeout_s=RECORD_TIMEOUT_S,
            do="record",
            room=room,
            recording=recording,
            on=on,
        )
        return files.files

    async def fault(self, what: signals.FaultKind, *, layer: str = "", seconds: float = 0) -> int:
        """Break something on purpose; how many streams it concerns. Only a demo's node obeys."""
        struck = await self._call(
            signals.Fault,
            signals.Struck,
            timeout_s=CALL_TIMEOUT_S,
            do="fault",
            what=what,
            layer=layer,
            seconds=seconds,
        )
        return struck.streams

    async def stats(self, room: str | None = None) -> signals.StatsReply:
        """Counters."""
        return await self._call(
            signals.Stats, signals.StatsReply, timeout_s=CALL_TIMEOUT_S, do="stats", room=room
        )


def _built(kind: type[signals.Call], number: int, fields: dict[str, Any]) -> signals.Call:
    try:
        return kind(id=number, **fields)
    except ValidationError as problem:
        raise Refused("bad_message", sentence("bad_message")) from problem


class Nodes:
    """All nodes this process knows."""

    def __init__(self, urls: Sequence[str], secret: str, listener: Listener) -> None:
        self._nodes = {
            node.url: node for node in (MediaNode(url, secret, listener) for url in urls)
        }
        self._tasks: list[asyncio.Task[None]] = []
        self.http: aiohttp.ClientSession | None = None
        self.bearer = {"Authorization": f"Bearer {secret}"}

    async def start(self) -> None:
        """Connect to all, and go on without waiting for them."""
        self.http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None, connect=3))
        self._tasks = [asyncio.create_task(node.run(self.http)) for node in self.all()]

    async def close(self) -> None:
        """Hang up; the nodes keep their rooms."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.http is not None:
            await self.http.close()

    def all(self) -> list[MediaNode]:
        """Every node named in the settings."""
        return list(self._nodes.values())

    def at(self, url: str) -> MediaNode | None:
        """The node at this control address."""
        return self._nodes.get(url)

    def best(self) -> MediaNode:
        """The least loaded node. Raises Unavailable `media_unavailable`."""
        here = [node for node in self.all() if node.connected]
        if not here:
            raise unavailable()
        return min(here, key=lambda node: node.burden)
