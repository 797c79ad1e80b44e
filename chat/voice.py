"""Voice messages: what a browser has recorded, believed only after a look inside.

FFmpeg (PyAV) opens nothing but WebM, Ogg and MP4, wants one sound track of Opus or AAC and decodes
it to the end, so the length is measured and not claimed. The sound itself is never transcoded: the
packets are put into a new container of the same kind. That gives Chromium's recordings the length
and the seek points they lack, and leaves behind whatever else was in the file (tags, a picture).
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from chat.rules import LONGEST_VOICE, SHORTEST_VOICE, VOICE_SLACK
from core.errors import Invalid, TooLarge

MAX_BYTES: Final = 2 * 1024 * 1024
MOST_PACKETS: Final = 60_000
CODECS: Final = frozenset({"opus", "aac"})


@dataclass(frozen=True, slots=True)
class _Container:
    """How FFmpeg calls a container when it writes one, and how browsers call it."""

    format: str
    content_type: str
    suffix: str


CONTAINERS: Final[Mapping[str, _Container]] = {
    "matroska,webm": _Container("webm", "audio/webm", "webm"),
    "ogg": _Container("ogg", "audio/ogg", "ogg"),
    "mov,mp4,m4a,3gp,3g2,mj2": _Container("mp4", "audio/mp4", "m4a"),
}


@dataclass(frozen=True, slots=True)
class Voice:
    """A sound recording ready to be kept. `duration_ms` counts decoded samples."""

    plain: bytes
    content_type: str
    name: str
    duration_ms: int


def prepare(raw: bytes) -> Voice:
    """Check and repack a recording; takes some 50 ms of one core.

    Raises TooLarge, or Invalid `voice_empty`, `voice_type`, `voice_broken` or `voice_too_long`.
    """
    if not raw:
        raise _empty()
    if len(raw) > MAX_BYTES:
        raise TooLarge("voice_too_large", "这段语音太大了,请说短一点再发。")
    try:
        return _repacked(raw)
    except (av.error.FFmpegError, ArithmeticError, ValueError, TypeError, MemoryError):
        raise Invalid("voice_broken", "这段语音没有录好,打不开。请再录一次。") from None


def _repacked(raw: bytes) -> Voice:
    with _opened(raw) as source:
        container = CONTAINERS.get(source.format.name)
        track = _only_track(source)
        if container is None or track is None:
            raise _unknown()
        target = io.BytesIO()
        with av.open(target, "w", format=container.format) as copy:
            written = copy.add_stream_from_template(track)
            seconds = 0.0
            for packet, length in _measured(source, track):
                seconds += length
                if seconds > (LONGEST_VOICE + VOICE_SLACK).total_seconds():
                    raise _too_long()
                packet.stream = written
                copy.mux(packet)
    if seconds < SHORTEST_VOICE.total_seconds():
        raise _empty()
    name = f"语音.{container.suffix}"
    return Voice(target.getvalue(), container.content_type, name, round(seconds * 1000))


def _opened(raw: bytes) -> Any:
    """Only the formats that browsers record; a playlist or a picture is not even looked into."""
    try:
        return av.open(
            io.BytesIO(raw),
            options={"format_whitelist": ",".join(CONTAINERS)},
            metadata_errors="ignore",
        )
    except av.error.FFmpegError:
        raise _unknown() from None


def _only_track(source: InputContainer) -> AudioStream | None:
    if len(source.streams) != 1 or len(source.streams.audio) != 1:
        return None
    track = source.streams.audio[0]
    codec = track.codec_context  # None when FFmpeg does not know the codec
    return track if codec is not None and codec.name in CODECS else None


def _measured(source: InputContainer, track: AudioStream) -> Iterator[tuple[Any, float]]:
    """Each packet with the seconds of sound in it; the clock must stay within the sound."""
    longest = (LONGEST_VOICE + VOICE_SLACK).total_seconds()
    for count, packet in enumerate(source.demux(track)):
        if packet.size == 0:
            continue
        ends = float((packet.pts or 0) * packet.time_base)
        if count > MOST_PACKETS or abs(ends) > 2 * longest:
            raise _too_long()
        yield packet, sum(frame.samples / frame.sample_rate for frame in packet.decode())


def _unknown() -> Invalid:
    return Invalid("voice_type", "这不是能播放的语音。请用“语音”按钮录一段再发。")


def _empty() -> Invalid:
    return Invalid("voice_empty", "没有录到声音,请再说一次。")


def _too_long() -> Invalid:
    most = round(LONGEST_VOICE.total_seconds())
    return Invalid("voice_too_long", f"语音最长 {most} 秒,请分成两段发。")
