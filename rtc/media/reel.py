"""What one publisher sends, put into files; runs in the writer thread only."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rtc.media.assembly import Assembler, Frame
from rtc.media.film import RATES, Film, suffix_for
from rtc.media.reports import ClockPair
from rtc.media.timeline import SenderTime, TrackTime
from rtc.signals import Kind, RecordedFile, Source

log = logging.getLogger(__name__)

PATIENCE: Final = 2.5  # s to wait for all tracks and their sender reports before a file is begun
HELD: Final = 3000  # frames kept meanwhile

Arrived = tuple[int, int, int, bytes, float]  # as a producer's tap gives them
OnFile = Callable[[], None]


@dataclass
class RecordedTrack:
    """One producer on the reel. `wants_key` is read by the loop, which asks the sender."""

    source: Source
    kind: Kind
    codec: str
    time: TrackTime
    assembler: Assembler = field(init=False)

    def __post_init__(self) -> None:
        self.assembler = Assembler(self.codec)

    @property
    def wants_key(self) -> bool:
        """Whether nothing can be written until the next key frame."""
        return self.assembler.wants_key


class Reel:
    """The files of one seat's camera and microphone, or of its screen.

    One file as long as the same kinds of track in the same codec come; a new part when a track
    appears for which the file has no stream. Leaving and coming back goes on in the same file.
    """

    def __init__(self, directory: Path, name: str, seat: str, on_file: OnFile) -> None:
        self._directory = directory
        self._name = name
        self._seat = seat
        self._on_file = on_file
        self._tracks: dict[Kind, RecordedTrack] = {}
        self._held: deque[tuple[RecordedTrack, Frame]] = deque(maxlen=HELD)
        self._film: Film | None = None
        self._sources: set[Source] = set()
        self._parts = 0
        self.files: list[RecordedFile] = []

    def add(self, sender: SenderTime, source: Source, kind: Kind, codec: str) -> RecordedTrack:
        """A track that begins, in place of the one of its kind before."""
        track = RecordedTrack(source, kind, codec, TrackTime(sender, RATES[kind]))
        self._tracks[kind] = track
        return track

    def drop(self, track: RecordedTrack) -> None:
        """A track ended: what it sent goes into a file now, before another takes its place."""
        if self._film is None and self._held:
            self._begin()
        if self._tracks.get(track.kind) is track:
            del self._tracks[track.kind]

    def take(
        self, track: RecordedTrack, packets: Iterable[Arrived], clock: ClockPair | None
    ) -> None:
        """Packets of a track, with the newest sender report."""
        assembler = track.assembler
        for sequence, timestamp, marker, payload, arrived in packets:
            for frame in assembler.push(sequence, timestamp, marker, payload, arrived):
                if clock is not None:
                    track.time.tell(clock, assembler)
                self._frame(track, frame)

    def _frame(self, track: RecordedTrack, frame: Frame) -> None:
        film = self._film
        if film is not None and not self._fits(film, track):
            self.finish()
            film = None
        if film is None:
            self._held.append((track, frame))
            self._begin_if_ready(frame.arrived)
        else:
            self._write(film, track, frame)

    def _fits(self, film: Film, track: RecordedTrack) -> bool:
        return film.takes(track.kind) and (track.kind == "audio" or film.video_codec == track.codec)

    def _write(self, film: Film, track: RecordedTrack, frame: Frame) -> None:
        self._sources.add(track.source)
        film.write(track.kind, frame, track.time.capture_time(frame))

    def _begin_if_ready(self, now: float) -> None:
        waited = now - self._held[0][1].arrived
        heard = {track.kind for track, _ in self._held}
        complete = heard >= self._tracks.keys() and all(
            track.time.told for track in self._tracks.values()
        )
        if complete or waited > PATIENCE:
            self._begin()

    def _begin(self) -> None:
        """Open a file for what is held and write it."""
        latest = {track.kind: track for track, _ in self._held}
        held = [(t, f) for t, f in self._held if latest[t.kind] is t]
        self._held.clear()
        first_key = next((f for t, f in held if t.kind == "video" and f.key), None)
        video = latest["video"].codec if first_key is not None else None
        held = [(t, f) for t, f in held if t.kind == "audio" or first_key is not None]
        if not held:
            return
        self._parts += 1
        part = f".{self._parts}" if self._parts > 1 else ""
        captured = [(t.time.capture_time(f), t, f) for t, f in held]
        zero = min(at for at, _, _ in captured)
        film = Film(
            self._directory / f"{self._name}{part}{suffix_for(video)}",
            video,
            first_key.data if first_key is not None else None,
            any(t.kind == "audio" for t, _ in held),
            zero,
            time.time() - (time.monotonic() - zero),
        )
        film.open()
        self._film = film
        self._on_file()
        for at, track, frame in sorted(captured, key=lambda item: item[0]):
            self._sources.add(track.source)
            film.write(track.kind, frame, at)

    def finish(self) -> None:
        """Close the file, after writing what still waits for company."""
        if self._film is None and self._held:
            self._begin()
        film, self._film = self._film, None
        if film is None:
            return
        film.close()
        self.files.append(self._describe(film))
        self._sources.clear()
        self._on_file()

    def _describe(self, film: Film) -> RecordedFile:
        codecs = [film.video_codec] if film.video_codec is not None else []
        return RecordedFile(
            name=film.path.name,
            seat=self._seat,
            sources=sorted(self._sources),
            started_at=film.started_at,
            duration_s=round(film.end, 3),
            bytes=film.path.stat().st_size,
            codecs=[*codecs, *(["opus"] if film.audio else [])],
        )

    def listing(self) -> list[RecordedFile]:
        """Finished files, and the open one as far as it is."""
        return self.files + ([self._describe(self._film)] if self._film is not None else [])
