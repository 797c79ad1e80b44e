"""Recording a room without decoding anything: taps on producers, files in a writer thread.

The loop only collects packets and hands them over some times a second; the thread reorders,
depacketises, muxes and writes. Beside the files lies a manifest, `NAME.json`, from which a node
that starts again tells what its killed predecessor had recorded.
"""

import asyncio
import contextlib
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ValidationError

from rtc.media.film import probe
from rtc.media.follower import Follower
from rtc.media.peer import Peer
from rtc.media.producer import Producer
from rtc.media.reel import Arrived, RecordedTrack, Reel
from rtc.media.reports import ClockPair
from rtc.media.timeline import SenderTime
from rtc.signals import Recorded, RecordedFile

log = logging.getLogger(__name__)

BEHIND: Final = 100  # batches the disk may lag before packets are left out
KEPT: Final = 7 * 86_400.0  # s for which the manifest of a finished recording stays


class Manifest(BaseModel):
    """What is on the disk of one recording. `finished` once every file is closed."""

    room: str
    recording: str
    finished: bool = False
    files: list[RecordedFile] = []


@dataclass
class _Tapped:
    producer: Producer
    reel: Reel
    track: RecordedTrack
    follower: Follower
    packets: list[Arrived] = field(default_factory=list)

    def aim(self, now: float) -> None:
        """Record the best layer that is being sent."""
        layers, follower = self.producer.layers, self.follower
        flowing = self.producer.flowing(now)
        if len(layers) == 1 and follower.fresh:
            follower.join(layers[0])
        elif flowing:
            follower.follow(flowing[-1])
        if self.track.wants_key and follower.layer is not None:
            follower.layer.request_keyframe()

    @property
    def clock(self) -> ClockPair | None:
        """The sender's newest report, in the numbers of the recorded packets."""
        layer = self.follower.layer
        if layer is None or layer.clock is None:
            return None
        ahead = self.follower.shift.timestamp
        return ClockPair(layer.clock.ntp, (layer.clock.rtp + ahead) & 0xFFFFFFFF)


