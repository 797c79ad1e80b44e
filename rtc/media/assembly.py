"""From RTP packets to frames: reorder, depacketise, and leave out what is broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from aiortc.codecs.h264 import h264_depayload
from aiortc.codecs.vpx import vp8_depayload

PACKETS_HELD: Final = {"opus": 16, "VP8": 512, "H264": 512}
SECONDS_HELD: Final = {"opus": 0.4, "VP8": 1.2, "H264": 1.2}  # retransmissions come sooner or never
START_CODE: Final = b"\x00\x00\x00\x01"
VP8_START: Final = b"\x9d\x01\x2a"


@dataclass(frozen=True)
class Frame:
    """One encoded frame. `position` counts the track's clock from its first frame on."""

    position: int
    arrived: float  # monotonic time of its last packet
    data: bytes
    key: bool


class Assembler:
    """Frames of one track, in order.

    A missing packet is waited for, then given up: its frame is dropped, and of a video everything
    up to the next key frame, for which `wants_key` asks.
    """

    def __init__(self, codec: str) -> None:
        self._codec = codec
        self._held: dict[int, tuple[int, int, bytes, float]] = {}
        self._next = -1
        self._parts: list[bytes] = []
        self._timestamp = 0
        self._arrived = 0.0
        self._broken = False
        self._last_timestamp = -1
        self._position = 0
        self.wants_key = codec != "opus"
        self.lost = 0

    def position_of(self, timestamp: int) -> int:
        """An RTP timestamp near the newest frame's, on the unwrapped scale."""
        step = (timestamp - self._last_timestamp) & 0xFFFFFFFF
        return self._position + (step if step < 1 << 31 else step - (1 << 32))

    def push(
        self, sequence: int, timestamp: int, marker: int, payload: bytes, arrived: float
    ) -> Iterator[Frame]:
        """Take a packet; yield the frames that it completes."""
        if self._next < 0:
            self._next = sequence
        if (sequence - self._next) & 0xFFFF >= 0x8000:
            return
        self._held[sequence] = (timestamp, marker, payload, arrived)
        while self._held:
            packet = self._held.pop(self._next, None)
            if packet is None:
                if not self._overdue(arrived):
                    return
                self._skip()
                continue
            self._next = (self._next + 1) & 0xFFFF
            yield from self._feed(*packet)

    def _overdue(self, now: float) -> bool:
        oldest = next(iter(self._held.values()))[3]
        return (
            len(self._held) > PACKETS_HELD[self._codec] or now - oldest > SECONDS_HELD[self._codec]
        )

    def _skip(self) -> None:
        """Give up what is missing before the first packet that is there."""
        first = min(self._held, key=lambda held: (held - self._next) & 0xFFFF)
        self.lost += (first - self._next) & 0xFFFF
        self._next = first
        self._parts.clear()
        self._broken = True
        if self._codec != "opus":
            self.wants_key = True

    def _feed(self, timestamp: int, marker: int, payload: bytes, arrived: float) -> Iterator[Frame]:
        if not payload:
            return
        if self._codec == "opus":
            yield self._frame(timestamp, arrived, payload, True)
            return
        if timestamp != self._timestamp:
            if self._parts and not self._broken:
                yield from self._finish()
            self._parts.clear()
            self._timestamp = timestamp
            self._broken = not self._begins(payload)
        if self._broken:
            return
        try:
            self._parts.append(
                vp8_depayload(payload) if self._codec == "VP8" else h264_depayload(payload)
            )
        except (ValueError, IndexError):
            self._broken = True
            return
        self._arrived = arrived
        if marker:
            yield from self._finish()

    def _begins(self, payload: bytes) -> bool:
        """Whether a payload can be a frame's first (RFC 7741 section 4.2, S and PID)."""
        return self._codec != "VP8" or (payload[0] & 0x10 != 0 and payload[0] & 7 == 0)

    def _finish(self) -> Iterator[Frame]:
        data = b"".join(self._parts)
        self._parts.clear()
        if not data:
            return
        key = is_key_frame(self._codec, data)
        if self.wants_key and not key:
            return
        self.wants_key = False
        yield self._frame(self._timestamp, self._arrived, data, key)

    def _frame(self, timestamp: int, arrived: float, data: bytes, key: bool) -> Frame:
        if self._last_timestamp >= 0:
            self._position = self.position_of(timestamp)
        self._last_timestamp = timestamp
        return Frame(self._position, arrived, data, key)


def is_key_frame(codec: str, data: bytes) -> bool:
    """Whether decoding can begin here (RFC 6386 section 9.1; H.264 7.4.1: SPS or IDR)."""
    if codec == "VP8":
        sound = len(data) >= 10 and not data[0] & 1 and data[3:6] == VP8_START
        return sound and all(vp8_size(data))
    units = data.split(START_CODE)
    return any(unit and unit[0] & 31 == 7 for unit in units)


def vp8_size(data: bytes) -> tuple[int, int]:
    """Width and height of a VP8 key frame (RFC 6386 section 9.1)."""
    width = int.from_bytes(data[6:8], "little") & 0x3FFF
    height = int.from_bytes(data[8:10], "little") & 0x3FFF
    return width, height
