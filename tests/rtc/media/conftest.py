"""A real media node in the test's own loop, and app processes that speak to it."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import aioice.ice
import pytest

from rtc.media.control import ControlServer
from rtc.media.node import Node
from rtc.media.settings import Settings
from tests.rtc.media.participants import SECRET, Caller, Participant

MakeCaller = Callable[[], Awaitable[Caller]]
MakeParticipant = Callable[..., Awaitable[Participant]]


@pytest.fixture(autouse=True)
def _one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback only: fewer candidates, quicker connections."""

    def addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
        return ["127.0.0.1"]

    monkeypatch.setattr(aioice.ice, "get_host_addresses", addresses)
    logging.getLogger("aioice.ice").setLevel(logging.WARNING)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        secret=SECRET,
        control_port=0,
        public_ip=("127.0.0.1",),
        recordings=tmp_path / "recordings",
    )


@pytest.fixture
async def node(settings: Settings) -> AsyncIterator[Node]:
    node = Node(settings)
    yield node
    await node.close()


@pytest.fixture
async def control(node: Node) -> AsyncIterator[str]:
    """Address of the node's control server."""
    server = ControlServer(node)
    await server.start()
    yield f"http://127.0.0.1:{server.port}"
    await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {SECRET}"}) as session:
        yield session


@pytest.fixture
async def make_caller(control: str, http: aiohttp.ClientSession) -> AsyncIterator[MakeCaller]:
    callers: list[Caller] = []

    async def make() -> Caller:
        caller = Caller(await http.ws_connect(f"{control}/control"))
        callers.append(caller)
        return caller

    yield make
    for caller in callers:
        await caller.close()


@pytest.fixture
async def caller(make_caller: MakeCaller) -> Caller:
    return await make_caller()


@pytest.fixture
async def join(caller: Caller) -> AsyncIterator[MakeParticipant]:
    """Enter a room, and publish unless told not to."""
    here: list[Participant] = []

    async def make(
        seat: str, *, room: str = "r1", session: str = "", publish: bool = True, **fields: Any
    ) -> Participant:
        via = fields.pop("via", caller)
        offered = {k: fields.pop(k) for k in ("codec", "camera", "microphone") if k in fields}
        participant = Participant(via, room, seat, session)
        here.append(participant)
        await participant.enter(**fields)
        if publish:
            await participant.publish(**offered)
        return participant

    yield make
    for participant in here:
        await participant.vanish()
