"""A recording's file: encoded frames muxed as they are, by FFmpeg's muxers through PyAV.

VP8 and Opus go into WebM. H.264 and Opus go into fragmented MP4, which Chromium plays too. Both are
written in short pieces, so that the file of a node that was killed plays up to its last second.
"""

import contextlib
import io
import os
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av

from rtc.media.assembly import Frame, vp8_size
from rtc.signals import Kind

RATES: Final[dict[Kind, int]] = {"audio": 48000, "video": 90000}
FRAME_SECONDS: Final[dict[Kind, float]] = {"audio": 0.02, "video": 0.04}
OPTIONS: Final = {
    ".webm": {"cluster_time_limit": "1000", "flush_packets": "1"},
    ".mp4": {
        "movflags": "frag_keyframe+empty_moov+delay_moov+default_base_moof",
        "frag_duration": "1000000",
        "flush_packets": "1",
    },
}


def suffix_for(codec: str | None) -> str:
    """File type for a video codec, or for sound alone."""
    return ".mp4" if codec == "H264" else ".webm"


@dataclass
class Film:
    """An open file with at most one audio and one video stream. Not thread-safe."""

    path: Path
    video_codec: str | None
    key_frame: bytes | None
    audio: bool
    zero: float  # monotonic time of the file's zero
    started_at: float  # the same in Unix seconds
    end: float = 0.0  # s
    _streams: dict[Kind, Any] = field(default_factory=dict)
    _last: dict[Kind, int] = field(default_factory=dict)
    _container: Any = None
    _template: Any = None

    def open(self) -> None:
        """Write the header. Raises OSError (PyAV's errors are) and leaves no file open."""
        options = OPTIONS[self.path.suffix] | {"max_interleave_delta": "1000000"}
        self._container = av.open(str(self.path), "w", container_options=options)
        try:
            if self.key_frame is not None:
                self._streams["video"] = self._video_stream(self.key_frame)
            if self.audio:
                # nothing is encoded: the codec context only writes OpusHead (RFC 7845)
                self._streams["audio"] = self._container.add_stream(
                    "libopus", rate=48000, layout="mono"
                )
            self._container.start_encoding()
        except BaseException:
            with contextlib.suppress(OSError):
                self._container.close()
            self._container = None
            _close_descriptors(self.path)
            raise

    def _video_stream(self, key_frame: bytes) -> Any:
        if self.video_codec == "VP8":
            width, height = vp8_size(key_frame)
            return self._container.add_mux_stream("vp8", rate=30, width=width, height=height)
        # the first access unit, read as a stream, carries SPS and PPS
        self._template = av.open(io.BytesIO(key_frame), format="h264")
        return self._container.add_stream_from_template(self._template.streams[0])

    def takes(self, kind: Kind) -> bool:
        """Whether the file has a stream of this kind."""
        return kind in self._streams

    def write(self, kind: Kind, frame: Frame, captured: float) -> None:
        """Mux a frame at its capture time; what lies before the file's zero is left out."""
        seconds = captured - self.zero
        if seconds < 0:
            return
        ticks = max(round(seconds * 1000), self._last.get(kind, -1) + 1)
        self._last[kind] = ticks
        packet = av.Packet(frame.data)
        packet.stream = self._streams[kind]
        packet.time_base = Fraction(1, 1000)
        packet.pts = packet.dts = ticks
        packet.is_keyframe = frame.key
        packet.duration = round(FRAME_SECONDS[kind] * 1000)
        self._container.mux(packet)
        self.end = max(self.end, ticks / 1000 + FRAME_SECONDS[kind])

    def close(self) -> None:
        """Write the trailer and make sure that it is on the disk."""
        self._container.close()
        if self._template is not None:
            self._template.close()
        with contextlib.suppress(OSError), self.path.open("rb") as file:
            os.fsync(file.fileno())


def _close_descriptors(path: Path) -> None:
    """PyAV never closes the file of a header that it could not write."""
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            if entry.readlink() == path.absolute():
                os.close(int(entry.name))


def probe(path: Path) -> tuple[float, list[str]]:
    """Duration in seconds and codecs of a file that nobody closed. Raises OSError or ValueError."""
    names = {"vp8": "VP8", "h264": "H264", "opus": "opus"}
    end = 0.0
    with av.open(str(path)) as container:
        codecs = [names.get(s.codec_context.name, s.codec_context.name) for s in container.streams]
        with contextlib.suppress(av.FFmpegError):
            for packet in container.demux():
                if packet.pts is not None and packet.time_base is not None:
                    end = max(end, float(packet.pts * packet.time_base))
    return end, codecs
