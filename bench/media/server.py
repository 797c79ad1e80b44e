"""What the load generator asks of a server under test."""

import asyncio
import os
import signal
import socket
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Protocol

import aiohttp

from bench.plan import Unavailable

AnswerOffer = Callable[[str], Awaitable[str]]
"""Takes the server's offer, gives the participant's answer."""


class Server(Protocol):
    """A running media server. `publish` and `subscribe` are what a browser's signalling does."""

    name: str
    pid: int

    async def start(self) -> None:
        """Start the process and wait until it serves."""

    async def stop(self) -> None:
        """Stop the process; waits for its end."""

    async def enter(self, room: str, seat: str) -> None:
        """Announce a participant; comes before everything else of that seat."""

    async def leave(self, room: str, seat: str) -> None:
        """The participant goes."""

    async def publish(self, room: str, seat: str, offer: str) -> str:
        """The server's answer to a participant's publish offer."""

    async def subscribe(self, room: str, seat: str, tracks: int, answer: AnswerOffer) -> None:
        """Go through the server's offers until one with this many tracks is answered."""

    async def record(self, room: str, *, on: bool) -> list[int]:
        """Start or stop recording everybody in the room; a stop gives the sizes of the files."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port nobody has just now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Started(ABC):
    """What a server under test has running: a folder, a process and an HTTP client."""

    def __init__(self, kind: str) -> None:
        self.pid = 0
        self.folder = Path()
        self.process: asyncio.subprocess.Process | None = None
        self._kind = kind
        self._stack = AsyncExitStack()

    async def start(self) -> None:
        """All or nothing. Raises Unavailable when the server does not come up."""
        try:
            scratch = tempfile.TemporaryDirectory(prefix=f"bench-{self._kind}-")
            self.folder = Path(self._stack.enter_context(scratch))
            connector = aiohttp.TCPConnector(limit=0)
            self.http = await self._stack.enter_async_context(
                aiohttp.ClientSession(connector=connector)
            )
            await self._come_up()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End what was started; waits for the end of the process."""
        if self.process is not None:
            await stop_process(self.process)
        await self._stack.aclose()

    async def launch(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        """Start the process; its output goes to a log in the folder."""
        self.process = await start_process(command, self.folder / "log", environment)
        self.pid = self.process.pid

    async def until(self, ready: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
        """Try until `ready` neither refuses nor says no; Unavailable when the process ends."""
        assert self.process is not None
        end = time.monotonic() + seconds
        while self.process.returncode is None and time.monotonic() < end:
            with suppress(aiohttp.ClientError):
                if await ready():
                    return
            await asyncio.sleep(0.05)
        said = (self.folder / "log").read_text(errors="replace")
        raise Unavailable(f"{self._kind} did not start: {said[-800:]}")

    @abstractmethod
    async def _come_up(self) -> None:
        """Start the process and wait until it takes calls. Raises Unavailable."""


async def start_process(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    """A child whose output goes to `log`."""
    with log.open("wb") as output:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(environment or {})},
        )


async def stop_process(process: asyncio.subprocess.Process, seconds: float = 5) -> None:
    """Ask it to stop, then make it."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
