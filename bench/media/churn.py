"""`media-churn`: two hours of coming and going in minutes, and what is left of them in the node.

A county of twenty rooms with consultations of three people for a quarter of an hour has 480 visits
in two hours. Here they last a second each. Every way out is taken: people leave, vanish, never
answer the offer, give up before the handshake, or come back to their seat from another tab.
"""

import asyncio
import itertools
import os
import random
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from bench.machine import cpu_seconds, own_address, resident_mib
from bench.media import sdp
from bench.media.doorstep import Doorstep
from bench.media.peer import Identity, Peer
from bench.plan import Plan
from bench.rows import Row, row

PEOPLE: Final = 3
CONSULTATIONS: Final = 160  # twenty rooms, eight quarters of an hour each
PARTS: Final = 4
"""Counts on the way. Memory is compared as the least of the first half and of the second: what an
allocator happens to hold after a part differs by a tenth, a leak is in every count."""
WARM_UP: Final = 40
"""Consultations before the first count: what a node keeps for good is made then."""
TOGETHER: Final = 8
PACKETS: Final = 40
"""Sent by each in a visit; enough for tables and histories to be made."""
TOLERANCE_MIB: Final = 8.0
"""Resident memory that may be more than before."""
TOLERANCE_BLOCKS: Final = 3000
"""Small Python objects that may be more than before, of about a million: caches fill."""
SETTINGS: Final = {
    "MEDIA_INTERRUPTED_AFTER": "2",
    "MEDIA_PEER_TIMEOUT": "6",
    "MEDIA_CONNECT_TIMEOUT": "6",
    "MEDIA_ANSWER_TIMEOUT": "6",
    "MEDIA_SEAT_TIMEOUT": "2",
}
"""The node's patience, compressed like the visits."""

Fate = Literal["leave", "vanish", "mute", "absent", "again"]
FATES: Final[tuple[Fate, ...]] = ("leave",) * 4 + ("vanish",) * 3 + ("mute", "absent", "again")


@dataclass(frozen=True)
class Count:
    """What the node holds: its tables and tasks, the kernel's descriptors, Python's memory blocks
    (`sys.getallocatedblocks`) and resident MiB.
    """

    tables: dict[str, int]
    descriptors: int
    blocks: int
    resident: float

    def left_over(self, before: "Count") -> dict[str, int]:
        """What is there now and was not before; memory apart."""
        now = {**self.tables, "descriptors": self.descriptors}
        then = {**before.tables, "descriptors": before.descriptors}
        return {name: now[name] - then[name] for name in now if now[name] > then[name]}


class Visit:
    """One person in one room for a moment."""

    def __init__(self, server: Doorstep, identity: Identity, room: str, seat: str) -> None:
        self.server, self.room, self.seat = server, room, seat
        address = own_address()
        self.publishing, self.subscribing = Peer(identity, address), Peer(identity, address)

    async def publish(self, *, connect: bool = True) -> None:
        """Take the seat and send, or give up before the handshake."""
        await self.server.enter(self.room, self.seat)
        ssrcs = (random.getrandbits(30) << 1 | 1, random.getrandbits(30) << 1 | 1)
        offer = sdp.publish_offer(self.publishing.local, self.seat, *ssrcs)
        answer = await self.server.publish(self.room, self.seat, offer)
        if connect:
            await self.publishing.connect(sdp.parse(answer), offered=True)
            self._send(ssrcs)

    async def subscribe(self) -> None:
        """Answer the first offer and connect."""
        connecting: list[asyncio.Task[None]] = []

        async def answer(offer: str) -> str:
            remote = sdp.parse(offer)
            if not connecting:
                connect = self.subscribing.connect(remote, offered=False)
                connecting.append(asyncio.create_task(connect))
            return sdp.subscribe_answer(self.subscribing.local, remote)

        await self.server.subscribe(self.room, self.seat, 0, answer)
        await asyncio.gather(*connecting)

    def _send(self, ssrcs: tuple[int, int]) -> None:
        sender = self.publishing.sender
        assert sender is not None
        for n in range(PACKETS):
            for ssrc, kind, size in zip(ssrcs, (sdp.OPUS, sdp.VP8), (80, 1000), strict=True):
                head = struct.pack("!BBHLL", 0x80, kind, n, n * 960, ssrc)
                self.publishing.send(sender.protect(head + b"\x10" + bytes(size)))

    def close(self) -> None:
        """The sockets go, the node is told nothing."""
        for peer in (self.publishing, self.subscribing):
            with suppress(OSError, ValueError):
                peer.pause()
            peer.close()


async def consultation(
    server: Doorstep,
    identities: tuple[Identity, Identity],
    room: str,
    dice: random.Random,
    *,
    recording: bool,
) -> None:
    """Everybody comes, and goes in a way of their own."""
    identity, anew = identities  # another tab has another certificate
    fates = dice.choices(FATES, k=PEOPLE)
    visits = [Visit(server, identity, room, f"u{n}") for n in range(PEOPLE)]
    try:
        for visit, fate in zip(visits, fates, strict=True):
            await visit.publish(connect=fate != "absent")
        if recording:
            await server.record(room, on=True)
        for visit, fate in zip(visits, fates, strict=True):
            if fate not in ("mute", "absent"):
                await visit.subscribe()
        for visit, fate in zip(list(visits), fates, strict=True):
            if fate == "again":
                again = Visit(server, anew, room, visit.seat)
                visits.append(again)
                await again.publish()
        if recording:
            await server.record(room, on=False)
        for visit, fate in zip(visits, fates, strict=False):
            if fate == "leave":
                await server.leave(room, visit.seat)
    finally:
        for visit in visits:
            visit.close()


