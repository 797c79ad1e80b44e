"""One RTP stream as it arrives: history shared by all receivers, feedback to its sender, fan-out.

A track has one, or one for each size in which its sender encodes it (simulcast, RFC 8853).
"""

import asyncio
import struct
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRtpfbPacket,
    RtcpSenderInfo,
)

from rtc.media.fanout import Target, fan_out, fan_out_numbered, fan_out_one
from rtc.media.loudness import Loudness
from rtc.media.pictures import begins_key_frame, renumber
from rtc.media.reports import ClockPair, Reception, describe, sender_report
from rtc.media.transport import OVERHEAD, numbered_extension

if TYPE_CHECKING:
    from rtc.media.follower import Follower
    from rtc.media.producer import Producer

HISTORY: Final = 512  # packets kept for retransmission: 3 s of video at the highest bitrate
GAP: Final = 200  # lost packets in a row that are asked for again; more is a new start
NACK_TRIES: Final = 10
NACK_AGE: Final = 1.0  # s after which a packet is of no use
AROUND: Final = OVERHEAD + 20  # bytes around a payload, RTP header and extension included
KEYFRAME_PAUSE: Final = 0.5  # s between two requests to the same sender
_header = struct.Struct("!BBHLL8s").pack  # and the extension for all packets of this batch
_numbered = struct.Struct("!BBHLL12s").pack

Packet = tuple[int, int, int, bytes]  # sequence number, timestamp, marker bit, payload
Tap = Callable[[tuple[int, int, int, bytes, float]], None]  # Packet and monotonic arrival time


class Shift(NamedTuple):
    """What is added to a layer's numbers so that its receiver sees one stream without a seam."""

    sequence: int = 0
    timestamp: int = 0
    picture: int = 0  # VP8 picture id
    tl0: int = 0  # VP8 TL0PICIDX


NO_SHIFT: Final = Shift()
_NOTHING: Final[list[Packet | None]] = [None] * HISTORY


