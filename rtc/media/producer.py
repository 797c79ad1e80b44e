"""One incoming track: history shared by all receivers, feedback to its sender, the fan-out."""

import asyncio
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiortc.rtp import (
    RTCP_PSFB_PLI,
    RTCP_RTPFB_NACK,
    RtcpPsfbPacket,
    RtcpReceiverInfo,
    RtcpRtpfbPacket,
    RtcpSdesPacket,
    RtcpSenderInfo,
    RtcpSourceInfo,
    RtcpSrPacket,
)

from rtc.media.datagrams import RUN_BYTES, SLOT, WORDS
from rtc.media.dtls_srtp import srtp
from rtc.media.mux import EXTENSION
from rtc.signals import Kind, Source

if TYPE_CHECKING:
    from rtc.media.consumer import Consumer
    from rtc.media.peer import Peer

HISTORY: Final = 1024  # packets kept for retransmission, a few seconds of video
GAP: Final = 200  # lost packets in a row that are asked for again; more is a new start
NACK_TRIES: Final = 10
NACK_AGE: Final = 1.0  # s after which a packet is of no use
KEYFRAME_PAUSE: Final = 0.5  # s between two requests to the same sender
RUN: Final = 40  # segments in one message
_protect = srtp.protect
_header = struct.Struct("!BBHLL").pack

Packet = tuple[int, int, int, bytes]  # sequence number, timestamp, marker bit, payload
Tap = Callable[[tuple[int, int, int, bytes, float]], None]  # Packet and monotonic arrival time


class ClockPair(NamedTuple):
    """From a sender report: the sender's wall clock (NTP, 32.32) and the RTP time that it was."""

    ntp: int
    rtp: int


@dataclass(frozen=True)
class Codec:
    """A codec as forwarded: its name in SDP, our payload types in all offers, its clock in Hz."""

    name: str
    payload_type: int
    rtx_payload_type: int | None
    clock_rate: int
    parameters: str = ""


