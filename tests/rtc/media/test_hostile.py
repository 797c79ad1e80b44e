"""Garbage from strangers and from participants: counted, dropped, and the room goes on."""

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator

import pytest
from aioice import stun

from rtc.media.node import Node
from tests.rtc.media.conftest import MakeParticipant
from tests.rtc.media.participants import Participant

SEED = 20260101


@pytest.fixture
async def pair(join: MakeParticipant, node: Node) -> AsyncIterator[tuple[Participant, Participant]]:
    """Two who see each other; afterwards they still do, and the node has not stumbled."""
    one, two = await join("one"), await join("two")
    await (await one.track("two", "camera")).more(3)
    yield one, two
    await (await one.track("two", "camera")).more(5)
    await (await two.track("one", "microphone")).more(5)
    assert node.mux.counts["fault"] == 0


def garbage(rng: random.Random) -> bytes:
    """Random bytes that look like each protocol in turn."""
    body = rng.randbytes(rng.choice((0, 1, 3, 11, 12, 20, 40, 200, 1200, 2000)))
    head = rng.choice(
        (
            b"",
            bytes([rng.randrange(256)]),
            struct.pack("!HHI", 1, len(body), stun_cookie),
            bytes([rng.randrange(20, 64), 254, 253]),
            bytes([0x80 | rng.randrange(64), rng.randrange(256)]),
            bytes([0x81, rng.randrange(200, 208)]),
        )
    )
    return head + body


stun_cookie = stun.COOKIE


async def settle(node: Node, received: int) -> None:
    """Wait until the node has taken that many datagrams in all."""
    async with asyncio.timeout(10):
        while node.mux.received < received:
            await asyncio.sleep(0.01)


async def test_garbage_from_strangers(pair: tuple[Participant, Participant], node: Node) -> None:
    rng = random.Random(SEED)
    before = node.mux.received
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for n in range(2000):
            stranger.sendto(garbage(rng), ("127.0.0.1", node.mux.port))
            if n % 100 == 0:
                await asyncio.sleep(0)
    await settle(node, before + 2000)
    assert node.mux.counts["stranger"] > 100
    assert node.mux.counts["bad_stun"] > 100


async def test_garbage_from_a_participants_address(
    pair: tuple[Participant, Participant], node: Node
) -> None:
    rng = random.Random(SEED + 1)
    before = node.mux.received
    for who in pair:
        assert who.publishing is not None
        ice = who.publishing.getSenders()[0].transport.transport
        for n in range(1000):
            data = garbage(rng)
            if data[:1] and not 19 < data[0] < 64:  # a broken handshake is another test
                await ice._send(data)
            if n % 50 == 0:
                await asyncio.sleep(0)
    await settle(node, before + 500)
    assert node.mux.counts["bad_srtp"] + node.mux.counts["bad_srtcp"] > 100


async def test_garbage_with_the_right_key(
    pair: tuple[Participant, Participant], node: Node
) -> None:
    """A participant who seals nonsense: RTP and RTCP parsers see it."""
    rng = random.Random(SEED + 2)
    one, two = pair
    assert one.publishing is not None
    assert two.subscribing is not None
    publishing = one.publishing.getSenders()[0].transport
    subscribing = two.subscribing.getReceivers()[0].transport
    own = [sender._ssrc for sender in one.publishing.getSenders()]
    heard = list(node.rooms["r1"].seats["two"].subscription.peer.by_out_ssrc)  # type: ignore[union-attr]
    for n in range(1500):
        body = rng.randbytes(rng.choice((8, 12, 16, 24, 28, 60, 400)))
        ssrc = struct.pack("!L", rng.choice((rng.getrandbits(32), *own, *heard)))
        kind = rng.randrange(200, 208)
        rtcp = bytes([0x80 | rng.randrange(64), kind]) + struct.pack("!H", len(body) // 4)
        await subscribing._send_rtp(rtcp + (ssrc + ssrc + body)[: len(body)])
        await publishing._send_rtp(rtcp + (ssrc + ssrc + body)[: len(body)])
        rtp = bytes([0x80 | rng.randrange(64), rng.randrange(190)])
        try:
            await publishing._send_rtp(rtp + rng.randbytes(6) + rng.randbytes(4) + body)
        except Exception:  # libsrtp refuses a header that cannot be
            continue
        if n % 50 == 0:
            await asyncio.sleep(0)
    assert node.mux.counts["bad_rtcp"] > 50


async def test_a_broken_handshake_ends_that_connection_only(
    join: MakeParticipant, node: Node
) -> None:
    one, two = await join("one"), await join("two")
    three = await join("three")
    await (await one.track("two", "camera")).more(3)
    assert three.publishing is not None
    ice = three.publishing.getSenders()[0].transport.transport
    rng = random.Random(SEED + 3)
    for _ in range(200):
        await ice._send(bytes([rng.randrange(20, 64), 254, 253]) + rng.randbytes(60))
    await (await two.track("one", "camera")).more(5)
    assert node.mux.counts["fault"] == 0


def check(ufrag: str, password: str, *, nominate: bool = True) -> bytes:
    message = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    message.attributes["USERNAME"] = f"{ufrag}:theirs"
    if nominate:
        message.attributes["USE-CANDIDATE"] = None
    message.add_message_integrity(password.encode())
    return bytes(message)


async def test_only_a_signed_check_moves_the_media(
    pair: tuple[Participant, Participant], node: Node
) -> None:
    subscription = node.rooms["r1"].seats["two"].subscription
    assert subscription is not None
    peer = subscription.peer
    place = peer.path
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        thief.setblocking(False)
        before = node.mux.received
        for password in ("", "wrong", peer.password.decode()[:-1]):
            thief.sendto(check(peer.ufrag, password), ("127.0.0.1", node.mux.port))
        await settle(node, before + 3)
        await asyncio.sleep(0)
        with pytest.raises(BlockingIOError):
            thief.recv(2048)
    assert peer.path is place
    assert node.mux.counts["unsigned_stun"] == 3


async def test_a_repeated_check_from_elsewhere_moves_nothing(
    pair: tuple[Participant, Participant], node: Node
) -> None:
    subscription = node.rooms["r1"].seats["two"].subscription
    assert subscription is not None
    peer = subscription.peer
    overheard = check(peer.ufrag, peer.password.decode())
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as owner:
        owner.setblocking(False)
        owner.sendto(overheard, ("127.0.0.1", node.mux.port))
        await asyncio.wait_for(loop.sock_recv(owner, 2048), 5)
        place = peer.path
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
            thief.setblocking(False)
            before = node.mux.received
            thief.sendto(overheard, ("127.0.0.1", node.mux.port))
            await settle(node, before + 1)
            with pytest.raises(BlockingIOError):
                thief.recv(2048)
    assert peer.path is place
    assert node.mux.counts["replayed_stun"] >= 1
