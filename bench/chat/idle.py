"""`chat-idle`: what an open page costs the server, and everybody coming back at once."""

import asyncio
import resource
import statistics
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from app.packages import APPS
from bench import machine, rows
from bench.booking import processes
from bench.chat.crowds import crowds, order
from bench.chat.given import database, seed
from bench.media.server import free_port
from bench.plan import Plan, Unavailable
from chat.models import Conversation
from core import db
from tests.plumbing.servers import NoServerError, usable_postgres

WANTED: Final = 9_999
EACH: Final = 3
CROWDS: Final = 4
SPARE: Final = 1_000
"""Files a process opens besides its lines, and ports that others use."""
COMPRESSED: Final = 999
"""People on a bare server that compresses: the figure is for each, and the memory is real."""
WRITING_S: Final = 20.0
RATE: Final = 50.0
QUIET_S: Final = 15.0
"""A push that got lost is made up for within ten seconds (`app.sockets`)."""


@dataclass(frozen=True)
class Cost:
    """What one open page costs: KiB of the server, and thousandths of a core."""

    people: int
    kib: float
    millicores: float
    arriving_s: float


async def run(plan: Plan) -> list[rows.Row]:
    """Ours on PostgreSQL, and the peer as browsers find it and without compression."""
    count = _possible()
    if count < WANTED:
        plan.say(f"chat-idle: this machine allows {count} connections of {WANTED}")
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
    except NoServerError as why:
        raise Unavailable(str(why)) from why
    try:
        async with database(address) as url:
            ours, storm = await _ours(plan, url, count)
        bare = await _bare(plan, count, "plain")
        browsers = await _bare(plan, min(count, COMPRESSED), "deflate")
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)
    return [_memory(ours, bare, browsers), _coming_back(ours, storm)]


def _possible() -> int:
    """As many as open files and ports allow, in full conversations."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    first, last = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    ports = (int(last) - int(first)) // 2  # a line that was cut keeps its port for a while
    most = min(WANTED, files - SPARE, ports - SPARE)
    return most - most % EACH


def _memory(ours: Cost, bare: Cost, browsers: Cost) -> rows.Row:
    return rows.row(
        "chat-idle",
        ours.kib,
        "KiB of the web process for each open page",
        better="lower",
        peer="python-socketio, connected by browsers",
        peer_value=browsers.kib,
        notes=[
            f"{ours.people} people signed in, in conversations of {EACH}, each offering"
            " permessage-deflate as browsers do",
            f"the peer measured with {browsers.people}; with {bare.people} that offer nothing it"
            f" needs {bare.kib:.1f} KiB",
            f"waiting costs {ours.millicores * ours.people / 1000:.2f} cores (pings every 5 s),"
            f" bare {bare.millicores * bare.people / 1000:.2f}",
            f"all arrived in {ours.arriving_s:.0f} s, at bare in {bare.arriving_s:.0f} s",
            *_disturbed(),
        ],
    )


def _coming_back(ours: Cost, storm: dict[str, Any]) -> rows.Row:
    return rows.row(
        "chat-storm",
        storm["back"],
        "s until everybody is back, signed in, and has what was written meanwhile",
        better="lower",
        peer="the goal",
        peer_value=60,
        notes=[
            f"{ours.people} lines cut at once; each tries after 1 to 5 s and again until it works",
            f"tries {storm['tries']}, half of them back after {storm['half']:.1f} s",
            f"{storm['acknowledged']} messages acknowledged meanwhile, {storm['caught']} brought"
            f" by `since`, lost {storm['lost']} of {storm['expected']}",
            *_disturbed(),
        ],
    )


def _disturbed() -> list[str]:
    load, _, _ = (float(one) for one in Path("/proc/loadavg").read_text().split()[:3])
    return [f"DISTURBED: load {load:.0f} on {machine.cores()} cores"] * (load > machine.cores())


async def _bare(plan: Plan, count: int, offer: str) -> Cost:
    port = free_port()
    given = [{"id": str(uuid4()), "tokens": [""] * EACH} for _ in range(count // EACH)]
    async with processes.started("bench.chat.bare", "-", port) as server:
        empty = machine.resident_mib(server.pid)
        began = asyncio.get_running_loop().time()
        async with _waiting(port, given, offer):
            arriving = asyncio.get_running_loop().time() - began
            return await _cost(plan, server.pid, empty, count, arriving)


async def _ours(plan: Plan, url: str, count: int) -> tuple[Cost, dict[str, Any]]:
    given = await seed(url, count, EACH)
    port = free_port()
    async with processes.house(url, port) as server:
        empty = machine.resident_mib(server.pid)
        began = asyncio.get_running_loop().time()
        async with _waiting(port, given, "deflate") as people:
            arriving = asyncio.get_running_loop().time() - began
            cost = await _cost(plan, server.pid, empty, count, arriving)
            storms = await order(people, {"storm": WRITING_S, "rate": RATE / CROWDS})
            await asyncio.sleep(QUIET_S)
            counts = await order(people, {"count": True})
    return cost, await _counted(url, storms, counts)


async def _cost(plan: Plan, pid: int, empty: float, count: int, arriving: float) -> Cost:
    await asyncio.sleep(plan.seconds)
    used, seconds = machine.cpu_seconds(pid), 2 * plan.seconds
    await asyncio.sleep(seconds)
    cores = (machine.cpu_seconds(pid) - used) / seconds
    kib = (machine.resident_mib(pid) - empty) * 1024 / count
    return Cost(count, kib, cores * 1000 / count, arriving)


async def _counted(
    url: str, storms: Sequence[dict[str, Any]], counts: Sequence[dict[str, list[int]]]
) -> dict[str, Any]:
    """What everybody should have, from the rows, and what they have."""
    acknowledged = {c: n for storm in storms for c, n in storm["acknowledged"].items()}
    await db.connect(url, APPS)
    kept = dict(await Conversation.all().values_list("id", "last_seq"))
    await db.close()
    for conversation, count in acknowledged.items():
        if kept[UUID(conversation)] < count:
            raise RuntimeError(f"acknowledged {count}, kept {kept[UUID(conversation)]}")
    has = {c: found for one in counts for c, found in one.items()}
    expected = sum(kept[UUID(c)] * len(found) for c, found in has.items())
    waited = sorted(w for storm in storms for w in storm["waited"])
    return {
        "back": max(storm["back"] for storm in storms),
        "half": statistics.median(waited),
        "tries": sum(storm["tries"] for storm in storms),
        "caught": sum(storm["caught"] for storm in storms),
        "acknowledged": sum(acknowledged.values()),
        "expected": expected,
        "lost": expected - sum(sum(found) for found in has.values()),
    }


def _waiting(
    port: int, given: Sequence[dict[str, Any]], offer: str
) -> AbstractAsyncContextManager[list[Process]]:
    """Everybody with a page open, in several processes."""
    who = ("bench.chat.waiting", str(port), offer)
    return crowds(CROWDS, *who, given=given, within_s=300)
