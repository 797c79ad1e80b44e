"""Participants and strangers who ask too much: limited, counted, told once, others unharmed."""

import asyncio
import logging
import random
import socket
import time
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiortc.rtp import (
    RTCP_PSFB_APP,
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpRtpfbPacket,
    pack_remb_fci,
)

from rtc.media.consumer import CREDIT, CREDIT_PER_SECOND
from rtc.media.limits import RATES, STRANGERS, Allowance, Limits, Rate
from rtc.media.node import Node
from tests.rtc.media.conftest import MakeParticipant
from tests.rtc.media.participants import Caller, Participant
from tests.rtc.media.raw import Raw
from tests.rtc.media.test_hostile import check, settle

SLICE = 50  # datagrams sent before others have their turn


async def lost(participant: Participant) -> int:
    """Packets that this receiver has missed, by its own statistics."""
    assert participant.subscribing is not None
    report = await participant.subscribing.getStats()
    return sum(s.packetsLost for s in report.values() if s.type == "inbound-rtp")


@pytest.fixture
async def pair(join: MakeParticipant, node: Node) -> AsyncIterator[tuple[Participant, Participant]]:
    """Two innocents in a room of their own: to the end they see and hear all of each other."""
    one, two = await join("one"), await join("two")
    await (await one.track("two", "camera")).more(3)
    await (await two.track("one", "camera")).more(3)
    yield one, two
    await (await one.track("two", "camera")).more(5)
    await (await two.track("one", "microphone")).more(5)
    assert await lost(one) == await lost(two) == 0
    assert node.mux.counts["fault"] == 0


@pytest.fixture
async def culprit(
    caller: Caller, join: MakeParticipant, pair: tuple[Participant, Participant]
) -> AsyncIterator[Raw]:
    """Somebody in another room, who sees the camera of `victim` there."""
    await join("victim", room="r2")
    raw = Raw(caller, "r2", "culprit")
    await raw.publish()
    await raw.subscribe()
    yield raw
    raw.close()


async def flood(node: Node, count: int, send: Callable[[int], None]) -> None:
    """As fast as the loop allows; returns when all has been read."""
    goal = node.mux.received + count
    for n in range(count):
        send(n)
        if n % SLICE == SLICE - 1:
            await asyncio.sleep(0)
    await settle(node, goal - count // 100)


def told(caplog: pytest.LogCaptureFixture, kind: str) -> int:
    return sum(1 for r in caplog.records if getattr(r, "kind", None) == kind)


async def logged(caplog: pytest.LogCaptureFixture, kind: str) -> None:
    """The node's ticker says it within a second or so."""
    async with asyncio.timeout(10):
        while not told(caplog, kind):
            await asyncio.sleep(0.05)


def test_allowances_come_back() -> None:
    allowance = Allowance(Rate(5, 2))
    assert [allowance.take() for _ in range(7)] == [True] * 5 + [False] * 2
    assert allowance.refused == 2
    allowance.refill()
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    for _ in range(100):
        allowance.refill()
    assert allowance.left == 5


def test_each_excess_is_news_once() -> None:
    limits = Limits()
    assert limits.news() == []
    for _ in range(RATES["dtls"].burst + 2):
        limits.dtls.take()
    limits.lies += 1
    assert limits.news() == ["bandwidth", "dtls"]
    limits.dtls.take()
    assert limits.news() == []


async def test_nack_pli_and_fir_floods(
    culprit: Raw, node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = node.rooms["r2"].seats["culprit"].subscription
    assert subscription is not None
    (camera,) = [c for c in subscription.consumers if c.producer.video]
    ssrc = camera.producer.out_ssrc
    layer = camera.producer.layers[0]
    async with asyncio.timeout(20):
        while layer.received < 20:
            await asyncio.sleep(0.02)
    wanted = [(layer.highest - n) & 0xFFFF for n in range(12)]
    nack = bytes(RtcpRtpfbPacket(fmt=RTCP_RTPFB_NACK, ssrc=1, media_ssrc=ssrc, lost=wanted[::-1]))
    pli = bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=1, media_ssrc=ssrc))
    fir = bytes(
        RtcpPsfbPacket(
            fmt=RTCP_PSFB_FIR, ssrc=1, media_ssrc=0, fci=ssrc.to_bytes(4, "big") + b"\1\0\0\0"
        )
    )
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        await flood(node, 3000, lambda n: culprit.send_rtcp((nack, nack, pli, fir)[n % 4]))
        await logged(caplog, "rtcp")
    seconds = time.monotonic() - began + 0.2
    counts = node.mux.counts
    assert counts["refused_rtcp"] > 1000
    assert counts["refused_pli"] > 0
    assert counts["refused_nack"] > 0
    assert CREDIT <= camera.retransmitted <= CREDIT + CREDIT_PER_SECOND * seconds
    assert told(caplog, "rtcp") == 1


