"""`panel`: the overdue list of a team of 2,000 residents in a county of 500,000 patients.

Five years of follow-ups, made by the database itself: one patient in eight is in a programme and
was seen every two months or so. Asked is what the page asks: a page of the list, the counts of its
parts, the villages. The plans of the statements that take longest are printed once.
"""

import asyncio
import time
from statistics import median, quantiles
from typing import Any, Final
from uuid import UUID, uuid4

from app.demo import people as demo
from app.packages import APPS
from bench import boards, rows
from bench.booking.door import KEYS
from bench.booking.release import administer
from bench.plan import QUICK, Plan, Unavailable
from core import clock, crypto, db
from family_doctor.care_plan import queries
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.queries import Filter, Shown
from tests.plumbing.servers import NoServerError, usable_postgres

PATIENTS: Final = 500_000
SHORT: Final = 50_000
TEAM: Final = 2_000
IN_CARE: Final = 8
"""One patient in so many is in a programme."""
CONTACTS: Final = 30
"""Follow-ups of each in five years."""
LIMIT_MS: Final = 100.0
TIMES: Final = 60

PEOPLE: Final = """
INSERT INTO people_patient (id, name, sex, birth_date, village, guardian_name, guardian_relation,
    managing_organization_id, created_at, created_by)
SELECT md5('p' || n)::uuid, '居民' || n, 'female', date '1940-01-01' + (n % 20000),
    '村' || (n % 400), '', '', '{house}', now(), md5('d')::uuid
FROM generate_series(1, {patients}) AS n
"""
PLANS: Final = """
INSERT INTO family_care_plan (id, status, patient_id, programme, open, team_id, began_from,
    diagnosis, facts, opened_at, opened_by, end_reason)
SELECT md5('c' || n)::uuid, 'active', md5('p' || n)::uuid, 'hypertension', 'p' || n,
    md5('t' || n / {team})::uuid, date '2021-01-01', '', '{{}}', now(), md5('d')::uuid, ''
FROM generate_series(1, {patients}, {in_care}) AS n
"""
TASKS: Final = """
INSERT INTO family_task (id, status, kind, code, open, patient_id, team_id, village, opens, due,
    with_it, reason, calls, made_at, end_reason)
SELECT md5('k' || n)::uuid, 'requested', 'follow_up', 'follow_up', 'k' || n, md5('p' || n)::uuid,
    md5('t' || n / {team})::uuid, '村' || (n % 400), date '{today}' - 40 + (n % 97) % 60,
    date '{today}' - 26 + (n % 97) % 60, '[]', '', 0, now(), ''
FROM generate_series(1, {patients}, {in_care}) AS n
"""
PAST: Final = """
INSERT INTO family_follow_up (id, patient_id, team_id, mode, met_on, form, judged, classification,
    action, next_by, by_id, by_name, organization_id, recorded_at)
SELECT md5('f' || n || '-' || turn)::uuid, md5('p' || n)::uuid, md5('t' || n / {team})::uuid, '1',
    date '{today}' - 60 * turn - n % 50, '{{"systolic": "138", "diastolic": "84"}}',
    jsonb_build_object('hypertension', jsonb_build_object('controlled', (n + turn) % 5 > 0)), '1',
    'continue', date '{today}', md5('d')::uuid, '郑小燕', '{house}', now()
FROM generate_series(1, {patients}, {in_care}) AS n, generate_series(1, {contacts}) AS turn
"""


async def run(plan: Plan) -> list[rows.Row]:
    """On PostgreSQL only."""
    try:
        server = usable_postgres()
        address = await asyncio.to_thread(server.__enter__)
    except NoServerError as why:
        raise Unavailable(str(why)) from why
    try:
        return await _county(address, plan)
    finally:
        await asyncio.to_thread(server.__exit__, None, None, None)


async def _county(address: str, plan: Plan) -> list[rows.Row]:
    name, patients = f"bench_panel_{uuid4().hex[:8]}", SHORT if plan == QUICK else PATIENTS
    await administer(address, f'CREATE DATABASE "{name}"')
    try:
        crypto.configure(KEYS)
        await db.migrate(f"{address}/{name}", APPS)
        await db.connect(f"{address}/{name}", APPS)
        await _fill(plan, patients)
        return [*await _measure(plan, patients), *await boards.measure(plan, patients)]
    finally:
        await db.close()
        await administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _fill(plan: Plan, patients: int) -> None:
    await demo.found_organizations()
    given = {
        "house": demo.organization_id("YH-T1"),
        "patients": patients,
        "team": TEAM,
        "in_care": IN_CARE,
        "contacts": CONTACTS,
        "today": clock.today(),
    }
    for statement in (PEOPLE, PLANS, TASKS, PAST, *boards.STATEMENTS):
        began = time.monotonic()
        await db.connection().execute_script(statement.format(**given))
        plan.say(f"panel: {statement.split()[2]} {time.monotonic() - began:.0f} s")
    await db.connection().execute_script("ANALYZE")


async def _measure(plan: Plan, patients: int) -> list[rows.Row]:
    teams = [UUID(row["id"]) for row in await _teams(min(TIMES, patients // TEAM))]
    asked = {
        "panel-overdue": lambda team: queries.listed(Filter([team], Shown.OVERDUE)),
        "panel-programme": lambda team: queries.listed(
            Filter([team], programme=Programme.HYPERTENSION)
        ),
        "panel-counts": lambda team: queries.counts([team]),
        "panel-villages": lambda team: queries.villages([team]),
    }
    found = []
    for name, ask in asked.items():
        if not plan.wants(name):
            continue
        taken = [await _timed(ask, teams[turn % len(teams)]) for turn in range(TIMES)]
        found.append(
            rows.row(
                f"{name}-p95",
                quantiles(taken, n=20)[-1],
                "ms",
                better="lower",
                peer="the limit",
                peer_value=LIMIT_MS,
                notes=[f"median {median(taken):.1f} ms; {patients} patients"],
            )
        )
    return found


async def _teams(count: int) -> list[dict[str, Any]]:
    statement = f"SELECT DISTINCT team_id::text AS id FROM family_task LIMIT {count}"
    return [dict(row) for row in await db.fetch(statement)]


async def _timed(ask: Any, team: UUID) -> float:
    began = time.perf_counter()
    await ask(team)
    return (time.perf_counter() - began) * 1000
