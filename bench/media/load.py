"""Puts a load on a server and measures what it costs there."""

import asyncio
import itertools
import json
import os
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.machine import busy_seconds, cores, cpu_seconds, own_address, resident_mib
from bench.media import clip, sdp
from bench.media.server import Server

CACHE = Path("var/bench")
WARM_SECONDS = 2.5
"""From the first packet to the measured window: every publisher has started, keyframes sent."""
TOGETHER = 36
"""Connections set up at the same time."""


@dataclass(frozen=True)
class Case:
    """Rooms of equal size in which everybody sends to everybody else."""

    rooms: int
    people: int
    recording: bool = False
    stamps: bool = False

    @property
    def streams(self) -> int:
        """Forwarded audio-and-video pairs."""
        return self.rooms * self.people * (self.people - 1)


@dataclass(frozen=True)
class Sample:
    """One measured window.

    `lost`: sequence gaps at the receivers, their own sockets' drops excluded. `others`: cores that
    were busy with what is neither server nor generator. `recorded`: sizes of the files in bytes.
    """

    seconds: float
    cpu: float
    packets: int
    expected: int
    packets_per_stream: float
    streams: int
    streams_wanted: int
    generator_dropped: int
    refused: int
    undecryptable: int
    late_p99_us: int
    generator_cpu: tuple[float, ...]
    memory_mib: float
    others: float
    profiles: str
    recorded: tuple[int, ...] = field(default=(), repr=False, kw_only=True)
    delays_us: Counter[int] = field(repr=False)

    @property
    def lost(self) -> int:
        """Packets the server did not forward."""
        return max(self.expected - self.packets - self.generator_dropped, 0)

    @property
    def sound(self) -> bool:
        """Whether the generator itself kept up, so that the figures speak of the server."""
        return self.streams == self.streams_wanted and self.generator_dropped < 50

    @property
    def cpu_us_per_packet(self) -> float:
        """Processor time of the server for each packet that a receiver could decrypt."""
        return self.cpu * 1e6 / max(self.packets, 1)

    @property
    def streams_per_core(self) -> float:
        """Audio-and-video streams that one core would carry at this cost per packet."""
        return 1e6 / max(self.cpu_us_per_packet * self.packets_per_stream, 1e-9)


