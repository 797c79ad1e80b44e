"""What is done once for many packets."""

import asyncio
import random
import socket

from aiortc.rtp import RtpPacket

from rtc.media.fanout import PADDING, even
from rtc.media.mux import BUSY, UdpMux
from rtc.media.node import Node
from tests.rtc.media.conftest import MakeParticipant


def packet(size: int, sequence: int = 7) -> bytes:
    body = random.Random(sequence).randbytes(size)
    return RtpPacket(payload_type=96, sequence_number=sequence, ssrc=1, payload=body).serialize()


def test_padding_is_rfc_3550_section_5_1() -> None:
    """The last octet counts the padding, itself included; a reader gets the payload back."""
    for short in range(1, len(PADDING)):
        plain = [b"\x90" + packet(100 - short)[1:], b"\x90" + packet(100)[1:], packet(20)]
        padded = even(list(plain))
        assert len(padded[0]) == len(padded[1])
        assert padded[1:] == plain[1:]
        assert padded[0][0] == 0xB0  # version 2, padding, extension
        bare = b"\xa0" + padded[0][1:]  # aiortc would look for the extension
        assert RtpPacket.parse(bare).payload == RtpPacket.parse(packet(100 - short)).payload


def test_only_what_saves_a_message_is_padded() -> None:
    last_is_shorter = [packet(100), packet(100), packet(99)]
    assert even(list(last_is_shorter)) == last_is_shorter
    far_apart = [packet(100 - len(PADDING)), packet(100)]
    assert even(list(far_apart)) == far_apart


async def test_a_busy_node_gathers_and_an_idle_one_does_not() -> None:
    """Whatever it does, nothing that came is left unread."""
    mux = UdpMux(0, gather=0.001)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for rate, gathering in ((0.0, False), (BUSY * 2.0, True), (0.0, False)):
                mux.rate = rate
                before = mux.received
                for _ in range(5):
                    sender.sendto(b"?", ("127.0.0.1", mux.port))
                async with asyncio.timeout(5):
                    while mux.received < before + 5 or mux._gathering != gathering:
                        await asyncio.sleep(0.002)
    finally:
        mux.close()


async def test_who_misses_nothing_is_not_asked_about(join: MakeParticipant, node: Node) -> None:
    """The ticker looks at streams with gaps only."""
    one, two = await join("one"), await join("two")
    await (await one.track("two", "camera")).more(3)
    producer = next(p for p in node.rooms["r1"].seats["two"].producers if p.video)
    layer = producer.layers[0]
    assert layer not in node.mux.asking
    highest = layer.highest
    layer.receive((highest + 3) & 0xFFFF, 1, 0, bytes(20))
    assert layer in node.mux.asking
    for sequence in (highest + 1, highest + 2):
        layer.receive(sequence & 0xFFFF, 1, 0, bytes(20))
    layer.ask_again(node.mux.now)
    assert layer not in node.mux.asking
    layer.receive((highest + 9) & 0xFFFF, 1, 0, bytes(20))
    await two.leave()
    assert layer not in node.mux.asking
