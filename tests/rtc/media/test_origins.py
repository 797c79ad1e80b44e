"""A node with several addresses answers from the one that was asked."""

import asyncio
import socket
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from rtc.media.limits import Limits
from rtc.media.mux import Path, UdpMux
from tests.rtc.media.test_hostile import check

PASSWORD = b"a-password-of-the-node"


@pytest.fixture
async def mux() -> AsyncIterator[UdpMux]:
    mux = UdpMux(0)
    yield mux
    mux.close()


def peer_of(mux: UdpMux) -> Any:
    """What the mux asks of a peer connection."""
    peer = SimpleNamespace(
        password=PASSWORD,
        path=None,
        paths={},
        transactions={},
        connecting=False,
        limits=Limits(),
    )
    peer.moved = lambda: None
    peer.ufrag = mux.new_ufrag(peer)
    return peer


async def ask(mux: UdpMux, ufrag: str, ours: str, theirs: socket.socket) -> tuple[str, int]:
    """Send a check to one address of the node; where the answer comes from."""
    theirs.setblocking(False)
    theirs.sendto(check(ufrag, PASSWORD.decode()), (ours, mux.port))
    loop = asyncio.get_running_loop()
    answer, source = await asyncio.wait_for(loop.sock_recvfrom(theirs, 2048), 5)
    assert answer[:2] == b"\1\1"
    return source[:2]


@pytest.mark.parametrize("ours", ["127.0.0.1", "127.0.0.7", "127.1.2.3"])
async def test_the_answer_leaves_where_the_check_came_in(mux: UdpMux, ours: str) -> None:
    """RFC 8445 section 7.2.5.2.1: an answer from elsewhere makes the check fail."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
        assert await ask(mux, peer_of(mux).ufrag, ours, theirs) == (ours, mux.port)


async def test_ipv6(mux: UdpMux) -> None:
    try:
        theirs = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        theirs.bind(("::1", 0))
    except OSError:
        pytest.skip("no IPv6 here")
    with theirs:
        assert await ask(mux, peer_of(mux).ufrag, "::1", theirs) == ("::1", mux.port)


async def test_media_leaves_from_the_nominated_address(mux: UdpMux) -> None:
    """Single datagrams and segmented messages alike, until another address is nominated."""
    peer = peer_of(mux)
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
        for ours in ("127.0.0.7", "127.0.0.8", "127.0.0.1"):
            assert await ask(mux, peer.ufrag, ours, theirs) == (ours, mux.port)
            path: Path = peer.path
            mux.outbox.send(b"one", path)
            send_run(mux, [b"two", b"too", b"2"], path)
            mux.outbox.flush()
            got = [await asyncio.wait_for(loop.sock_recvfrom(theirs, 99), 5) for _ in range(4)]
            assert sorted(data for data, _ in got) == [b"2", b"one", b"too", b"two"]
            assert {source for _, source in got} == {(ours, mux.port)}
    assert not mux.outbox.origins  # 127.0.0.1 is what routing chooses: nothing more to say
    assert mux.outbox.dropped == 0


def send_run(mux: UdpMux, packets: list[bytes], path: Path) -> None:
    lane = mux.outbox.runs
    first = lane.room(len(packets))
    for slot, packet in enumerate(packets, first):
        lane.memory[slot * 2048 : slot * 2048 + len(packet)] = packet
        lane.iovecs[2 * slot + 1] = len(packet)
    lane.used = first + len(packets)
    lane.post(first, len(packets), path.pointer)


async def test_two_at_one_machine(mux: UdpMux) -> None:
    """What one path needs is not done to another."""
    peers = [peer_of(mux), peer_of(mux)]
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        await ask(mux, peers[0].ufrag, "127.0.0.7", one)
        await ask(mux, peers[1].ufrag, "127.0.0.1", two)
        for _ in range(2):
            mux.outbox.send(b"to one", peers[0].path)
            mux.outbox.send(b"to two", peers[1].path)
            mux.outbox.flush()
            loop = asyncio.get_running_loop()
            assert await asyncio.wait_for(loop.sock_recvfrom(one, 99), 5) == (
                b"to one",
                ("127.0.0.7", mux.port),
            )
            assert await asyncio.wait_for(loop.sock_recvfrom(two, 99), 5) == (
                b"to two",
                ("127.0.0.1", mux.port),
            )
    mux.forget(peers[0])
    assert not mux.outbox.origins


async def test_what_the_kernel_drops_is_counted(mux: UdpMux) -> None:
    mux.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    before = mux.dropped
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as theirs:
        for _ in range(200):
            theirs.sendto(bytes(1000), ("127.0.0.1", mux.port))
    assert 100 < mux.dropped - before < 200