class _Worker:
    """A process of the generator."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._listen())

    @classmethod
    async def start(cls) -> "_Worker":
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bench.media.worker",
                own_address(),
                str(CACHE),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=1 << 26,
            )
        )

    async def call(self, do: str, **fields: Any) -> dict[str, Any]:
        number = next(self._ids)
        answer = self._waiting[number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"id": number, "do": do, **fields}).encode() + b"\n")
        said: dict[str, Any] = await asyncio.wait_for(answer, 120)
        if "error" in said:
            raise RuntimeError(f"load generator: {do}: {said['error']}")
        return said

    async def stop(self) -> None:
        self._reader.cancel()
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            self._waiting.pop(said["re"]).set_result(said)
        for answer in self._waiting.values():
            answer.set_exception(RuntimeError("load generator: a process ended"))


class Crowd:
    """All participants of one measurement, spread over one sending and some receiving processes."""

    def __init__(
        self, server: Server | None, senders: Sequence[_Worker], takers: Sequence[_Worker]
    ):
        self._server = server
        self._pid = os.getpid() if server is None else server.pid
        self._senders, self._takers = itertools.cycle(senders), itertools.cycle(takers)
        self._workers = list(dict.fromkeys([*senders, *takers]))
        self._publishers: dict[_Worker, list[dict[str, Any]]] = {w: [] for w in self._workers}
        self._subscribers: dict[_Worker, list[int]] = {w: [] for w in self._workers}
        self._profiles: Counter[str] = Counter()

    async def fill(self, rooms: Sequence[str], people: int) -> None:
        """Everybody publishes, then everybody subscribes to the others of the room."""
        seats = [(room, f"u{n}") for room in rooms for n in range(people)]
        gate = asyncio.Semaphore(TOGETHER)

        async def gently(step: Any) -> None:
            async with gate:
                await step

        await asyncio.gather(*(gently(self._publish(room, seat)) for room, seat in seats))
        tracks = 2 * (people - 1)
        await asyncio.gather(*(gently(self._subscribe(r, s, tracks)) for r, s in seats))

    async def pair(self, count: int) -> None:
        """Publishers wired straight to one subscriber each, with no server between them."""
        for n in range(count):
            sender, taker = next(self._senders), next(self._takers)
            sending, taking = await sender.call("open"), await taker.call("open")
            ssrcs = _ssrcs()
            offer = sdp.publish_offer(sdp.Local(**sending["local"]), f"u{n}", *ssrcs)
            answer = sdp.subscribe_answer(sdp.Local(**taking["local"]), sdp.parse(offer))
            await asyncio.gather(
                self._connect(sender, sending["index"], answer, offered=True),
                self._connect(taker, taking["index"], offer, offered=False),
            )
            self._publishers[sender].append({"index": sending["index"], "ssrcs": ssrcs})
            self._subscribers[taker].append(taking["index"])

    async def measure(self, case: Case, seconds: float) -> Sample:
        """One window of `seconds` after a warm-up."""
        begin = time.monotonic() + 0.3
        since, until = begin + WARM_SECONDS, begin + WARM_SECONDS + seconds
        runs = [
            asyncio.create_task(
                worker.call(
                    "run",
                    begin=begin,
                    since=since,
                    until=until,
                    stamps=case.stamps,
                    publishers=self._publishers[worker],
                    subscribers=self._subscribers[worker],
                )
            )
            for worker in self._workers
        ]
        await asyncio.sleep(since - time.monotonic())
        start, cpu, busy = time.monotonic(), cpu_seconds(self._pid), busy_seconds()
        await asyncio.sleep(until - time.monotonic())
        cpu = cpu_seconds(self._pid) - cpu
        busy, length = busy_seconds() - busy, time.monotonic() - start
        memory = resident_mib(self._pid)
        parts = await asyncio.gather(*runs)
        others = max(busy - cpu - sum(p["cpu"] for p in parts), 0) / length
        return self._sample(case, parts, length, cpu, memory, others)

    def _sample(
        self,
        case: Case,
        parts: list[dict[str, Any]],
        length: float,
        cpu: float,
        memory: float,
        others: float,
    ) -> Sample:
        delays: Counter[int] = Counter()
        for part in parts:
            delays.update(dict(part["delays_us"]))
        return Sample(
            seconds=length,
            cpu=cpu,
            packets=sum(p["packets"] for p in parts),
            expected=sum(p["expected"] for p in parts),
            packets_per_stream=clip.load(CACHE).packets_per_second(),
            streams=sum(p["streams"] for p in parts),
            streams_wanted=2 * case.streams,
            generator_dropped=sum(p["dropped"] for p in parts),
            refused=sum(p["refused"] for p in parts),
            undecryptable=sum(p["undecryptable"] for p in parts),
            late_p99_us=max(p["late_p99_us"] for p in parts),
            generator_cpu=tuple(round(p["cpu"] / length, 2) for p in parts),
            memory_mib=memory,
            others=others,
            profiles=", ".join(self._profiles),
            delays_us=delays,
        )

    async def _publish(self, room: str, seat: str) -> None:
        worker = next(self._senders)
        opened = await worker.call("open")
        ssrcs = _ssrcs()
        offer = sdp.publish_offer(sdp.Local(**opened["local"]), seat, *ssrcs)
        assert self._server is not None
        await self._server.enter(room, seat)
        answer = await self._server.publish(room, seat, offer)
        await self._connect(worker, opened["index"], answer, offered=True)
        self._publishers[worker].append({"index": opened["index"], "ssrcs": ssrcs})

    async def _subscribe(self, room: str, seat: str, tracks: int) -> None:
        worker = next(self._takers)
        opened = await worker.call("open")
        connecting: list[asyncio.Task[None]] = []

        async def answer(offer: str) -> str:
            if not connecting:
                connect = self._connect(worker, opened["index"], offer, offered=False)
                connecting.append(asyncio.create_task(connect))
            return sdp.subscribe_answer(sdp.Local(**opened["local"]), sdp.parse(offer))

        assert self._server is not None
        await self._server.subscribe(room, seat, tracks, answer)
        await asyncio.gather(*connecting)
        self._subscribers[worker].append(opened["index"])

    async def _connect(self, worker: _Worker, index: int, remote: str, *, offered: bool) -> None:
        connected = await worker.call("connect", index=index, sdp=remote, offered=offered)
        self._profiles[connected["profile"]] += 1


@asynccontextmanager
async def crowd(server: Server | None) -> AsyncIterator[Crowd]:
    """The generator's processes, for one measurement: one sends, the others receive.

    With no server, connections can only be paired, and the cost counted is that of this process.
    """
    workers = await asyncio.gather(*(_Worker.start() for _ in range(2 if cores() < 4 else 3)))
    try:
        yield Crowd(server, workers[:1], workers[1:])
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))


async def sample(server: Server, case: Case, seconds: float) -> Sample:
    """Start the server, fill its rooms, measure one window, stop it."""
    await asyncio.to_thread(clip.load, CACHE)
    rooms = [str(1000 + n) for n in range(case.rooms)]
    await server.start()
    try:
        async with crowd(server) as people:
            await people.fill(rooms, case.people)
            if case.recording:
                for room in rooms:
                    await server.record(room, on=True)
            taken = await people.measure(case, seconds)
            if case.recording:
                files = [size for room in rooms for size in await server.record(room, on=False)]
                taken = replace(taken, recorded=tuple(files))
            return taken
    finally:
        await server.stop()


async def direct(case: Case, seconds: float) -> Sample:
    """The floor: as many publishers as the case has, each heard by one subscriber directly."""
    await asyncio.to_thread(clip.load, CACHE)
    async with crowd(None) as people:
        await people.pair(case.rooms * case.people)
        return await people.measure(case, seconds)


def _ssrcs() -> tuple[int, int]:
    return random.getrandbits(30) << 1 | 1, random.getrandbits(30) << 1 | 1


def percentile(counts: Counter[int], share: float) -> float:
    """The value below which this share of the counted values lies."""
    rank, seen = share * counts.total(), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return float(value)
    return 0.0


def median(samples: Sequence[Sample]) -> float:
    """Median cost per packet of some samples."""
    return statistics.median(s.cpu_us_per_packet for s in samples)
