"""1,000 connected people in conversations of three, beside python-socketio that keeps nothing."""

import asyncio
import os
import statistics
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

import asyncpg

from app.packages import APPS
from bench import machine, rows
from bench.booking import processes
from bench.chat.crowds import crowds, order
from bench.chat.given import database, seed
from bench.media.server import free_port
from bench.plan import Plan, Unavailable
from chat.models import Message
from core import db
from tests.plumbing.servers import NoServerError, usable_postgres

PEOPLE: Final = 999
EACH: Final = 3
CROWDS: Final = 2
PACE: Final = 600.0
"""Messages a second at which delivery is timed, the same for both."""


@dataclass
class Figures:
    """One server: how much a core of it does, and how long delivery takes at the common pace."""

    per_core: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    delays_ms: list[float] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0
    delivered: int = 0
    database_cores: list[float] = field(default_factory=list)

    def delay(self, share: float) -> float:
        """The delay below which this share of deliveries stayed."""
        found = sorted(self.delays_ms)
        return found[min(len(found) - 1, int(len(found) * share))] if found else 0.0


async def run(plan: Plan) -> list[rows.Row]:
    """Ours on PostgreSQL, on SQLite, and the peer."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
    except NoServerError as why:
        raise Unavailable(str(why)) from why
    try:
        peer = await _peer(plan)
        found = []
        async with database(address) as url:
            found.append(_row("chat", await _ours(plan, url), peer, "PostgreSQL"))
        return found
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


def _row(name: str, ours: Figures, peer: Figures, database: str) -> rows.Row:
    notes = [
        f"{PEOPLE} people in conversations of {EACH}, {database}, one process each, same run",
        f"ours {statistics.median(ours.rate):.0f}/s in all"
        f" and {statistics.median(ours.database_cores):.2f} cores of the database,"
        f" bare {statistics.median(peer.rate):.0f}/s",
        f"delivered at {PACE:.0f}/s: p50 {ours.delay(0.5):.1f} ms, p99 {ours.delay(0.99):.1f} ms;"
        f" bare p50 {peer.delay(0.5):.1f} ms, p99 {peer.delay(0.99):.1f} ms",
        f"acknowledged {ours.acknowledged}, refused {ours.refused}, delivered {ours.delivered}"
        f" of {ours.acknowledged * EACH}",
        "goal 0.6",
    ]
    if (load := os.getloadavg()[0]) > machine.cores():
        notes.append(f"DISTURBED: load {load:.0f} on {machine.cores()} cores")
    return rows.row(
        name,
        statistics.median(ours.per_core),
        "messages kept, acknowledged and delivered to three, per second and app core",
        better="higher",
        peer="python-socketio, emitting only",
        peer_value=statistics.median(peer.per_core),
        notes=notes,
    )


async def _peer(plan: Plan) -> Figures:
    port = free_port()
    conversations = [{"id": str(uuid4()), "tokens": [""] * EACH} for _ in range(PEOPLE // EACH)]
    async with (
        processes.started("bench.chat.bare", "-", port) as server,
        _talkers(port, conversations) as people,
    ):
        return await _measured(plan, server.pid, people, None)


async def _ours(plan: Plan, url: str) -> Figures:
    conversations = await seed(url, PEOPLE, EACH)
    port = free_port()
    async with (
        processes.house(url, port) as server,
        _talkers(port, conversations) as people,
    ):
        found = await _measured(plan, server.pid, people, url)
    await db.connect(url, APPS)
    kept = await Message.all().count()
    await db.close()
    if kept != found.acknowledged:
        raise RuntimeError(f"acknowledged {found.acknowledged}, kept {kept}")
    return found


async def _measured(plan: Plan, pid: int, people: Sequence[Process], url: str | None) -> Figures:
    figures = Figures()
    await _talk(people, 1.0, None, figures)  # first statements, first garbage
    for _ in range(plan.rounds):
        used, database = machine.cpu_seconds(pid), await _database_cpu(url)
        took, count = await _talk(people, plan.seconds, None, figures)
        cores = (machine.cpu_seconds(pid) - used) / took
        figures.per_core.append(count / took / cores)
        figures.rate.append(count / took)
        figures.database_cores.append((await _database_cpu(url) - database) / took)
    figures.delays_ms.clear()
    await _talk(people, plan.seconds, PACE / len(people), figures)
    return figures


async def _talk(
    people: Sequence[Process], seconds: float, rate: float | None, figures: Figures
) -> tuple[float, int]:
    """Seconds and messages."""
    answers: list[dict[str, Any]] = await order(people, {"seconds": seconds, "rate": rate})
    for answer in answers:
        figures.acknowledged += answer["acknowledged"]
        figures.refused += answer["refused"]
        figures.delivered += answer["delivered"]
        figures.delays_ms += answer["delays_ms"]
    return max(a["seconds"] for a in answers), sum(a["acknowledged"] for a in answers)


async def _database_cpu(url: str | None) -> float:
    """Processor time of this database's sessions so far."""
    if url is None:
        return 0.0
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    finally:
        await connection.close()
    return sum(machine.cpu_seconds(row["pid"]) for row in found)


def _talkers(
    port: int, given: Sequence[dict[str, Any]]
) -> AbstractAsyncContextManager[list[Process]]:
    """Everybody, connected."""
    return crowds(CROWDS, "bench.chat.people", str(port), given=given, within_s=120)
