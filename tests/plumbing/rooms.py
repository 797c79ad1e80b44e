"""Real processes for tests of rooms: media nodes and app processes, each on ports of its own."""

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

import aiohttp
import pytest

from tests.plumbing import nursery
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from tests.plumbing.servers import free_port

ROOT: Final = Path(__file__).parent.parent.parent
SECRET: Final = "media secret of the tests"
START_S: Final = 60


class Place(Protocol):
    """A host on which nodes and app processes run; loopback, or one of `tests.plumbing.hosts`."""

    @property
    def address(self) -> str: ...
    @property
    def namespace(self) -> str: ...
    def port(self) -> int: ...
    def command(self, argv: Sequence[str]) -> list[str]: ...
    def http(self) -> aiohttp.ClientSession: ...


class Loopback:
    """This machine."""

    address = "127.0.0.1"
    namespace = ""

    def port(self) -> int:
        """A free one."""
        return free_port()

    def command(self, argv: Sequence[str]) -> list[str]:
        """As it is."""
        return list(argv)

    def http(self) -> aiohttp.ClientSession:
        """A client."""
        return aiohttp.ClientSession()


LOOPBACK: Final = Loopback()


_nurseries: Final[list[asyncio.Task[nursery.Nursery]]] = []  # the worker's, once needed


@pytest.fixture(scope="session", autouse=True)
async def nursery_closed() -> AsyncIterator[None]:
    """End it with the worker."""
    yield
    for one in _nurseries:
        await (await one).close()


class Process:
    """One started program: `argv` as to `python -m`. `url` is where it answers."""

    def __init__(
        self,
        argv: list[str],
        environment: dict[str, str],
        url: str,
        place: Place = LOOPBACK,
    ) -> None:
        self.url, self.place = url, place
        self._argv, self._environment = argv, environment
        self._process: nursery.Child | None = None
        self.log = Path(environment["TEST_LOG"])

    async def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = await self._begin()
        until = time.monotonic() + START_S
        async with self.place.http() as http:
            while True:
                try:
                    async with http.get(f"{self.url}/healthz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                if self._process.returncode is not None or time.monotonic() > until:
                    raise AssertionError(
                        f"{self.url} did not start: {self.log.read_text()[-3000:]}"
                    )
                await asyncio.sleep(0.05)

    async def _begin(self) -> nursery.Child:
        environment = os.environ | self._environment
        if not _nurseries:
            _nurseries.append(asyncio.create_task(nursery.Nursery.open()))
        return await (await _nurseries[0]).start(
            self._argv, environment, self.log, namespace=self.place.namespace
        )

    async def also(self, *argv: str) -> tuple[int, str]:
        """Run `python -m ...` beside it with its settings; exit status and output."""
        process = await asyncio.create_subprocess_exec(
            *self.place.command([sys.executable, "-m", *argv]),
            cwd=ROOT,
            env=os.environ | self._environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await process.communicate()
        return process.returncode or 0, out.decode()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    async def kill(self) -> None:
        """SIGKILL: no goodbye to anybody."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """SIGTERM."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), 30)
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"{self.url} did not stop") from None


class Rooms:
    """What a test has started."""

    def __init__(
        self, folder: Path, database_url: str, redis_url: str = "", place: Place = LOOPBACK
    ) -> None:
        self._folder, self._database, self._redis = folder, database_url, redis_url
        self._place = place
        self.nodes: list[Process] = []
        self.apps: list[Process] = []

    async def start_node(self, **settings: str) -> Process:
        """A media node on the place's address."""
        port = self._place.port()
        name = f"node{len(self.nodes)}"
        environment = {
            "MEDIA_NODE": name,
            "MEDIA_CONTROL_HOST": "127.0.0.1",
            "MEDIA_CONTROL_PORT": str(port),
            "MEDIA_SECRET": SECRET,
            "MEDIA_FAULTS": "1",
            "MEDIA_PUBLIC_IP": self._place.address,
            "MEDIA_RECORDINGS": str(self._folder / name),
            "TEST_LOG": str(self._folder / f"{name}.log"),
            **settings,
        }
        url = f"http://127.0.0.1:{port}"
        node = Process(["rtc"], environment, url, self._place)
        await node.start()
        self.nodes.append(node)
        return node

    async def start_app(self, **settings: str) -> Process:
        """An app process that knows all nodes started before it."""
        port = self._place.port()
        name = f"app{len(self.apps)}"
        environment = {
            "DEMO": "1",
            "HOST": self._place.address,
            "PORT": str(port),
            "DATA_DIR": str(self._folder / "var"),
            "DATABASE_URL": self._database,
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEY": FIELD_KEY,
            "MEDIA_NODES": ",".join(node.url for node in self.nodes),
            "MEDIA_SECRET": SECRET,
            "TEST_LOG": str(self._folder / f"{name}.log"),
            **settings,
        }
        if self._redis:
            environment["REDIS_URL"] = self._redis
        url = f"http://{self._place.address}:{port}"
        app = Process(["tests.rtc"], environment, url, self._place)
        await app.start()
        self.apps.append(app)
        return app

    async def seats_of(self, node: Process) -> int:
        """How many seats the node holds; 0 when it is dead."""
        try:
            async with node.place.http() as http, http.get(f"{node.url}/healthz") as answer:
                return int((await answer.json())["seats"])
        except aiohttp.ClientError:
            return 0

    async def busy_and_free(self, nodes: list[Process], seats: int) -> tuple[Process, Process]:
        """Of two nodes, the one that holds all seats of the only room and the one without any.

        A node tells its load every two seconds, so that people who see one another already may
        not have been counted yet.
        """
        until = time.monotonic() + 60
        while sorted(held := [await self.seats_of(node) for node in nodes]) != [0, seats]:
            assert time.monotonic() < until, held
            await asyncio.sleep(0.1)
        return nodes[held.index(seats)], nodes[held.index(0)]

    async def until_seats(self, node: Process, seats: int) -> None:
        """Wait until the node holds so many seats."""
        until = time.monotonic() + 60
        while await self.seats_of(node) != seats:
            assert time.monotonic() < until, f"{node.url} has {await self.seats_of(node)} seats"
            await asyncio.sleep(0.1)


@asynccontextmanager
async def started(rooms: Rooms) -> AsyncIterator[Rooms]:
    """Stop everything at the end, whatever happened."""
    async with AsyncExitStack() as stack:
        try:
            yield rooms
        finally:
            for process in [*rooms.apps, *rooms.nodes]:
                stack.push_async_callback(process.stop)


def lines(log: Path) -> list[dict[str, object]]:
    """The JSON lines of a log."""
    found = []
    for line in log.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


@pytest.fixture
async def rooms(database_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    """Start nodes and app processes on the test's own database; without Redis."""
    async with started(Rooms(tmp_path, database_url)) as found:
        yield found


@pytest.fixture
async def joined_rooms(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Rooms]:
    """The same on PostgreSQL, several app processes joined by Redis."""
    async with started(Rooms(tmp_path, database_url, redis_url)) as found:
        yield found


@pytest.fixture
def room_id() -> str:
    """A room nobody has entered yet."""
    return str(uuid.uuid4())
