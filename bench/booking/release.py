"""2,000 residents for 200 places, and 2,000 for 4,000; beside them pgbench on the same tables."""

import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import asdict
from typing import Any, Final
from uuid import uuid4

import asyncpg

from app.packages import APPS
from bench import machine, rows
from bench.booking import processes
from bench.booking.county import RESIDENTS, SLOTS, Given, seed
from bench.booking.door import KEYS
from bench.media.server import free_port
from bench.plan import Plan, Unavailable
from booking import reconcile
from booking.models import Appointment, Slot
from core import crypto, db
from tests.plumbing.servers import NoServerError, usable_postgres

CROWDS: Final = 2
"""Processes of residents."""
PEER_RUNS: Final = 3
PGBENCH: Final = """
\\set slot random(1, {slots})
\\set patient random(1, {residents})
WITH taken AS (
  UPDATE booking_slot SET remaining = remaining - 1
  WHERE id = (SELECT id FROM bench_slot WHERE n = :slot)
  AND remaining > 0 AND open RETURNING *
)
INSERT INTO booking_appointment (id, status, slot_id, schedule_id, patient_id, "group", day,
  starts_at, ends_at, code, channel, made_by, made_by_name, fee_fen, payment, held_at,
  hold_expires_at, miss_at, calls, reason, refund_fen)
SELECT gen_random_uuid(), 'held', t.id, t.schedule_id, p.id, gen_random_uuid()::text, t.day,
  t.starts_at, t.ends_at, substr(md5(random()::text), 1, 10), 'resident', t.id, '', 1500,
  'pending', now(), now(), now(), 0, '', 0
FROM taken t, (SELECT id FROM bench_patient WHERE n = :patient) p;
"""

Server = Callable[[str, int], AbstractAsyncContextManager[Process]]
CASES: Final[dict[str, tuple[str, Server, int, int]]] = {
    "booking-release": (
        "2,000 residents for 200 places, up to 3 tries each, through the whole web process",
        processes.house,
        10,
        3,
    ),
    "booking-holds": (
        "2,000 residents for 4,000 places, so every request holds, through the whole web process",
        processes.house,
        200,
        1,
    ),
    "booking-verbs": (
        "the same holds by the verb alone: no session, no family, no limits, no timers",
        processes.door,
        200,
        1,
    ),
}


async def run(plan: Plan) -> list[rows.Row]:
    """All cases, each beside PostgreSQL's own speed, counted afterwards."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
        try:
            return [
                _row(name, await _case(address, plan, *CASES[name]), CASES[name][0])
                for name in CASES
                if plan.wants(name)
            ]
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
    except NoServerError as why:
        raise Unavailable(str(why)) from why


def _row(name: str, found: dict[str, float], what: str) -> rows.Row:
    notes = [
        what,
        f"p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms",
        f"{found['rate']:.0f} requests/s and {found['booked']:.0f} bookings/s in all, "
        f"{found['cores']:.2f} app cores",
        f"{found['cores'] / found['rate'] * 1e6:.0f} µs of the app's processor time a request, "
        f"{found['cores'] / found['booked'] * 1e3:.2f} ms a booking",
        f"booked {found['won']:.0f}, oversold {found['oversold']:.0f}, lost {found['lost']:.0f}, "
        f"double {found['double']:.0f}, faults {found['faults']:.0f}",
        "goal 0.5 of pgbench's rate (conditional update and insert only) per app core",
    ]
    if found["load"] > machine.cores():
        notes.append(f"DISTURBED: load {found['load']:.0f} on {machine.cores()} cores")
    return rows.row(
        name,
        found["rate"] / found["cores"],
        "requests/s per app core",
        better="higher",
        peer=f"pgbench, 16 clients, best of {2 * PEER_RUNS}",
        peer_value=found["peer"],
        notes=notes,
    )


async def _case(
    address: str, plan: Plan, what: str, server: Server, places: int, tries: int
) -> dict[str, float]:
    name = f"bench_booking_{uuid4().hex[:8]}"
    url = f"{address}/{name}"
    await administer(address, f'CREATE DATABASE "{name}"')
    try:
        crypto.configure(KEYS)
        await db.migrate(url, APPS)
        given = await seed(url, places)
        peers = [await _pgbench(url) for _ in range(PEER_RUNS)]
        found = await _release(url, server, given, tries)
        await _again()
        peers += [await _pgbench(url) for _ in range(PEER_RUNS)]
        found["peer"] = max(peers)  # other work slows it more than it does a figure per core
        plan.say(f"booking: {what}: {found}, pgbench {[round(p) for p in peers]}")
        return found
    finally:
        await db.close()
        await administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def administer(address: str, statement: str) -> None:
    """Run one statement on the server's own database."""
    connection = await asyncpg.connect(f"{address}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _again() -> None:
    """As it was before."""
    await Appointment.all().delete()
    await db.connection().execute_script("UPDATE booking_slot SET remaining = quota")


async def _pgbench(url: str) -> float:
    """Transactions per second of the same conditional update and insert, then as it was."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH.format(slots=SLOTS, residents=RESIDENTS))
        script.flush()
        tries = str(RESIDENTS // 16)
        command = ["pgbench", "-n", "-c", "16", "-j", "2", "-t", tries, "-f", script.name, url]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
        said, wrong = await asyncio.wait_for(process.communicate(), 120)
    found = re.search(r"tps = ([\d.]+)", said.decode())
    if not found:
        raise Unavailable(f"pgbench: {wrong.decode()[-300:]}")
    await _again()
    return float(found[1])


async def _release(url: str, server: Server, given: Given, tries: int) -> dict[str, float]:
    port = free_port()
    async with server(url, port) as house:
        used = machine.cpu_seconds(house.pid)
        said = await asyncio.gather(*(_crowd(port, tries, given, n) for n in range(CROWDS)))
        used = machine.cpu_seconds(house.pid) - used
    return await _count(said, used) | {"load": os.getloadavg()[0]}


async def _crowd(port: int, tries: int, given: Given, number: int) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.booking.crowd", str(port), str(tries)),
        stdin=PIPE,
        stdout=PIPE,
    )
    part = asdict(given) | {"residents": given.residents[number::CROWDS], "seed": number}
    try:
        said, _ = await asyncio.wait_for(process.communicate(json.dumps(part).encode()), 300)
        answers: dict[str, Any] = json.loads(said)
        return answers
    finally:
        with suppress(ProcessLookupError):
            process.kill()


async def _count(said: list[dict[str, Any]], used: float) -> dict[str, float]:
    latencies = sorted(float(x) * 1000 for one in said for x in one["latencies"])
    won = {identity for one in said for identity in one["won"]}
    seconds = max(one["ended"] for one in said) - min(one["began"] for one in said)
    held = await Appointment.all().values_list("id", "slot_id", "patient_id")
    kept = {str(row[0]) for row in held}
    quota = {row[0]: row[1] for row in await Slot.all().values_list("id", "quota")}
    sold: dict[object, int] = {}
    for row in held:
        sold[row[1]] = sold.get(row[1], 0) + 1
    report = await reconcile.check()
    return {
        "rate": len(latencies) / seconds,
        "booked": len(kept) / seconds,
        "cores": used / seconds,
        "p50": statistics.median(latencies),
        "p99": latencies[int(len(latencies) * 0.99) - 1],
        "won": len(kept),
        "oversold": sum(max(0, count - quota[slot]) for slot, count in sold.items()),
        "lost": len(won ^ kept),
        "double": len(held) - len({row[2] for row in held}),
        "faults": len(report.faults),
    }
