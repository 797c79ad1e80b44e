"""A publisher: plays the clip into one peer connection, packet by packet, at its own times."""

import random
import struct
import time
from typing import Any

from aiortc.rtp import (
    RTCP_PSFB_FIR,
    RTCP_PSFB_PLI,
    RtcpPacket,
    RtcpPsfbPacket,
    RtcpSenderInfo,
    RtcpSrPacket,
)
from pylibsrtp._binding import ffi, lib

from bench.media import sdp
from bench.media.clip import AUDIO_STEP_SECONDS, FRAMES_PER_SECOND, Clip
from bench.media.peer import Peer

BURST = 8
"""Packets sent in one go; the rest of a large frame follows in steps of BURST_SECONDS."""
BURST_SECONDS = 0.005
REPORT_SECONDS = 1.0
_HEADER = struct.Struct("!BBHLLHHBcBBHxx")
_STAMP = struct.Struct("!Q")
_PROFILE = 0xBEDE
_NTP_EPOCH = 2_208_988_800
_KEYFRAME_WANTED = (RTCP_PSFB_PLI, RTCP_PSFB_FIR)


class Wire:
    """Builds, protects and sends one RTP packet at a time in one buffer."""

    def __init__(self, *, stamps: bool) -> None:
        self.stamps = stamps
        self.sent = self.refused = 0
        self._raw = ffi.new("char[]", 2048)
        self._view = memoryview(ffi.buffer(self._raw)).cast("B")
        self._length = ffi.new("int *")

    def send(self, track: "Track", payload: bytes, stamp: int, marker: int) -> None:
        """One packet with MID and abs-send-time, as Chromium sends them."""
        view = self._view
        ticks = int((time.time() % 64) * 262144) & 0xFFFFFF
        _HEADER.pack_into(
            view, 0, 0x90, marker | track.payload_type, track.sequence, stamp, track.ssrc,
            _PROFILE, 2, sdp.MID_ID << 4, track.mid, sdp.ABS_SEND_TIME_ID << 4 | 2,
            ticks >> 16, ticks & 0xFFFF,
        )  # fmt: skip
        end = _HEADER.size + len(payload)
        view[_HEADER.size : end] = payload
        if self.stamps:
            _STAMP.pack_into(view, end - _STAMP.size, time.time_ns())
        self._length[0] = end
        if lib.srtp_protect(track.session, self._raw, self._length) != 0:
            self.refused += 1
            return
        try:
            track.sock.send(view[: self._length[0]])
        except OSError:
            self.refused += 1
        track.sequence = (track.sequence + 1) & 0xFFFF
        track.packets += 1
        track.octets += len(payload)
        self.sent += 1


class Track:
    """One outgoing stream's identity and counters."""

    def __init__(self, peer: Peer, ssrc: int, payload_type: int, mid: bytes) -> None:
        assert peer.sender is not None
        self.session: Any = peer.sender._srtp[0]
        self.sock = peer.sock
        self.ssrc, self.payload_type, self.mid = ssrc, payload_type, mid
        self.sequence = random.randrange(0x8000)
        self.packets = self.octets = self.stamp = 0
        self.base = random.getrandbits(31)


class Publisher:
    """One participant's microphone and camera. `on_…` methods return when they are next due."""

    def __init__(self, peer: Peer, ssrcs: tuple[int, int], clip: Clip, wire: Wire) -> None:
        self.peer, self.clip, self.wire = peer, clip, wire
        self.audio = Track(peer, ssrcs[0], sdp.OPUS, b"0")
        self.video = Track(peer, ssrcs[1], sdp.VP8, b"1")
        self._shift = random.randrange(len(clip.video))
        self._start = self._sounds = self._frames = 0.0
        self._rest: list[bytes] = []

    def begin(self, at: float) -> None:
        """Set the clock of both tracks to `at`, a time of `time.monotonic`."""
        self._start = at

    def on_audio(self, due: float) -> float:
        """Send one Opus packet."""
        number = int(self._sounds)
        self.audio.stamp = (self.audio.base + number * 960) & 0xFFFFFFFF
        payload = self.clip.audio[number % len(self.clip.audio)]
        self.wire.send(self.audio, payload, self.audio.stamp, 0)
        self._sounds += 1
        return self._start + self._sounds * AUDIO_STEP_SECONDS

    def on_video(self, due: float) -> float:
        """Send one frame, or the next burst of a large one."""
        number = int(self._frames)
        if not self._rest:
            self.video.stamp = (self.video.base + number * 3600) & 0xFFFFFFFF
            self._rest = self.clip.video[(number + self._shift) % len(self.clip.video)]
        burst, self._rest = self._rest[:BURST], self._rest[BURST:]
        for n, payload in enumerate(burst, 1):
            last = not self._rest and n == len(burst)
            self.wire.send(self.video, payload, self.video.stamp, 0x80 if last else 0)
        if self._rest:
            return due + BURST_SECONDS
        self._frames += 1
        return self._start + self._frames / FRAMES_PER_SECOND

    def on_report(self, due: float) -> float:
        """Sender reports of both tracks."""
        now = time.time() + _NTP_EPOCH
        ntp = int(now * (1 << 32))
        for track in (self.audio, self.video):
            report = RtcpSrPacket(
                ssrc=track.ssrc,
                sender_info=RtcpSenderInfo(
                    ntp_timestamp=ntp,
                    rtp_timestamp=track.stamp,
                    packet_count=track.packets,
                    octet_count=track.octets,
                ),
            )
            self._send_rtcp(bytes(report))
        return due + REPORT_SECONDS

    def on_packet(self, data: bytes) -> None:
        """Checks are answered; a request for a keyframe is granted with the next frame."""
        if data[0] < 4:
            self.peer.on_stun(data)
        elif data[0] > 127 and self.peer.receiver is not None:
            for packet in RtcpPacket.parse(self.peer.receiver.unprotect_rtcp(data)):
                if isinstance(packet, RtcpPsfbPacket) and packet.fmt in _KEYFRAME_WANTED:
                    self._shift = self.clip.keyframes[0] - int(self._frames) - bool(self._rest)

    def _send_rtcp(self, data: bytes) -> None:
        assert self.peer.sender is not None
        self.peer.send(self.peer.sender.protect_rtcp(data))
