"""Five calls of the resident's API, each through the whole web process."""

import asyncio
import json
import statistics
import sys
from asyncio.subprocess import PIPE, Process
from typing import Any, Final
from uuid import uuid4

import aiohttp

from app.packages import APPS
from bench import machine, rows
from bench.booking import processes
from bench.booking.county import Given, seed
from bench.booking.door import KEYS
from bench.booking.release import administer
from bench.media.server import free_port
from bench.plan import Plan, Unavailable
from core import crypto, db
from tests.plumbing.servers import NoServerError, usable_postgres

ACCOUNTS: Final = 50
"""So many residents take turns."""
BASE: Final = "/api/mp/v1"
Call = dict[str, Any]


async def run(plan: Plan) -> list[rows.Row]:
    """Each call beside the bare handler, whose windows lie between the calls' own."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
        try:
            return await _measured(address, plan)
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
    except NoServerError as why:
        raise Unavailable(str(why)) from why


async def _measured(address: str, plan: Plan) -> list[rows.Row]:
    name = f"bench_api_{uuid4().hex[:8]}"
    url = f"{address}/{name}"
    await administer(address, f'CREATE DATABASE "{name}"')
    try:
        crypto.configure(KEYS)
        await db.migrate(url, APPS)
        given = await seed(url, 200)
        ports = free_port(), free_port()
        async with (
            processes.house(url, ports[0]) as house,
            processes.started("bench.api.bare", url, ports[1]) as bare,
        ):
            calls = await _calls(f"http://127.0.0.1:{ports[0]}{BASE}", given)
            peer = [_call(f"http://127.0.0.1:{ports[1]}/slots/{slot}") for slot in given.slots]
            return [
                await _row(plan, what, (house, wanted), (bare, peer))
                for what, wanted in calls.items()
            ]
    finally:
        await db.close()
        await administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _calls(base: str, given: Given) -> dict[str, list[Call]]:
    """The requests, after what they need was made through the same API."""
    found: dict[str, list[Call]] = {
        "slots": [],
        "practitioners": [],
        "appointments": [],
        "appointment-304": [],
        "card-code": [],
    }
    times = f"{base}/slots?practitioner_id={given.practitioner}&date={given.day}"
    async with aiohttp.ClientSession() as session:
        for number, who in enumerate(given.residents[:ACCOUNTS]):
            headers = {"Authorization": f"Bearer {who['token']}"}
            body = {"slot_id": given.slots[number % 20], "patient_id": who["patient"]}
            made = await _posted(session, f"{base}/appointments", headers, body)
            card = f"{base}/patients/{who['patient']}/health-card"
            await _posted(session, card, headers, None)
            one = f"{base}/appointments/{made['id']}"
            async with session.get(one, headers=headers) as answer:
                tag = answer.headers["ETag"]
            found["slots"].append(_call(times, headers))
            found["practitioners"].append(_call(f"{base}/practitioners", headers))
            found["appointments"].append(_call(f"{base}/appointments", headers))
            found["appointment-304"].append(_call(one, headers | {"If-None-Match": tag}, 304))
            found["card-code"].append(_call(f"{card}/code", headers))
    return found


def _call(url: str, headers: dict[str, str] | None = None, status: int = 200) -> Call:
    return {"url": url, "headers": headers or {}, "status": status}


async def _posted(
    session: aiohttp.ClientSession, url: str, headers: dict[str, str], body: dict[str, str] | None
) -> dict[str, Any]:
    once = {"Idempotency-Key": uuid4().hex}
    async with session.post(url, headers=headers | once, json=body) as answer:
        if answer.status != 201:
            raise RuntimeError(f"{url}: {answer.status} {(await answer.text())[:200]}")
        found: dict[str, Any] = await answer.json()
        return found


async def _row(
    plan: Plan, what: str, ours: tuple[Process, list[Call]], bare: tuple[Process, list[Call]]
) -> rows.Row:
    windows, peers, latencies = [], [], []
    for _ in range(plan.rounds):
        peers.append((await _window(plan, *bare))[0])
        rate, seen = await _window(plan, *ours)
        windows.append(rate)
        latencies += seen
    value, peer = statistics.median(windows), statistics.median(peers)
    plan.say(f"api: {what}: {[round(w) for w in windows]}, bare {[round(p) for p in peers]}")
    seen = sorted(latencies)
    return rows.row(
        f"api-{what}",
        value,
        "requests/s per app core",
        better="higher",
        peer="bare aiohttp, one row by primary key",
        peer_value=peer,
        notes=[f"p50 {seen[len(seen) // 2] * 1000:.0f} ms, 16 at once", "through the whole house"],
    )


async def _window(plan: Plan, process: Process, calls: list[Call]) -> tuple[float, list[float]]:
    """Requests per second of the process's CPU time. Raises RuntimeError for a wrong answer."""
    used = machine.cpu_seconds(process.pid)
    load = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.api.load", str(plan.seconds)), stdin=PIPE, stdout=PIPE
    )
    answer, _ = await asyncio.wait_for(load.communicate(json.dumps(calls).encode()), 120)
    said = json.loads(answer)
    used = machine.cpu_seconds(process.pid) - used
    if said["wrong"]:
        raise RuntimeError(f"{said['wrong']} wrong answers from {calls[0]['url']}")
    return len(said["latencies"]) / used, said["latencies"]
