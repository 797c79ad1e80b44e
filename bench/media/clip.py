"""The clip every publisher sends: VP8 640×480 at 25 fps and Opus, encoded once and kept."""

import hashlib
import json
import math
import os
import random
import struct
from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

WIDTH, HEIGHT, FRAMES_PER_SECOND = 640, 480, 25
VIDEO_BITS_PER_SECOND = 600_000
AUDIO_BITS_PER_SECOND = 32_000
SECONDS = 10
KEYFRAME_EVERY = 125
"""Frames between keyframes in the clip; a picture-loss indication is answered sooner."""
PAYLOAD_BYTES = 1150
"""Largest RTP payload, near what Chromium sends."""
AUDIO_STEP_SECONDS = 0.02


@dataclass(frozen=True)
class Clip:
    """`video[n]` is frame n as RTP payloads (VP8 descriptor included), `audio[n]` one packet."""

    video: list[list[bytes]]
    keyframes: list[int]
    audio: list[bytes]

    def packets_per_second(self) -> float:
        """Packets one publisher sends per second, audio and video together."""
        video = sum(len(f) for f in self.video) / len(self.video) * FRAMES_PER_SECOND
        return video + 1 / AUDIO_STEP_SECONDS


def load(folder: Path) -> Clip:
    """The clip from the cache folder, encoded first when it is not there yet."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    path = folder / f"clip-{version}.json"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        encoded = {
            "video": [[key, b64encode(d).decode()] for key, d in _encode_video()],
            "audio": [b64encode(d).decode() for d in _encode_audio()],
        }
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(encoded))
        draft.replace(path)
    kept = json.loads(path.read_text())
    return Clip(
        video=[_payloads(b64decode(d), n) for n, (_, d) in enumerate(kept["video"])],
        keyframes=[n for n, (key, _) in enumerate(kept["video"]) if key],
        audio=[b64decode(d) for d in kept["audio"]],
    )


def _encode_video() -> list[tuple[bool, bytes]]:
    codec = av.CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    codec.bit_rate = VIDEO_BITS_PER_SECOND
    codec.time_base = Fraction(1, FRAMES_PER_SECOND)
    codec.framerate = Fraction(FRAMES_PER_SECOND)
    codec.options = {
        "deadline": "realtime",
        "cpu-used": "4",
        "lag-in-frames": "0",
        "error-resilient": "1",
        "minrate": str(VIDEO_BITS_PER_SECOND),
        "maxrate": str(VIDEO_BITS_PER_SECOND),
        "bufsize": str(VIDEO_BITS_PER_SECOND // 2),
        "g": str(KEYFRAME_EVERY),
        "keyint_min": str(KEYFRAME_EVERY),
    }
    packets = []
    for number, luma in enumerate(_pictures(SECONDS * FRAMES_PER_SECOND)):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, content in zip(frame.planes, (luma, _GREY, _GREY), strict=True):
            plane.update(content)
        frame.pts, frame.time_base = number, codec.time_base
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [(bool(p.is_keyframe), bytes(p)) for p in packets]


_GREY = bytes([128]) * (WIDTH * HEIGHT // 4)


def _pictures(count: int) -> Iterator[bytes]:
    """Luma planes of coarse blocks that pan under a fresh grain: enough to use the bit rate."""
    chance = random.Random(20261121)
    rows = []
    for _ in range(HEIGHT // 16 * 2):
        row = b"".join(bytes([chance.randrange(32, 176)]) * 16 for _ in range(WIDTH // 16 * 2))
        rows += [row] * 16
    faint = bytes(value % 24 for value in range(256))
    for number in range(count):
        left, top = number * 3 % WIDTH, number * 2 % HEIGHT
        blocks = b"".join(row[left : left + WIDTH] for row in rows[top : top + HEIGHT])
        grain = chance.randbytes(WIDTH * HEIGHT).translate(faint)
        total = int.from_bytes(blocks, "big") + int.from_bytes(grain, "big")
        yield total.to_bytes(WIDTH * HEIGHT, "big")


def _encode_audio() -> list[bytes]:
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format = 48000, "mono", "s16"
    codec.bit_rate = AUDIO_BITS_PER_SECOND
    codec.options = {"application": "voip", "frame_duration": "20", "vbr": "on"}
    samples = int(48000 * AUDIO_STEP_SECONDS)
    hum = random.Random(1)
    packets = []
    for number in range(int(SECONDS / AUDIO_STEP_SECONDS)):
        pitch = (number % 40 + 5) / 100
        wave = array(
            "h",
            (int(math.sin(i * pitch) * 8000 + hum.uniform(-2000, 2000)) for i in range(samples)),
        )
        frame = av.AudioFrame(format="s16", layout="mono", samples=samples)
        frame.planes[0].update(wave.tobytes())
        frame.sample_rate, frame.pts = 48000, number * samples
        packets += codec.encode(frame)
    packets += codec.encode(None)
    return [bytes(p) for p in packets]


def _payloads(frame: bytes, number: int) -> list[bytes]:
    """One frame as RTP payloads (RFC 7741, 15-bit picture id).

    Split as Chromium does: about equally, the shorter ones first.
    """
    count = -(-len(frame) // (PAYLOAD_BYTES - 4))
    size, longer = divmod(len(frame), count)
    picture = 0x8000 | (number & 0x7FFF)
    payloads, at = [], 0
    for n in range(count):
        end = at + size + (n >= count - longer)
        head = struct.pack("!BBH", 0x90 if n == 0 else 0x80, 0x80, picture)
        payloads.append(head + frame[at:end])
        at = end
    return payloads
