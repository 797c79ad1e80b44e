"""Who follows a track through its layers sees one stream: numbers, times and pictures go on."""

import itertools
import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiortc.rtp import RtcpSenderInfo

from rtc.media import sdp
from rtc.media.follower import Follower
from rtc.media.producer import Producer, Streams

FRAME = 3600  # ticks at 25 frames a second
MILLISECOND = 90  # between the same picture in two sizes


@dataclass
class Outbox:
    sent: list[bytes] = field(default_factory=list)


@dataclass
class Mux:
    """As much of a mux as streams need."""

    now: float = 1000.0
    extension: bytes = bytes(8)
    waiting: list[Any] = field(default_factory=list)
    asking: set[Any] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    outbox: Outbox = field(default_factory=Outbox)
    ssrcs: int = 0

    def new_ssrc(self) -> int:
        self.ssrcs += 1
        return self.ssrcs

    def free_ssrc(self, *_: int) -> None: ...


@dataclass
class Peer:
    mux: Mux = field(default_factory=Mux)
    rtcp_ssrc: int = 9
    asked: list[Any] = field(default_factory=list)

    def send_rtcp(self, *packets: Any) -> None:
        self.asked += packets


class Camera:
    """Two layers of the same pictures, each with numbers of its own, and one who follows."""

    def __init__(self) -> None:
        self.peer = Peer()
        streams = [Streams("h", 101, 102), Streams("f", 103, 104)]
        self.track = Producer(
            self.peer,
            "zhou",
            "seat1",
            "camera",
            "1",
            sdp.VP8,
            96,
            97,
            streams,  # type: ignore[arg-type]
        )
        self.small, self.large = self.track.layers
        self.follower = Follower(self.track)
        self.got: list[tuple[int, int, int, bytes, float]] = []
        self.follower.tap = self.got.append
        self.frame = 0
        self.numbers = {"h": 65_500, "f": 30_000}
        self.starts = {"h": 2**32 - 9000, "f": 77}
        self.pictures = {"h": 0x7FFA, "f": 200}

    def send(self, *, key: str = "") -> None:
        """One frame in both layers, of two packets each; `key` names the layer of a key frame."""
        self.frame += 1
        self.peer.mux.now += 0.04
        for layer in self.track.layers:
            rid = layer.rid
            timestamp = (self.starts[rid] + self.frame * FRAME) & 0xFFFFFFFF
            picture = (self.pictures[rid] + self.frame) & 0x7FFF | 0x8000
            for part in range(2):
                head = struct.pack("!BBHBB", 0x90 if part == 0 else 0x80, 0xE0, picture, 5, 0x20)
                body = bytes([0 if key == rid else 1]) + bytes(20)
                self.numbers[rid] = (self.numbers[rid] + 1) & 0xFFFF
                layer.receive(self.numbers[rid], timestamp, 0x80 * part, head + body)

    def report(self) -> None:
        """Sender reports: the clocks of both layers at the same moment."""
        for layer in self.track.layers:
            at = (self.starts[layer.rid] + self.frame * FRAME) & 0xFFFFFFFF
            layer.sender_report(
                RtcpSenderInfo(
                    ntp_timestamp=int(self.peer.mux.now * 2**32),
                    rtp_timestamp=at,
                    packet_count=0,
                    octet_count=0,
                )
            )

    @property
    def seen(self) -> list[tuple[int, int, int]]:
        """Sequence number, time and picture id of what the follower got."""
        return [(s, t, int.from_bytes(p[2:4], "big") & 0x7FFF) for s, t, _, p, _ in self.got]


@pytest.fixture
def camera() -> Camera:
    return Camera()


def continuous(seen: list[tuple[int, int, int]], *, exact: bool) -> None:
    """No number is missing or repeated, and time goes on at the pace of the pictures."""
    for (sequence, time, picture), (after, later, following) in itertools.pairwise(seen):
        assert (after - sequence) & 0xFFFF == 1
        assert (following - picture) & 0x7FFF in (0, 1)
        step = (later - time) & 0xFFFFFFFF
        assert step in (0, MILLISECOND, FRAME) if exact else step <= 2 * FRAME
        assert (step > 0) == (following != picture)


@pytest.mark.parametrize("reported", [True, False])
async def test_up_and_down_without_a_seam(camera: Camera, reported: bool) -> None:
    camera.follower.follow(camera.small)
    camera.send()
    assert camera.got == []  # not before a key frame
    camera.send(key="h")
    if reported:
        camera.report()
    for wanted, rid in ((camera.large, "f"), (camera.small, "h"), (camera.large, "f")):
        before = camera.follower.layer
        camera.follower.follow(wanted)
        camera.send()
        assert camera.follower.layer is before  # the old one goes on until the new one can begin
        camera.send(key=rid)
        assert camera.follower.layer is wanted
        for _ in range(30):
            camera.send()
    continuous(camera.seen, exact=reported)
    assert len(camera.peer.asked) > 0  # key frames were asked for


async def test_a_pause_leaves_a_gap_in_time_and_none_in_numbers(camera: Camera) -> None:
    camera.follower.follow(camera.small)
    camera.send(key="h")
    camera.report()
    camera.follower.follow(None)
    before = camera.seen[-1]
    for _ in range(50):
        camera.send()
    assert camera.seen[-1] == before
    camera.follower.follow(camera.small)
    camera.send(key="h")
    after = camera.seen[len(camera.seen) - 2]
    assert (after[0] - before[0]) & 0xFFFF == 1
    assert (after[1] - before[1]) & 0xFFFFFFFF == pytest.approx(51 * FRAME, abs=10)


async def test_what_was_passed_on_is_found_again_across_the_seam(camera: Camera) -> None:
    camera.follower.follow(camera.small)
    camera.send(key="h")
    for _ in range(5):
        camera.send()
    camera.follower.follow(camera.large)
    camera.send(key="f")
    for _ in range(5):
        camera.send()
    for sequence, _, _, payload, _ in camera.got:
        found = camera.follower.find(sequence)
        assert found is not None
        packet, shift = found
        assert (packet[0] + shift.sequence) & 0xFFFF == sequence
        assert packet[3][6:] == payload[6:]
    assert camera.follower.find((camera.got[-1][0] + 1) & 0xFFFF) is None
    assert camera.follower.find((camera.got[0][0] - 1) & 0xFFFF) is None


async def test_sender_reports_that_cannot_be_are_not_believed(camera: Camera) -> None:
    camera.follower.follow(camera.small)
    camera.send(key="h")
    camera.report()
    absurd = RtcpSenderInfo(ntp_timestamp=1, rtp_timestamp=4, packet_count=0, octet_count=0)
    camera.large.sender_report(absurd)
    camera.follower.follow(camera.large)
    camera.send(key="f")
    camera.send()
    continuous(camera.seen, exact=False)


async def test_a_change_of_mind_before_the_key_frame(camera: Camera) -> None:
    camera.follower.follow(camera.small)
    camera.send(key="h")
    camera.follower.follow(camera.large)
    camera.follower.follow(camera.small)
    camera.send(key="f")
    assert camera.follower.layer is camera.small
    assert camera.large.waiting == []
    continuous(camera.seen, exact=True)


async def test_the_end_of_a_track_lets_go(camera: Camera) -> None:
    camera.follower.follow(camera.small)
    camera.send(key="h")
    camera.track.close()
    assert camera.follower.layer is None
    camera.follower.follow(None)