class Layer:
    """One stream of a track. `followers` are those to whom it is passed on just now."""

    def __init__(self, track: "Producer", rid: str, ssrc: int | None, rtx_ssrc: int | None) -> None:
        self.track = track
        self.rid = rid
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.payload_type = track.payload_type
        self.rtx_payload_type = track.rtx_payload_type
        self.followers: tuple[Follower, ...] = ()
        self.waiting: list[Follower] = []  # begin with the next key frame
        self.received = 0
        self.octets = 0
        self.forwarded = 0
        self.duplicates = 0
        self.bitrate = 0.0  # bit/s on the way to a receiver, headers included, of about a second
        self.heard = 0.0  # monotonic time at which the last packets were noticed
        self.loudness = Loudness()
        self.highest = -1  # extended sequence number, cycles included
        self.history: list[Packet | None] = [None] * HISTORY
        self._lanes: tuple[tuple[Shift, bool, tuple[Target, ...]], ...] = ()
        self._taps: tuple[tuple[Shift, Tap], ...] = ()
        self._video = track.video
        self._mux = track.peer.mux
        self._burst: list[Packet] = []
        self._description = describe(track.out_ssrc, track.stream)
        self._base = 0
        self._missing: dict[int, tuple[float, int]] = {}  # sequence number: first missed, tries
        self._nack_due = False
        self._reception = Reception()
        self._measured = (0.0, 0, 0)
        self._keyframe_at = 0.0
        self._keyframe_timer: asyncio.TimerHandle | None = None

    # -- the hot path

    def receive(self, sequence: int, timestamp: int, marker: int, payload: bytes) -> None:
        """One packet, first sent or sent again. Duplicates are dropped."""
        highest = self.highest
        ahead = ((sequence - highest) & 0xFFFF) if highest >= 0 else 1
        slot = sequence % HISTORY
        if ahead != 1:
            if not self._out_of_order(sequence, ahead, slot):
                return
        elif highest < 0:
            self.highest = self._base = sequence
        else:
            self.highest = highest + 1
        self.received += 1
        self.octets += len(payload)
        packet = self.history[slot] = (sequence, timestamp, marker, payload)
        if self.waiting and begins_key_frame(self.track.codec.name, payload):
            self._admit(packet)
        if self._lanes:
            if not self._burst:
                self._mux.waiting.append(self)
            self._burst.append(packet)
        if self._taps:
            self._tap(packet)

    def _out_of_order(self, sequence: int, ahead: int, slot: int) -> bool:
        """Whether to take a packet that is not the next one."""
        if 0 < ahead < 0x8000:
            if self._video and ahead <= GAP:
                now = self._mux.now
                for step in range(1, ahead):
                    self._missing[(self.highest + step) & 0xFFFF] = (now, 0)
                if not self._burst:
                    self._mux.waiting.append(self)
                self._nack_due = True
                self._mux.asking.add(self)
            else:
                self._missing.clear()
            self.highest += ahead
            return True
        known = self.history[slot]
        if 0x10000 - ahead >= HISTORY or (known is not None and known[0] == sequence):
            self.duplicates += 1
            return False
        self._missing.pop(sequence, None)
        return True

    def forward(self) -> None:
        """Seal this batch's packets for every receiver, and ask for what is missing."""
        burst = self._burst
        if burst:
            self._burst = []
            self.forwarded += len(burst)
            track = self.track
            kind, ssrc, extension = track.codec.payload_type, track.out_ssrc, self._mux.extension
            for shift, numbered, targets in self._lanes:
                if shift is NO_SHIFT and not numbered and len(burst) == 1:  # what sound mostly is
                    sequence, timestamp, marker, data = burst[0]
                    head = _header(0x90, marker | kind, sequence, timestamp, ssrc, extension)
                    fan_out_one(self._mux.outbox, head + data, targets)
                    continue
                packets = burst if shift is NO_SHIFT else shifted(burst, shift, track.vp8)
                if numbered:
                    wide = numbered_extension(extension)
                    made = [
                        _numbered(0x90, marker | kind, sequence, timestamp, ssrc, wide) + data
                        for sequence, timestamp, marker, data in packets
                    ]
                    fan_out_numbered(self._mux.outbox, made, targets, self._mux.now)
                else:
                    made = [
                        _header(0x90, marker | kind, sequence, timestamp, ssrc, extension) + data
                        for sequence, timestamp, marker, data in packets
                    ]
                    fan_out(self._mux.outbox, made, targets)
        if self._nack_due:
            self._nack_due = False
            self.ask_again(self._mux.now)

    def _tap(self, packet: Packet) -> None:
        for shift, tap in self._taps:
            ((sequence, timestamp, marker, payload),) = shifted((packet,), shift, self.track.vp8)
            tap((sequence, timestamp, marker, payload, self._mux.now))

    # -- who is served

    def _admit(self, packet: Packet) -> None:
        """A key frame begins: those who waited for it change over."""
        waiting, self.waiting = self.waiting, []
        for follower in waiting:
            follower.begin(self, packet)

    def serve(self, followers: "Iterable[Follower]") -> None:
        """Pass the stream on to these from now on; what has come before goes to the old ones."""
        if self._burst:
            self.forward()
        self.followers = tuple(followers)
        lanes: dict[tuple[Shift, bool], list[Target]] = {}
        for follower in self.followers:
            target = follower.target
            if target is not None:
                lanes.setdefault((follower.shift, target[2] is not None), []).append(target)
        self._lanes = tuple((*lane, tuple(targets)) for lane, targets in lanes.items())
        self._taps = tuple((f.shift, f.tap) for f in self.followers if f.tap is not None)

    @property
    def newest(self) -> Packet | None:
        """The packet with the highest sequence number so far."""
        return self.history[self.highest % HISTORY] if self.highest >= 0 else None

    @property
    def now(self) -> float:
        """Monotonic time of the newest batch of packets."""
        return self._mux.now

    # -- feedback to the sender

    def ask_again(self, now: float) -> None:
        """NACK what is missing (RFC 4585 section 6.2.1), if anybody needs it."""
        lost: list[int] = []
        for sequence, (since, tries) in list(self._missing.items()):
            if tries >= NACK_TRIES or now - since > NACK_AGE or not self.followers:
                del self._missing[sequence]
            else:
                self._missing[sequence] = (since, tries + 1)
                lost.append(sequence)
        if lost and self.ssrc is not None and self.rtx_payload_type is not None:
            packet = RtcpRtpfbPacket(
                fmt=RTCP_RTPFB_NACK,
                ssrc=self.track.peer.rtcp_ssrc,
                media_ssrc=self.ssrc,
                lost=sorted(lost),
            )
            self.track.peer.send_rtcp(packet)
        if not self._missing:
            self._mux.asking.discard(self)

    @property
    def missing(self) -> int:
        """Packets that are being asked for again."""
        return len(self._missing)

    def request_keyframe(self) -> None:
        """PLI (RFC 4585 section 6.3.1), now or as soon as the pause since the last one is over."""
        if not self._video or self.track.closed or self._keyframe_timer is not None:
            return
        wait = self._keyframe_at + KEYFRAME_PAUSE - time.monotonic()
        if wait > 0 or self.ssrc is None:
            loop = asyncio.get_running_loop()
            self._keyframe_timer = loop.call_later(max(wait, 0.05), self._keyframe_due)
        else:
            self._send_pli()

    def _keyframe_due(self) -> None:
        self._keyframe_timer = None
        if self.track.closed:
            return
        if self.ssrc is None:
            self.request_keyframe()
        else:
            self._send_pli()
            self._mux.outbox.flush()

    def _send_pli(self) -> None:
        if self.ssrc is not None:
            peer = self.track.peer
            self._keyframe_at = time.monotonic()
            peer.send_rtcp(
                RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=peer.rtcp_ssrc, media_ssrc=self.ssrc)
            )

    @property
    def clock(self) -> ClockPair | None:
        """The sender's clock, once it has told it."""
        return self._reception.clock

    def sender_report(self, sender: RtcpSenderInfo) -> None:
        """Remember the sender's clock and pass it on, in our SSRC, our times and our counts."""
        self._reception.told(sender, self._mux.now)
        ssrc = self.track.out_ssrc
        made: dict[int, bytes] = {}
        for follower in self.followers:
            ahead = follower.shift.timestamp
            if ahead not in made:
                report = sender_report(ssrc, sender, ahead, self.forwarded, self.octets)
                made[ahead] = report + self._description
            follower.send_rtcp(made[ahead])

    def report(self, now: float) -> RtcpReceiverInfo | None:
        """What the sender is told about its stream; of a voice, also what its listeners lose."""
        if self.highest < 0 or self.ssrc is None:
            return None
        listeners = () if self._video else self.track.consumers
        worst = max((listener.fraction_lost for listener in listeners), default=0.0)
        expected = self.highest - self._base + 1
        return self._reception.report(now, self.ssrc, self.highest, expected, self.received, worst)

    def tick(self, now: float) -> None:
        """What is due some times a second: measure, and ask again for a key frame."""
        self._measure(now)
        if self.waiting:
            self.request_keyframe()

    def _measure(self, now: float) -> None:
        since, octets, packets = self._measured
        if now - since < 0.05:
            return
        self._measured = (now, self.octets, self.received)
        if self.octets != octets:
            self.heard = now
        if since:
            sent = self.octets - octets + (self.received - packets) * AROUND
            share = min(1.0, now - since)
            self.bitrate += share * (sent * 8 / (now - since) - self.bitrate)

    def close(self) -> None:
        """The stream ended; its followers fall silent."""
        self._mux.asking.discard(self)
        if self._keyframe_timer is not None:
            self._keyframe_timer.cancel()
        self.waiting.clear()
        for follower in self.followers:
            follower.ended()
        self.serve(())
        self.history = _NOTHING  # the largest part of a track, free at once


def shifted(burst: Iterable[Packet], shift: Shift, vp8: bool) -> list[Packet]:
    """The same packets in a receiver's numbers."""
    numbers, ahead, picture, tl0 = shift
    return [
        (
            (sequence + numbers) & 0xFFFF,
            (timestamp + ahead) & 0xFFFFFFFF,
            marker,
            renumber(payload, picture, tl0) if vp8 else payload,
        )
        for sequence, timestamp, marker, payload in burst
    ]