class Producer:
    """A track from a participant's publish connection.

    Packets are rewritten once, with an SSRC that is unique on this node and our payload type, and
    then sealed for each sink: the plain text is the same for all.
    """

    def __init__(
        self,
        peer: "Peer",
        seat: str,
        stream: str,
        source: Source,
        mid: str,
        codec: Codec,
        payload_type: int,
        rtx_payload_type: int | None,
        ssrc: int | None,
        rtx_ssrc: int | None,
    ) -> None:
        self.peer = peer
        self.seat = seat
        self.stream = stream  # names the stream in offers; its tracks are played in step
        self.source: Source = source
        self.mid = mid
        self.codec = codec
        self.kind: Kind = "audio" if source == "microphone" else "video"
        self.video = self.kind == "video"
        self.payload_type = payload_type
        self.rtx_payload_type = rtx_payload_type
        self.ssrc = ssrc
        self.rtx_ssrc = rtx_ssrc
        self.out_ssrc = peer.mux.new_ssrc()
        self.out_rtx_ssrc = peer.mux.new_ssrc()
        self.sinks: tuple[Consumer, ...] = ()
        self.taps: tuple[Tap, ...] = ()
        self.closed = False
        self.clock: ClockPair | None = None
        self.received = 0
        self.octets = 0
        self.forwarded = 0
        self.duplicates = 0
        self.history: list[Packet | None] = [None] * HISTORY
        self._targets: tuple[tuple[Any, int], ...] = ()  # key and address of each sink
        self._mux = peer.mux
        self._burst: list[bytes] = []
        self._highest = -1  # extended sequence number, cycles included
        self._base = 0
        self._missing: dict[int, tuple[float, int]] = {}  # sequence number: first missed, tries
        self._nack_due = False
        self._report_expected = self._report_received = 0
        self._sender_report_at = 0.0
        self._jitter = 0.0
        self._transit: float | None = None
        self._keyframe_at = 0.0
        self._keyframe_timer: asyncio.TimerHandle | None = None

    # -- the hot path

    def receive(self, sequence: int, timestamp: int, marker: int, payload: bytes) -> None:
        """One packet, first sent or sent again. Duplicates are dropped."""
        highest = self._highest
        ahead = ((sequence - highest) & 0xFFFF) if highest >= 0 else 1
        slot = sequence % HISTORY
        if ahead != 1:
            if not self._out_of_order(sequence, ahead, slot):
                return
        elif highest < 0:
            self._highest = self._base = sequence
        else:
            self._highest = highest + 1
        self.received += 1
        self.octets += len(payload)
        self.history[slot] = (sequence, timestamp, marker, payload)
        if self.sinks:
            codec = self.codec
            if not self._burst:
                self._mux.waiting.append(self)
            self._burst.append(
                _header(0x90, marker | codec.payload_type, sequence, timestamp, self.out_ssrc)
                + self._mux.extension
                + payload
            )
        for tap in self.taps:
            tap((sequence, timestamp, marker, payload, self._mux.now))

    def _out_of_order(self, sequence: int, ahead: int, slot: int) -> bool:
        """Whether to take a packet that is not the next one."""
        if 0 < ahead < 0x8000:
            if self.video and ahead <= GAP:
                now = self._mux.now
                for step in range(1, ahead):
                    self._missing[(self._highest + step) & 0xFFFF] = (now, 0)
                if not self._burst:
                    self._mux.waiting.append(self)
                self._nack_due = True
            else:
                self._missing.clear()
            self._highest += ahead
            return True
        known = self.history[slot]
        if 0x10000 - ahead >= HISTORY or (known is not None and known[0] == sequence):
            self.duplicates += 1
            return False
        self._missing.pop(sequence, None)
        return True

    def forward(self) -> None:
        """Seal this batch's packets for every sink, and ask for what is missing."""
        burst = self._burst
        if burst:
            self._burst = []
            self.forwarded += len(burst)
            if len(burst) == 1:
                self._fan_out_one(burst[0])
            else:
                self._fan_out(burst)
        if self._nack_due:
            self._nack_due = False
            self.ask_again(self._mux.now)

    def _fan_out_one(self, packet: bytes) -> None:
        lane = self._mux.outbox.singles
        buffer, lengths, headers = lane.buffer, lane.iovecs, lane.headers
        pointers, length_pointers = lane.pointers, lane.length_pointers
        slot = lane.room(len(self._targets))
        size = len(packet)
        for key, destination in self._targets:
            at = slot * SLOT
            buffer[at : at + size] = packet
            lengths[2 * slot + 1] = size
            if not _protect(key, pointers[slot], length_pointers[slot]):
                headers[WORDS * slot] = destination
                slot += 1
        lane.used = slot

    def _fan_out(self, burst: list[bytes]) -> None:
        lane = self._mux.outbox.runs
        buffer, lengths = lane.buffer, lane.iovecs
        pointers, length_pointers = lane.pointers, lane.length_pointers
        runs = _runs(burst, self._mux.outbox.segmentation)
        for key, destination in self._targets:
            first = slot = lane.room(len(burst))
            for packet in burst:
                size = len(packet)
                at = slot * SLOT
                buffer[at : at + size] = packet
                lengths[2 * slot + 1] = size
                if _protect(key, pointers[slot], length_pointers[slot]):
                    break
                slot += 1
            else:
                lane.used = slot
                for skip, length in runs:
                    lane.post(first + skip, length, destination)

    def serve(self, sinks: "tuple[Consumer, ...]") -> None:
        """Forward to these from now on."""
        self.sinks = sinks
        self._targets = tuple((sink.key, sink.destination) for sink in sinks)

    # -- feedback to the sender

    def ask_again(self, now: float) -> None:
        """NACK what is missing (RFC 4585 section 6.2.1)."""
        lost: list[int] = []
        for sequence, (since, tries) in list(self._missing.items()):
            if tries >= NACK_TRIES or now - since > NACK_AGE:
                del self._missing[sequence]
            else:
                self._missing[sequence] = (since, tries + 1)
                lost.append(sequence)
        if lost and self.ssrc is not None and self.rtx_payload_type is not None:
            packet = RtcpRtpfbPacket(
                fmt=RTCP_RTPFB_NACK,
                ssrc=self.peer.rtcp_ssrc,
                media_ssrc=self.ssrc,
                lost=sorted(lost),
            )
            self.peer.send_rtcp(packet)

    @property
    def missing(self) -> int:
        """Packets that are being asked for again."""
        return len(self._missing)

    def request_keyframe(self) -> None:
        """PLI (RFC 4585 section 6.3.1), now or as soon as the pause since the last one is over."""
        if not self.video or self.closed or self._keyframe_timer is not None:
            return
        wait = self._keyframe_at + KEYFRAME_PAUSE - time.monotonic()
        if wait > 0 or self.ssrc is None:
            loop = asyncio.get_running_loop()
            self._keyframe_timer = loop.call_later(max(wait, 0.05), self._keyframe_due)
        else:
            self._send_pli()

    def _keyframe_due(self) -> None:
        self._keyframe_timer = None
        if self.closed:
            return
        if self.ssrc is None:
            self.request_keyframe()
        else:
            self._send_pli()
            self._mux.outbox.flush()

    def _send_pli(self) -> None:
        if self.ssrc is not None:
            self._keyframe_at = time.monotonic()
            self.peer.send_rtcp(
                RtcpPsfbPacket(fmt=RTCP_PSFB_PLI, ssrc=self.peer.rtcp_ssrc, media_ssrc=self.ssrc)
            )

    def sender_report(self, sender: RtcpSenderInfo) -> None:
        """Remember the sender's clock and pass it on, in our SSRC and our counts."""
        self.clock = ClockPair(sender.ntp_timestamp, sender.rtp_timestamp)
        self._sender_report_at = self._mux.now
        if not self.sinks:
            return
        report = RtcpSrPacket(
            ssrc=self.out_ssrc,
            sender_info=RtcpSenderInfo(
                ntp_timestamp=sender.ntp_timestamp,
                rtp_timestamp=sender.rtp_timestamp,
                packet_count=self.forwarded & 0xFFFFFFFF,
                octet_count=self.octets & 0xFFFFFFFF,
            ),
        )
        name = RtcpSourceInfo(ssrc=self.out_ssrc, items=[(1, self.stream.encode())])
        data = bytes(report) + bytes(RtcpSdesPacket(chunks=[name]))
        for sink in self.sinks:
            sink.peer.send_rtcp_bytes(data)

    def report(self, now: float) -> RtcpReceiverInfo | None:
        """Loss since the last report and in total (RFC 3550 section 6.4.1)."""
        if self._highest < 0 or self.ssrc is None:
            return None
        expected = self._highest - self._base + 1
        interval = expected - self._report_expected
        lost = interval - (self.received - self._report_received)
        self._report_expected, self._report_received = expected, self.received
        last = 0 if self.clock is None else (self.clock.ntp >> 16) & 0xFFFFFFFF
        delay = int((now - self._sender_report_at) * 65536) if last else 0
        return RtcpReceiverInfo(
            ssrc=self.ssrc,
            fraction_lost=max(0, min(255, (lost << 8) // interval)) if interval > 0 else 0,
            packets_lost=max(0, min(expected - self.received, 0x7FFFFF)),
            highest_sequence=self._highest & 0xFFFFFFFF,
            jitter=0,
            lsr=last,
            dlsr=delay & 0xFFFFFFFF,
        )

    def close(self) -> None:
        """The track ended; its sinks fall silent."""
        if self.closed:
            return
        self.closed = True
        if self._keyframe_timer is not None:
            self._keyframe_timer.cancel()
        for sink in self.sinks:
            sink.active = False
        self.serve(())
        self.taps = ()
        self._mux.free_ssrc(self.out_ssrc, self.out_rtx_ssrc)


def _runs(burst: list[bytes], segmentation: bool) -> list[tuple[int, int]]:
    """Cut a burst into (first, count): equal packets, the last may be shorter (UDP_SEGMENT)."""
    if len(burst) == 1:
        return [(0, 1)]
    if not segmentation:
        return [(i, 1) for i in range(len(burst))]
    runs: list[tuple[int, int]] = []
    first, size, ended = 0, len(burst[0]), False
    for i in range(1, len(burst)):
        length = len(burst[i])
        full = i - first >= RUN or (i - first + 1) * (size + EXTENSION + 32) > RUN_BYTES
        if ended or length > size or full:
            runs.append((first, i - first))
            first, size, ended = i, length, False
        else:
            ended = length < size
    runs.append((first, len(burst) - first))
    return runs