class Recording:
    """One recording of one room, from start to `stop`. Methods are for the loop."""

    def __init__(self, room: str, name: str, directory: Path, writer: ThreadPoolExecutor) -> None:
        self.room = room
        self.name = name
        self._directory = directory
        self._writer = writer
        self._reels: dict[tuple[str, bool], Reel] = {}
        self._senders: WeakKeyDictionary[Peer, SenderTime] = WeakKeyDictionary()
        self._tapped: dict[Producer, _Tapped] = {}
        self._submitted = self._written = 0  # batches; the loop counts one, the thread the other
        self.skipped = 0
        self.failed = ""
        self._spoilt: set[Reel] = set()

    def start(self) -> None:
        """Make sure that files can be written. Raises OSError."""
        self._directory.mkdir(parents=True, exist_ok=True)
        self._save([], finished=False)

    def follow(self, producers: list[Producer]) -> None:
        """Record these producers too, unless they are."""
        for producer in producers:
            if producer not in self._tapped:
                self._tap(producer)

    def _tap(self, producer: Producer) -> None:
        screen = producer.source == "screen"
        key = (producer.seat, screen)
        if key not in self._reels:
            name = f"{self.name}.{producer.seat}{'.screen' if screen else ''}"
            self._reels[key] = Reel(self._directory, name, producer.seat, self._files_changed)
        reel = self._reels[key]
        sender = self._senders.setdefault(producer.peer, SenderTime())
        track = reel.add(sender, producer.source, producer.kind, producer.codec.name)
        tapped = self._tapped[producer] = _Tapped(producer, reel, track, Follower(producer))
        tapped.follower.tap = tapped.packets.append
        tapped.aim(time.monotonic())

    def collect(self) -> None:
        """Hand what has come to the writer thread; called some times a second."""
        now = time.monotonic()
        work: list[tuple[_Tapped, list[Arrived], ClockPair | None, bool]] = []
        for producer, tapped in list(self._tapped.items()):
            packets = tapped.packets[:]
            tapped.packets.clear()
            if producer.closed:
                del self._tapped[producer]
            else:
                tapped.aim(now)
            work.append((tapped, packets, tapped.clock, producer.closed))
        if self._submitted - self._written > BEHIND:
            self.skipped += sum(len(packets) for _, packets, _, _ in work)
            return
        if any(packets or closed for _, packets, _, closed in work):
            self._submitted += 1
            self._writer.submit(self._write, work)

    def _write(self, work: list[tuple[_Tapped, list[Arrived], ClockPair | None, bool]]) -> None:
        """In the writer thread. What cannot be written ends one person's files, not the others'."""
        for tapped, packets, clock, closed in work:
            if tapped.reel in self._spoilt:
                continue
            try:
                tapped.reel.take(tapped.track, packets, clock)
                if closed:
                    tapped.reel.drop(tapped.track)
            except Exception as why:
                log.exception("recording failed", extra={"recording": self.name})
                self.failed = type(why).__name__
                self._spoilt.add(tapped.reel)
        self._written += 1

    async def stop(self) -> list[RecordedFile]:
        """Close all files and list them."""
        self.collect()
        for tapped in self._tapped.values():
            tapped.follower.stop()
        self._tapped.clear()
        return await asyncio.wrap_future(self._writer.submit(self._finish))

    # -- in the writer thread

    def _finish(self) -> list[RecordedFile]:
        for reel in self._reels.values():
            try:
                reel.finish()
            except Exception as why:
                log.exception("a recording's file could not be closed")
                self.failed = type(why).__name__
        files = [file for reel in self._reels.values() for file in reel.files]
        self._save(files, finished=True)
        tidy(self._directory, time.time())
        return files

    def _files_changed(self) -> None:
        files = [file for reel in self._reels.values() for file in reel.listing()]
        self._save(files, finished=False)

    def _save(self, files: list[RecordedFile], *, finished: bool) -> None:
        manifest = Manifest(room=self.room, recording=self.name, finished=finished, files=files)
        path = self._directory / f"{self.name}.json"
        fresh = path.with_suffix(".json.new")
        fresh.write_text(manifest.model_dump_json())
        fresh.replace(path)


def tidy(directory: Path, now: float) -> None:
    """Remove manifests that nobody needs any more, and half-written ones. Blocking.

    Films stay: they belong to a record, and how long they are kept is not the node's to decide.
    """
    for path in (*directory.glob("*.json"), *directory.glob("*.json.new")):
        with contextlib.suppress(OSError, ValidationError):
            old = now - path.stat().st_mtime > KEPT
            if old and (
                path.suffix == ".new" or Manifest.model_validate_json(path.read_bytes()).finished
            ):
                path.unlink()


def recover(directory: Path) -> list[Recorded]:
    """Recordings that a killed node left unfinished, their files measured anew. Blocking."""
    tidy(directory, time.time())
    found: list[Recorded] = []
    for path in sorted(directory.glob("*.json")) if directory.is_dir() else []:
        try:
            manifest = Manifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            log.warning("an unreadable manifest", extra={"file": path.name})
            continue
        if manifest.finished:
            continue
        files = [again for file in manifest.files if (again := _measure(directory, file))]
        path.write_text(
            manifest.model_copy(update={"finished": True, "files": files}).model_dump_json()
        )
        found.append(Recorded(room=manifest.room, recording=manifest.recording, files=files))
    return found


def _measure(directory: Path, file: RecordedFile) -> RecordedFile | None:
    path = directory / file.name
    try:
        duration, codecs = probe(path)
        size = path.stat().st_size
    except (OSError, ValueError):
        log.warning("a recording's file is lost", extra={"file": file.name})
        return None
    return file.model_copy(
        update={"duration_s": round(duration, 3), "bytes": size, "codecs": codecs}
    )