async def test_a_lie_about_bandwidth(
    culprit: Raw, node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    subscription = node.rooms["r2"].seats["culprit"].subscription
    assert subscription is not None
    ssrcs = [c.producer.out_ssrc for c in subscription.consumers]
    with caplog.at_level(logging.WARNING):
        for bitrate in (2**60, 10**12):
            fci = pack_remb_fci(bitrate, ssrcs)
            culprit.send_rtcp(
                bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=fci))
            )
        await logged(caplog, "bandwidth")
    assert node.mux.counts["absurd_remb"] == 2
    fci = pack_remb_fci(0, ssrcs)
    culprit.send_rtcp(bytes(RtcpPsfbPacket(fmt=RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=fci)))
    (camera,) = [c for c in subscription.consumers if c.producer.video]
    forwarded = camera.producer.layers[0].forwarded
    async with asyncio.timeout(10):
        while camera.producer.layers[0].forwarded < forwarded + 20:
            await asyncio.sleep(0.02)
    assert camera.layer is not None  # nor did it pause anything


async def test_a_flood_of_media(culprit: Raw, node: Node, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await flood(node, 3 * RATES["media"].burst, lambda _: culprit.send_video())
        await logged(caplog, "media")
    assert node.mux.counts["refused_media"] > 100
    assert told(caplog, "media") == 1


async def test_a_flood_of_signed_checks(
    culprit: Raw, node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        await flood(node, 1500, lambda _: culprit.publishing.send_check())
        await logged(caplog, "check")
    assert node.mux.counts["refused_check"] > 500
    assert told(caplog, "check") == 1


async def test_a_flood_of_dtls(culprit: Raw, node: Node, caplog: pytest.LogCaptureFixture) -> None:
    rng = random.Random(7)
    records = [b"\x16\xfe\xfd" + rng.randbytes(80) for _ in range(40)]
    with caplog.at_level(logging.WARNING):
        await flood(node, 2000, lambda n: culprit.publishing.send(records[n % 40]))
        await logged(caplog, "dtls")
    assert node.mux.counts["refused_dtls"] > 1000


@pytest.mark.usefixtures("pair")
async def test_strangers(node: Node) -> None:
    """From many addresses, with names nobody has, or none."""
    strangers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(20)]
    junk = [check("deadbeef", "wrong"), bytes(60), b"\x16\xfe\xfd" + bytes(60), b"\x80" + bytes(60)]
    try:
        await flood(
            node,
            3 * STRANGERS.burst,
            lambda n: strangers[n % 20].sendto(junk[n % 4], ("127.0.0.1", node.mux.port)) and None,
        )
    finally:
        for sock in strangers:
            sock.close()
    assert node.mux.counts["refused_stranger"] > 500


async def test_the_metrics_tell(node: Node, control: str, http: aiohttp.ClientSession) -> None:
    node.mux.counts["refused_check"] += 3
    async with http.get(f"{control}/metrics") as response:
        text = await response.text()
    assert 'doorstep_media_refused_total{reason="refused_check"} 3.0' in text
    assert 'doorstep_media_packets_total{outcome="receive_dropped"} 0.0' in text
    assert "doorstep_media_rooms 0.0" in text


async def test_a_newcomer_is_let_in_during_a_flood(
    caller: Caller, pair: tuple[Participant, Participant], node: Node
) -> None:
    """A check that names somebody is looked at, however many strangers knock."""
    node.mux.strangers.left = -(10**9)
    raw = Raw(caller, "r2", "late")
    try:
        await raw.publish()
    finally:
        raw.close()


async def test_an_offer_that_is_never_answered(
    caller: Caller, pair: tuple[Participant, Participant], node: Node
) -> None:
    node.settings.answer_timeout = 0.5
    where = {"room": "r1", "seat": "mute", "session": "mute-1"}
    await caller.call("enter", **where, rights=["subscribe"])
    await caller.expect("offer", seat="mute")
    await caller.expect("media", seat="mute", side="subscribe", state="closed")
    assert node.mux.counts["unanswered_offer"] == 1
    await caller.call("enter", **where, rights=["subscribe"])  # it may come back
    assert node.rooms["r1"].seats["mute"].subscription is not None
    await caller.call("leave", **where)
