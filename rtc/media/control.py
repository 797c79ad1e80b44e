"""Where the app processes speak to the node: one WebSocket each, and the recordings' files."""

import asyncio
import contextlib
import hmac
import json
import logging
import re
from pathlib import Path
from typing import Final

from aiohttp import WSMsgType, web
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import ValidationError

from rtc import signals
from rtc.media import metrics
from rtc.media.node import LOAD_INTERVAL, Node
from rtc.media.room import Refused

log = logging.getLogger(__name__)

MAX_MESSAGE: Final = 256 * 1024
WAITING: Final = 2000  # messages a slow app process may fall behind before it is cut off
FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,199}\.(webm|mp4)")
TYPES: Final = {".webm": "video/webm", ".mp4": "video/mp4"}


class Connection:
    """One app process. What is pushed never waits for the network."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._writer = asyncio.create_task(self._write())
        self.open = True

    def push(self, message: signals.Message) -> bool:
        """Send a message; False when the connection is gone."""
        if not self.open:
            return False
        try:
            self._queue.put_nowait(message.model_dump_json())
        except asyncio.QueueFull:
            log.warning("an app process does not read: cut off")
            self.open = False
            self._writer.cancel()
        return self.open

    async def _write(self) -> None:
        try:
            while True:
                await self._socket.send_str(await self._queue.get())
        except (ConnectionError, RuntimeError):
            self.open = False
        finally:
            with contextlib.suppress(Exception):
                await self._socket.close()

    async def close(self) -> None:
        """Stop sending."""
        self.open = False
        self._writer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._writer


class ControlServer:
    """HTTP and WebSocket of one node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._secret = node.settings.secret.encode()
        self._recordings = node.settings.recordings
        self._connections: set[Connection] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._load: asyncio.Task[None] | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen. `port` is the real one afterwards."""
        application = web.Application()
        application.router.add_get("/control", self._control)
        application.router.add_get("/recordings/{name}", self._recording)
        application.router.add_get("/healthz", self._health)
        application.router.add_get("/metrics", self._metrics)
        settings = self._node.settings
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, settings.control_host, settings.control_port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._load = asyncio.create_task(self._announce())

    async def stop(self) -> None:
        """Close all connections."""
        if self._load is not None:
            self._load.cancel()
        for connection in list(self._connections):
            await connection.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _announce(self) -> None:
        while True:
            await asyncio.sleep(LOAD_INTERVAL)
            for connection in self._connections:
                connection.push(self._node.load)
                self._node.catch_up(connection.push)

    def _check_bearer(self, request: web.Request) -> None:
        told = request.headers.get("Authorization", "").encode("utf-8", "replace")
        if not hmac.compare_digest(told, b"Bearer " + self._secret):
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": "Bearer"})

    # -- handlers

    async def _health(self, _: web.Request) -> web.Response:
        load = self._node.load
        return web.json_response(
            {"node": self._node.settings.node, "rooms": load.rooms, "seats": load.seats}
        )

    async def _metrics(self, _: web.Request) -> web.Response:
        body = metrics.text(self._node)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _recording(self, request: web.Request) -> web.StreamResponse:
        """A file of a recording; FileResponse does ranges (RFC 9110 section 14)."""
        self._check_bearer(request)
        name = request.match_info["name"]
        path = self._recordings / name
        if not FILE_NAME.fullmatch(name) or not _is_plain_file(path):
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Content-Type": TYPES[path.suffix]})

    async def _control(self, request: web.Request) -> web.WebSocketResponse:
        self._check_bearer(request)
        socket = web.WebSocketResponse(heartbeat=10, max_msg_size=MAX_MESSAGE)
        await socket.prepare(request)
        connection = Connection(socket)
        connection.push(self._node.hello())
        self._connections.add(connection)
        self._node.catch_up(connection.push)
        try:
            async for frame in socket:
                if frame.type is WSMsgType.TEXT:
                    self._receive(frame.data, connection)
                elif frame.type is WSMsgType.BINARY:
                    connection.push(_failure(None, "bad_message", "text frames only"))
        finally:
            self._connections.discard(connection)
            await connection.close()
        return socket

    def _receive(self, text: str, connection: Connection) -> None:
        """Begin one call. Calls begin in order; only a recording's end lets others pass."""
        try:
            call = signals.call_adapter.validate_json(text)
        except ValidationError as why:
            connection.push(_failure(_id_of(text), "bad_message", _explain(why)))
            return
        task = asyncio.create_task(self._call(call, connection))
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    async def _call(self, call: signals.AnyCall, connection: Connection) -> None:
        try:
            connection.push(await self._node.call(call, connection.push))
        except Refused as why:
            connection.push(_failure(call.id, why.code, why.detail))
        except Exception:
            log.exception("a call failed", extra={"call": call.do})
            connection.push(_failure(call.id, "node_error", "see the node's log"))


def _is_plain_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _failure(re_: int | None, code: signals.FailureCode, detail: str) -> signals.Failure:
    return signals.Failure(re=re_, code=code, detail=detail)


def _id_of(text: str) -> int | None:
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(text)
        if isinstance(message, dict) and type(message.get("id")) is int:
            number: int = message["id"]
            return number
    return None


def _explain(why: ValidationError) -> str:
    """Where and what, without the values: they may be personal."""
    errors = why.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in errors[:5])[:500]
