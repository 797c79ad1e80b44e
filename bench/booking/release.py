"""2,000 residents for 200 places, and 2,000 for 2,000; beside them pgbench on the same tables."""

import asyncio
import json
import re
import statistics
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import uuid4

import asyncpg

from app.packages import APPS
from bench import machine, rows
from bench.booking.door import KEYS
from bench.media.server import free_port
from bench.plan import Plan, Unavailable
from booking import reconcile
from booking.models import ActorKind, Appointment, Pool, Schedule, ServiceType, Slot
from core import crypto, db
from people.models import Organization, Patient, Sex, Tier
from tests.plumbing.servers import NoServerError, usable_postgres

RESIDENTS: Final = 2000
SLOTS: Final = 20
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


async def run(plan: Plan) -> list[rows.Row]:
    """Both releases, each beside PostgreSQL's own speed, counted afterwards."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
        try:
            full = await _case(address, plan, places=10, tries=3)
            plenty = await _case(address, plan, places=200, tries=1)
        finally:
            await asyncio.to_thread(server.__exit__, None, None, None)
    except NoServerError as why:
        raise Unavailable(str(why)) from why
    return [
        _row("booking-release", full, "2,000 residents for 200 places, up to 3 tries each"),
        _row("booking-holds", plenty, "2,000 residents for 4,000 places: every request holds"),
    ]


def _row(name: str, found: dict[str, float], what: str) -> rows.Row:
    notes = [
        what,
        f"p50 {found['p50']:.0f} ms, p99 {found['p99']:.0f} ms",
        f"{found['rate']:.0f} requests/s in all, {found['cores']:.2f} app cores",
        f"booked {found['won']:.0f}, oversold {found['oversold']:.0f}, lost {found['lost']:.0f}, "
        f"double {found['double']:.0f}, faults {found['faults']:.0f}",
        "goal 0.5 of pgbench's rate (conditional update and insert only) per app core",
    ]
    return rows.row(
        name,
        found["rate"] / found["cores"],
        "requests/s per app core",
        better="higher",
        peer="pgbench, 16 clients",
        peer_value=found["peer"],
        notes=notes,
    )


async def _case(address: str, plan: Plan, *, places: int, tries: int) -> dict[str, float]:
    name = f"bench_booking_{uuid4().hex[:8]}"
    url = f"{address}/{name}"
    await _administer(address, f'CREATE DATABASE "{name}"')
    try:
        crypto.configure(KEYS)
        await db.migrate(url, APPS)
        given = await _seed(url, places)
        peer = await _pgbench(url)
        await _again(url)
        found = await _release(url, given, tries)
        found["peer"] = peer
        plan.say(f"booking: {places} places a slot: {found}")
        return found
    finally:
        await db.close()
        await _administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _administer(address: str, statement: str) -> None:
    connection = await asyncpg.connect(f"{address}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def _seed(url: str, places: int) -> dict[str, list[str]]:
    await db.connect(url, APPS)
    house = await Organization.create(code="B", name="医院", short_name="院", tier=Tier.COUNTY)
    moment = datetime.now(UTC)
    schedule = await Schedule.create(
        organization_id=house.id,
        kind=ActorKind.ROOM,
        name="名医",
        department="cardiology",
        service_type=ServiceType.VISIT,
        fee_fen=1500,
        created_at=moment,
    )
    first = moment + timedelta(days=2)
    slots = [
        Slot(
            schedule_id=schedule.id,
            pool=Pool.PUBLIC,
            day=first.date(),
            starts_at=first + timedelta(minutes=30 * n),
            ends_at=first + timedelta(minutes=30 * (n + 1)),
            quota=places,
            remaining=places,
            release_at=moment,
        )
        for n in range(SLOTS)
    ]
    patients = [
        Patient(
            name="居民",
            sex=Sex.FEMALE,
            birth_date=date(1960, 1, 1),
            managing_organization_id=house.id,
            created_at=moment,
            created_by=house.id,
        )
        for _ in range(RESIDENTS)
    ]
    await Slot.bulk_create(slots)
    await Patient.bulk_create(patients)
    run_sql = db.connection().execute_script
    for table, source in (("bench_slot", "booking_slot"), ("bench_patient", "people_patient")):
        await run_sql(f"CREATE TABLE {table} AS SELECT row_number() OVER () AS n, id FROM {source}")
        await run_sql(f"ALTER TABLE {table} ADD PRIMARY KEY (n)")
    await run_sql("ANALYZE")
    return {"slots": [str(s.id) for s in slots], "patients": [str(p.id) for p in patients]}


async def _again(url: str) -> None:
    """As it was before pgbench."""
    await Appointment.all().delete()
    await db.connection().execute_script("UPDATE booking_slot SET remaining = quota")


async def _pgbench(url: str) -> float:
    """Transactions per second of the same conditional update and insert."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(PGBENCH.format(slots=SLOTS, residents=RESIDENTS))
        script.flush()
        tries = str(RESIDENTS // 16)
        command = ["pgbench", "-n", "-c", "16", "-j", "2", "-t", tries, "-f", script.name, url]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, wrong = await asyncio.wait_for(process.communicate(), 120)
    found = re.search(r"tps = ([\d.]+)", said.decode())
    if not found:
        raise Unavailable(f"pgbench: {wrong.decode()[-300:]}")
    return float(found[1])


async def _release(url: str, given: dict[str, list[str]], tries: int) -> dict[str, float]:
    port = free_port()
    door = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.booking.door", url, str(port)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert door.stdout is not None
        await asyncio.wait_for(door.stdout.readline(), 60)
        before = machine.cpu_seconds(door.pid)
        crowd = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.booking.crowd", str(port), str(tries)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await asyncio.wait_for(crowd.communicate(json.dumps(given).encode()), 300)
        used = machine.cpu_seconds(door.pid) - before
    finally:
        with suppress(ProcessLookupError):
            door.kill()
        await door.wait()
    return await _count(json.loads(said), used)


async def _count(said: dict[str, object], used: float) -> dict[str, float]:
    latencies = sorted(float(x) * 1000 for x in said["latencies"])  # type: ignore[attr-defined]
    won, seconds = set(said["won"]), float(said["seconds"])  # type: ignore[call-overload,arg-type]
    held = await Appointment.all().values_list("id", "slot_id", "patient_id")
    kept = {str(row[0]) for row in held}
    quota = {row[0]: row[1] for row in await Slot.all().values_list("id", "quota")}
    sold: dict[object, int] = {}
    for row in held:
        sold[row[1]] = sold.get(row[1], 0) + 1
    report = await reconcile.check()
    return {
        "rate": len(latencies) / seconds,
        "cores": used / seconds,
        "p50": statistics.median(latencies),
        "p99": latencies[int(len(latencies) * 0.99) - 1],
        "won": len(kept),
        "oversold": sum(max(0, count - quota[slot]) for slot, count in sold.items()),
        "lost": len(won ^ kept),
        "double": len(held) - len({row[2] for row in held}),
        "faults": len(report.faults),
    }
