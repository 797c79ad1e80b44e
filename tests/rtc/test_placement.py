"""Where a room lives when several app processes decide at once, with real nodes."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import clock
from core.errors import Unavailable
from rtc import placement
from rtc.models import Room
from rtc.nodes import MediaNode, Nodes
from rtc.refusals import Refused
from tests.plumbing.rooms import SECRET, Rooms


class Listener:
    """Remembers what nodes said."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []

    async def pushed(self, node: MediaNode, push: Any) -> None:
        self.heard.append(("pushed", push))

    async def came(self, node: MediaNode) -> None:
        self.heard.append(("came", node.url))

    async def lost(self, node: MediaNode) -> None:
        self.heard.append(("lost", node.url))

    def count(self, what: str) -> int:
        """How often something happened."""
        return sum(1 for name, _ in self.heard if name == what)


class Side:
    """One app process's view of the nodes."""

    def __init__(self, urls: list[str], secret: str = SECRET) -> None:
        self.listener = Listener()
        self.nodes = Nodes(urls, secret, self.listener)

    async def until(self, true: Any, within_s: float = 30) -> None:
        """Wait until something is true."""
        async with asyncio.timeout(within_s):
            while not true():
                await asyncio.sleep(0.05)


@pytest.fixture
async def sides(database: str, rooms: Rooms) -> AsyncIterator[list[Side]]:
    """Three app processes which know the same two nodes."""
    urls = [(await rooms.start_node()).url for _ in range(2)]
    found = [Side(urls) for _ in range(3)]
    for side in found:
        await side.nodes.start()
    for side in found:
        await side.until(lambda side=side: all(n.connected for n in side.nodes.all()))
    yield found
    for side in found:
        await side.nodes.close()


async def new_room() -> UUID:
    room = await Room.create(id=uuid4(), opened_at=clock.now())
    return room.id


async def test_all_processes_agree_on_one_node(sides: list[Side]) -> None:
    for _ in range(5):
        room = await new_room()
        asked = [placement.node_of(side.nodes, room) for side in sides for _ in range(3)]
        answers = await asyncio.gather(*asked)
        assert len({node.url for node, _, _ in answers}) == 1
        assert not any(moved for _, _, moved in answers)
        assert (await Room.get(id=room)).placement == 1


async def test_rooms_are_spread_over_the_nodes(sides: list[Side]) -> None:
    urls = set()
    for _ in range(4):
        node, _, _ = await placement.node_of(sides[0].nodes, await new_room())
        urls.add(node.url)
    assert len(urls) == 2


async def test_one_process_moves_a_room_when_its_node_is_lost(
    sides: list[Side], rooms: Rooms
) -> None:
    room = await new_room()
    node, _, _ = await placement.node_of(sides[0].nodes, room)
    process = next(p for p in rooms.nodes if p.url == node.url)
    await process.kill()
    await sides[0].until(lambda: not node.connected)
    with pytest.raises(Unavailable):  # perhaps only a hiccup
        await placement.node_of(sides[0].nodes, room)
    for side in sides:
        await side.until(lambda side=side: side.listener.count("lost") == 1)
    answers = await asyncio.gather(*(placement.node_of(s.nodes, room) for s in sides))
    assert sum(moved for _, _, moved in answers) == 1
    assert {found.url for found, _, _ in answers} == {
        p.url for p in rooms.nodes if p is not process
    }


async def test_a_short_hiccup_moves_nothing(sides: list[Side]) -> None:
    room = await new_room()
    node, before, _ = await placement.node_of(sides[0].nodes, room)
    socket = node._socket
    assert socket is not None
    await socket.close()
    await sides[0].until(lambda: node.connected and node._socket is not socket)
    again, after, moved = await placement.node_of(sides[0].nodes, room)
    assert (again.url, after.placement, moved) == (node.url, before.placement, False)


async def test_a_restarted_node_is_another_one(sides: list[Side], rooms: Rooms) -> None:
    room = await new_room()
    node, before, _ = await placement.node_of(sides[0].nodes, room)
    process = next(p for p in rooms.nodes if p.url == node.url)
    born = node.started_at
    await process.kill()
    await process.start()
    await sides[0].until(lambda: node.connected and node.started_at != born)
    _, after, moved = await placement.node_of(sides[0].nodes, room)
    assert moved
    assert after.placement == before.placement + 1


async def test_calls_are_answered_or_refused_in_words(sides: list[Side]) -> None:
    node = sides[0].nodes.best()
    entered = {"room": "r", "seat": "s", "session": "a" * 16, "rights": frozenset({"publish"})}
    assert not (await node.enter(**entered)).resumed  # type: ignore[arg-type]
    assert (await node.enter(**entered)).resumed  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        await node.publish(room="r", seat="s", session="a" * 16, sdp="nonsense", sources={})
    assert refused.value.code == "bad_sdp"
    assert refused.value.detail
    with pytest.raises(Refused) as refused:
        await node.answer(room="r", seat="x", session="a" * 16, revision=1, sdp="nonsense")
    assert refused.value.code == "unknown_seat"
    with pytest.raises(Refused) as refused:
        await node.enter(room="a room", seat="s", session="a", rights=frozenset())
    assert refused.value.code == "bad_message"
    await node.close_room("r")
    assert (await node.stats()).rooms == []


async def test_a_wrong_secret_reaches_no_node(sides: list[Side], rooms: Rooms) -> None:
    stranger = Side([node.url for node in rooms.nodes], "another secret of 16 letters")
    await stranger.nodes.start()
    await asyncio.sleep(1)
    with pytest.raises(Unavailable):
        stranger.nodes.best()
    await stranger.nodes.close()