class Churn:
    """A node and the visits to it."""

    def __init__(self, server: Doorstep, seed: int = 20261121) -> None:
        self.server = server
        self._identities = Identity(), Identity()
        self._dice = random.Random(seed)
        self._rooms = itertools.count(1)

    async def go(self, consultations: int) -> Count:
        """So many consultations, some at a time; what the node holds when all are gone."""
        gate = asyncio.Semaphore(TOGETHER)

        async def one(number: int) -> None:
            async with gate:
                await consultation(
                    self.server,
                    self._identities,
                    str(number),
                    self._dice,
                    recording=number % 10 == 0,
                )

        await asyncio.gather(*(one(next(self._rooms)) for _ in range(consultations)))
        return await self._settled()

    async def _settled(self, within: float = 30) -> Count:
        """The node after everybody's time is up and it had a moment to tidy."""
        end = time.monotonic() + within
        while (await self._tables())["rooms"]:
            if time.monotonic() > end:
                raise TimeoutError("rooms stay open after everybody has gone")
            await asyncio.sleep(0.2)
        counts = []
        for _ in range(6):  # the node tidies once a second
            await asyncio.sleep(0.3)
            counts.append(await self._count())
        return min(counts, key=lambda c: (sum(c.tables.values()), c.blocks))

    async def _tables(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.server.stats())["census"]
        return found

    async def _count(self) -> Count:
        stats = await self.server.stats()
        descriptors = len(os.listdir(f"/proc/{self.server.pid}/fd"))
        return Count(stats["census"], descriptors, stats["blocks"], resident_mib(self.server.pid))


async def churn(consultations: int, *, warm_up: int = WARM_UP, parts: int = PARTS) -> "Outcome":
    """A node, its warm-up, and the consultations in parts."""
    server = Doorstep(SETTINGS)
    await server.start()
    try:
        visitors = Churn(server)
        before = await visitors.go(warm_up)
        began, cpu = time.monotonic(), cpu_seconds(server.pid)
        counts = [await visitors.go(consultations // parts) for _ in range(parts)]
        pause = (await server.stats())["longest_tidying_s"]
        return Outcome(
            before,
            counts,
            consultations * PEOPLE,
            time.monotonic() - began,
            cpu_seconds(server.pid) - cpu,
            pause,
        )
    finally:
        await server.stop()


@dataclass(frozen=True)
class Outcome:
    """Counts before and after each part; seconds, CPU seconds and the longest tidying in s."""

    before: Count
    counts: list[Count]
    visits: int
    seconds: float
    cpu: float
    pause: float

    @property
    def left(self) -> dict[str, int]:
        """What is there at the end and was not before."""
        return self.counts[-1].left_over(self.before)

    @property
    def grown(self) -> float:
        """MiB that the second half holds more than the first."""
        resident = [count.resident for count in self.counts]
        half = len(resident) // 2
        return min(resident[half:]) - min(self.before.resident, *resident[:half])

    @property
    def blocks(self) -> int:
        """Python's memory blocks at the end more than before."""
        return min(c.blocks for c in self.counts[-2:]) - self.before.blocks


async def run(plan: Plan) -> list[Row]:
    """Memory and whatever else is left, beside what may be."""
    found = await churn(CONSULTATIONS if plan.rounds > 1 else CONSULTATIONS // 4)
    resident = ", ".join(f"{count.resident:.0f}" for count in (found.before, *found.counts))
    told = ", ".join(f"{name} {count}" for name, count in found.left.items()) or "nothing"
    return [
        row(
            "media-churn-memory",
            found.grown,
            "MiB more than before",
            better="lower",
            notes=[
                f"{_verdict(found.grown <= TOLERANCE_MIB)}: at most {TOLERANCE_MIB:g}",
                f"{found.visits} visits within {found.seconds:.0f} s",
                f"resident {resident} MiB, before and after each part",
                f"longest tidying {found.pause * 1000:.0f} ms",
            ],
        ),
        row(
            "media-churn-blocks",
            found.blocks,
            "Python memory blocks more than before",
            better="lower",
            notes=[
                f"{_verdict(found.blocks <= TOLERANCE_BLOCKS)}: at most {TOLERANCE_BLOCKS}",
                f"{found.before.blocks} before",
            ],
        ),
        row(
            "media-churn-left",
            sum(found.left.values()),
            "tasks, descriptors and table entries more than before",
            better="lower",
            notes=[f"{_verdict(not found.left)}: left {told}"],
        ),
        row(
            "media-churn-visit",
            found.cpu * 1000 / found.visits,
            "ms CPU of the node for each visit",
            better="lower",
            notes=["two DTLS handshakes and their ends in most"],
        ),
    ]


def _verdict(passed: bool) -> str:
    return "pass" if passed else "FAIL"
