"""Sound as browsers record it, made by FFmpeg."""

import array
import io
import math
from typing import Final

import av

RATE: Final = 48_000
BROWSERS: Final = {
    "chromium": ("webm", "libopus", "audio/webm"),
    "firefox": ("ogg", "libopus", "audio/ogg"),
    "safari": ("mp4", "aac", "audio/mp4"),
}


def recording(
    browser: str = "chromium", seconds: float = 2.0, *, title: str = "", picture: bool = False
) -> bytes:
    """A steady tone in the container and codec of a browser."""
    form, codec, _ = BROWSERS[browser]
    return sound(form, codec, seconds, title=title, picture=picture)


def sound(
    form: str, codec: str, seconds: float, *, title: str = "", picture: bool = False
) -> bytes:
    """A steady tone; `title` is hidden in the tags, `picture` adds a moving picture."""
    target = io.BytesIO()
    with av.open(target, "w", format=form) as made:
        if title:
            made.metadata["title"] = title
        track = made.add_stream(codec, rate=RATE, layout="mono")
        if picture:
            film = made.add_stream("libvpx", rate=5)
            film.width, film.height, film.pix_fmt = 64, 48, "yuv420p"
            for packet in film.encode(av.VideoFrame(64, 48, "yuv420p")):
                made.mux(packet)
        for at in range(0, round(seconds * RATE), 960):
            for packet in track.encode(_tone(at)):
                made.mux(packet)
        for packet in track.encode(None):
            made.mux(packet)
        if picture:
            for packet in film.encode(None):
                made.mux(packet)
    return target.getvalue()


def _tone(at: int) -> av.AudioFrame:
    frame = av.AudioFrame(format="s16", layout="mono", samples=960)
    wave = (round(9000 * math.sin(2 * math.pi * 440 * (at + n) / RATE)) for n in range(960))
    frame.planes[0].update(array.array("h", wave).tobytes().ljust(frame.planes[0].buffer_size))
    frame.sample_rate, frame.pts = RATE, at
    return frame
