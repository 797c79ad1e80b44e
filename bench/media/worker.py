"""A process of the load generator: `python -m bench.media.worker`, spoken to by JSON lines.

Connections are set up on an asyncio loop. The measured run is a plain loop over a heap of due
times: publishers send at exact moments of their own, receivers are emptied every DRAIN_SECONDS.
"""

import asyncio
import ctypes
import heapq
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.machine import cpu_seconds, datagram_drops
from bench.media import clip as clips
from bench.media import sdp
from bench.media.peer import CHECK_EVERY_SECONDS, Identity, Peer
from bench.media.receiving import Subscriber, Tally
from bench.media.sending import Publisher, Wire

DRAIN_SECONDS = 0.002
FEEDBACK_SECONDS = 0.02
_PR_SET_TIMERSLACK = 29

Step = Callable[[float], float]


class Run:
    """One measured run over peers that are connected."""

    def __init__(self, peers: list[Peer], order: dict[str, Any], clip: clips.Clip) -> None:
        stamps = bool(order["stamps"])
        self.begin, self.since, self.until = order["begin"], order["since"], order["until"]
        self.wire, self.tally = Wire(stamps=stamps), Tally(stamps=stamps)
        self.publishers = {
            peers[p["index"]].sock.fileno(): Publisher(
                peers[p["index"]], tuple(p["ssrcs"]), clip, self.wire
            )
            for p in order["publishers"]
        }
        self.subscribers = {
            peers[index].sock.fileno(): Subscriber(peers[index], self.tally)
            for index in order["subscribers"]
        }
        self.ports = {peer.local.port for peer in peers}
        self.late_us: list[int] = []
        self._heap: list[tuple[float, int, Step]] = []
        self._feedback, self._media = select.epoll(), select.epoll()

    def measure(self) -> dict[str, Any]:
        """Run to the end; the difference between the two snapshots."""
        self._plan()
        self._spin(self.since)
        before = self._snapshot()
        self.late_us.clear()
        self.tally.delays_us.clear()
        self._spin(self.until)
        after = self._snapshot()
        late = sorted(self.late_us)
        return {
            **{key: after[key] - before[key] for key in before if key != "streams"},
            "streams": after["streams"],
            "late_p99_us": late[len(late) * 99 // 100] if late else 0,
            "delays_us": list(self.tally.delays_us.items()),
        }

    def _plan(self) -> None:
        for fd, publisher in self.publishers.items():
            self._feedback.register(fd, select.EPOLLIN)
            start = self.begin + random.uniform(0, 1)
            publisher.begin(start)
            self._add(start, publisher.on_audio)
            self._add(start, publisher.on_video)
            self._add(start + random.uniform(0, 1), publisher.on_report)
        for fd, subscriber in self.subscribers.items():
            self._media.register(fd, select.EPOLLIN)
            self._add(self.begin + random.uniform(1, 2), subscriber.on_report)
        peers = [p.peer for p in self.publishers.values()]
        peers += [s.peer for s in self.subscribers.values()]
        for peer in peers:
            self._add(self.begin + random.uniform(0, CHECK_EVERY_SECONDS), _checks(peer))
        if self.publishers:
            self._add(self.begin, self._take_feedback)
        if self.subscribers:
            self._add(self.begin, self._take_media)

    def _add(self, due: float, step: Step) -> None:
        heapq.heappush(self._heap, (due, len(self._heap), step))

    def _spin(self, until: float) -> None:
        heap, clock, sleep = self._heap, time.monotonic, time.sleep
        take_media, late_us = self._take_media, self.late_us
        while True:
            due, order, step = heap[0]
            now = clock()
            if due > now:
                if due >= until:
                    sleep(max(until - now, 0))
                    return
                sleep(due - now)
                now = clock()
            heapq.heapreplace(heap, (step(due), order, step))
            if step != take_media:
                late_us.append(int((now - due) * 1e6))

    def _take_media(self, due: float) -> float:
        for fd, _ in self._media.poll(0, 1024):
            self.subscribers[fd].take(fd)
        return time.monotonic() + DRAIN_SECONDS

    def _take_feedback(self, due: float) -> float:
        for fd, _ in self._feedback.poll(0, 1024):
            publisher = self.publishers[fd]
            while True:
                try:
                    data = publisher.peer.sock.recv(2048)
                except OSError:
                    break
                if data:
                    publisher.on_packet(data)
        return time.monotonic() + FEEDBACK_SECONDS

    def _snapshot(self) -> dict[str, Any]:
        streams = [s for sub in self.subscribers.values() for s in sub.streams.values()]
        return {
            "at": time.monotonic(),
            "packets": sum(s.packets for s in streams),
            "expected": sum(s.highest - s.first + 1 for s in streams),
            "frames": sum(s.frames for s in streams),
            "streams": len(streams),
            "octets": self.tally.octets,
            "undecryptable": self.tally.undecryptable,
            "sent": self.wire.sent,
            "refused": self.wire.refused,
            "dropped": datagram_drops(self.ports),
            "cpu": cpu_seconds(os.getpid()),
        }


def _checks(peer: Peer) -> Step:
    def check(due: float) -> float:
        peer.send_check()
        return due + CHECK_EVERY_SECONDS

    return check


class Worker:
    """Answers the conductor's calls."""

    def __init__(self, address: str, cache: Path) -> None:
        self.address, self.identity = address, Identity()
        self.clip = clips.load(cache)
        self.peers: list[Peer] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Until standard input ends."""
        reader = asyncio.StreamReader(limit=1 << 24)
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        consent = asyncio.create_task(self._keep_consent())
        while line := await reader.readline():
            task = asyncio.create_task(self._answer(json.loads(line)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        consent.cancel()

    async def _answer(self, call: dict[str, Any]) -> None:
        answer: dict[str, Any]
        try:
            answer = await getattr(self, "on_" + call["do"])(call)
        except Exception as error:  # the conductor decides what a failure means
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps({"re": call["id"], **answer}) + "\n")
        sys.stdout.flush()

    async def on_open(self, call: dict[str, Any]) -> dict[str, Any]:
        """Open one more socket: its place in the list and its own end."""
        self.peers.append(Peer(self.identity, self.address))
        return {"index": len(self.peers) - 1, "local": asdict(self.peers[-1].local)}

    async def on_connect(self, call: dict[str, Any]) -> dict[str, Any]:
        """ICE and DTLS with the server's description."""
        peer = self.peers[call["index"]]
        await peer.connect(sdp.parse(call["sdp"]), offered=call["offered"])
        return {"profile": peer.profile}

    async def on_run(self, call: dict[str, Any]) -> dict[str, Any]:
        """Measure; nothing else is answered meanwhile."""
        for peer in self.peers:
            peer.pause()
        return Run(self.peers, call, self.clip).measure()

    async def _keep_consent(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_SECONDS)
            for peer in self.peers:
                if peer.profile:
                    peer.send_check()


def main() -> None:
    """Command line: the address to bind and the cache folder of the clip."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    ctypes.CDLL(None).prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)
    asyncio.run(Worker(sys.argv[1], Path(sys.argv[2])).serve())


if __name__ == "__main__":
    main()
