"""Residents with one agreed reminder each, in our database and in the sandbox's memory."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp

from app.packages import APPS
from bench.booking.county import patient
from core import db
from people.models import Organization, Tier
from wechat.sandbox import keys
from wechat.sandbox.world import Credit, User, World

TEMPLATE: Final = "tmpl-appointment-reminder"
ACCOUNTS: Final = """
INSERT INTO people_resident_account (id, openid, status, elder_mode, created_at)
SELECT md5('bench' || n)::uuid, 'o-bench-' || n, 'active', false, now()
FROM generate_series(1, $1::int) AS n
"""
CREDITS: Final = """
INSERT INTO wechat_subscribe_credit (openid, template_id, credits, standing, muted, asked_at)
SELECT 'o-bench-' || n, $2, 1, false, false, now() FROM generate_series(1, $1::int) AS n
"""
COMMUNICATIONS: Final = """
INSERT INTO notifications_communication (id, recipient_kind, recipient_id, patient_id, topic,
  subject, title, text, words, page, created_at, due_at, next_at, status, channel, tries)
SELECT gen_random_uuid(), 'account', md5('bench' || n)::uuid, $2::uuid, 'appointment_reminder',
  'Appointment/' || n, '明天就诊提醒', '居民:明天 09:00,县医院 门诊。请带身份证。',
  '{"patient": "张**", "place": "云河县人民医院", "at": {"at": "2026-11-04T01:00:00+00:00"}}',
  'pages/appointment/index?id=' || n, now(), now(), now(), 'waiting', 'wechat', 0
FROM generate_series(1, $1::int) AS n
"""
PAST: Final = """
WITH told AS (
  INSERT INTO notifications_communication (id, recipient_kind, recipient_id, patient_id, topic,
    subject, title, text, words, page, created_at, due_at, next_at, status, channel, tries)
  SELECT gen_random_uuid(), 'account', md5('bench' || n)::uuid, $2::uuid, 'appointment_reminder',
    'Appointment/past-' || n, '明天就诊提醒', '居民:上个月的。', '{}', '',
    past, past, past, 'sent', 'wechat', 1
  FROM generate_series(1, $1::int) AS n, (SELECT now() - interval '30 days' AS past) AS month
  RETURNING id, recipient_id, created_at
)
INSERT INTO notifications_attempt
  (id, communication_id, channel, status, code, account_id, template_id, message_id, at)
SELECT gen_random_uuid(), id, 'wechat', 'sent', '', recipient_id, $3, '', created_at FROM told
"""
"""A message of last month for everybody: no house tells so many people as its first act, and
PostgreSQL plans for the tables it knows."""


@dataclass(frozen=True)
class Arrived:
    """What the sandbox counted."""

    messages: int
    people: int

    def lost(self, expected: int) -> int:
        """Whom nothing reached."""
        return expected - self.people

    @property
    def duplicates(self) -> int:
        """Messages somebody got once more."""
        return self.messages - self.people


async def seed(url: str, count: int, *, past: bool) -> None:
    """Fill an empty PostgreSQL database; the connection stays open."""
    await db.connect(url, APPS)
    house = await Organization.create(code="B", name="医院", short_name="院", tier=Tier.COUNTY)
    somebody = patient(house.id)
    await somebody.save()
    connection = db.connection()
    await connection.execute_query(ACCOUNTS, [count])
    await connection.execute_query(CREDITS, [count, TEMPLATE])
    if past:
        await connection.execute_query(PAST, [count, somebody.id, TEMPLATE])
    await connection.execute_query(COMMUNICATIONS, [count, somebody.id])
    await connection.execute_script("ANALYZE")


def remember(folder: Path, count: int, *, credits: int) -> None:
    """The sandbox's memory: these users, and what they agreed to."""
    keys.load(folder)
    world = World(folder / "memory.sqlite3")
    for n in range(1, count + 1):
        world.keep(User(id=f"o-bench-{n}", name=f"bench-{n}", phone="13900000000"))
        world.keep(Credit(id=f"o-bench-{n}|{TEMPLATE}", left=credits))
    world.close()


async def arrived(url: str, *, page: str, path: str = "/messages") -> Arrived:
    """What the sandbox received of messages that lead to `page`."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}{path}") as answer:
        items = (await answer.json())["items"]
    counted = Counter(one["openid"] for one in items if one["page"].startswith(page))
    return Arrived(sum(counted.values()), len(counted))


async def answers(url: str) -> None:
    """Until the sandbox serves."""
    async with asyncio.timeout(120), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/stats") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def unique() -> str:
    """A name for a database of this run's own."""
    return f"bench_fanout_{uuid4().hex[:8]}"
