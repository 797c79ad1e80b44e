"""The county of `panel` once more, for its boards: all that a team, a township of fifteen teams and
the county of 250 show, with twelve months, as the page asks for it.

To the follow-ups come contracts with one patient in four, three items in each.
"""

import time
from statistics import median
from typing import Any, Final
from uuid import UUID

from bench import rows
from bench.plan import Plan
from core import clock, db
from family_doctor.boards.numbers import counted
from family_doctor.boards.periods import month_of, months_until
from family_doctor.boards.trend import trend

TOWNSHIP: Final = 15
TIMES: Final = 5
LIMITS_MS: Final = {"team": 500.0, "township": 2_000.0, "county": 10_000.0}
"""What somebody waits for without asking whether it is broken; a county's is kept ten minutes."""

TEAMS: Final = """
INSERT INTO family_care_team (id, name, organization_id, phone, words, active, created_at)
SELECT DISTINCT md5('t' || n / {team})::uuid, '团队' || n / {team}, '{house}'::uuid, '', '', true,
    now() FROM generate_series(1, {patients}, {in_care}) AS n
"""
CONTRACTS: Final = """
INSERT INTO family_contract (id, number, status, patient_id, team_id, active_for, channel, asked_at,
    asked_by, relation, text_version, text_sha256, expires_at, content_sha256, answer,
    signed_relation, years, price_fen, insurer_fen, starts_on, ends_on, begun_at, end_reason)
SELECT md5('s' || n)::uuid, 'n' || n, 'active', md5('p' || n)::uuid, md5('t' || n / {team})::uuid,
    md5('p' || n)::uuid, 'desk', now(), md5('d')::uuid, '', '1', '', now(), '', '', '', 1, 0, 0,
    date '{today}' - 200, date '{today}' + 165, now() - interval '200 days', ''
FROM generate_series(1, {patients}, 4) AS n
"""
ITEMS: Final = """
INSERT INTO family_contract_item (id, contract_id, position, package_code, "group", code, name,
    times, mode, who)
SELECT md5('i' || n || '-' || k)::uuid, md5('s' || n)::uuid, k, 'B', 'basic', 'X' || k, '项', 4,
    'clinic', 'nurse' FROM generate_series(1, {patients}, 4) AS n, generate_series(1, 3) AS k
"""
STATEMENTS: Final = (TEAMS, CONTRACTS, ITEMS)


async def measure(plan: Plan, patients: int) -> list[rows.Row]:
    """A row for each board that was asked for."""
    teams = [UUID(row["id"]) for row in await db.fetch("SELECT id::text FROM family_care_team")]
    scopes = {"team": teams[:1], "township": teams[:TOWNSHIP], "county": teams}
    found = []
    for name, team_ids in scopes.items():
        if not plan.wants(f"panel-boards-{name}"):
            continue
        taken = [await _timed(team_ids, villages=name != "county") for _ in range(TIMES)]
        found.append(
            rows.row(
                f"panel-boards-{name}",
                median(taken),
                "ms",
                better="lower",
                peer="the limit",
                peer_value=LIMITS_MS[name],
                notes=[f"worst {max(taken):.0f} ms; {len(team_ids)} teams, {patients} patients"],
            )
        )
    return found


async def _timed(team_ids: list[UUID], **more: Any) -> float:
    began, today = time.perf_counter(), clock.today()
    period = month_of(today, today)
    await counted(team_ids, period, **more)
    await trend(team_ids, months_until(period, today))
    return (time.perf_counter() - began) * 1000
