"""The database under the benchmarks of conversations, and who talks there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from app.packages import APPS
from bench.booking.county import fill
from bench.booking.door import KEYS
from chat.models import Conversation, Member
from chat.speakers import PersonKind
from core import clock, crypto, db


async def seed(url: str, people: int, each: int) -> list[dict[str, Any]]:
    """People with accounts and sessions, and their conversations."""
    crypto.configure(KEYS)
    await db.connect(url, APPS)
    try:
        given = await fill(1, residents=people, slots=1)
        groups = [given.residents[n : n + each] for n in range(0, people, each)]
        conversations = [
            Conversation(subject=f"Bench/{uuid4()}", title="咨询", created_at=clock.now())
            for _ in groups
        ]
        await Conversation.bulk_create(conversations)
        await Member.bulk_create(
            [
                _member(conversation, UUID(one["patient"]))
                for conversation, group in zip(conversations, groups, strict=True)
                for one in group
            ]
        )
        await db.connection().execute_script("ANALYZE")
        return [
            {"id": str(conversation.id), "tokens": [one["token"] for one in group]}
            for conversation, group in zip(conversations, groups, strict=True)
        ]
    finally:
        await db.close()


def _member(conversation: Conversation, person_id: UUID) -> Member:
    return Member(
        conversation_id=conversation.id,
        person_id=person_id,
        name="居民",
        kind=PersonKind.RESIDENT,
        joined_at=clock.now(),
    )


@asynccontextmanager
async def database(address: str) -> AsyncIterator[str]:
    """An empty one on this server, for the body."""
    name = f"doorstep_bench_{uuid4().hex[:10]}"
    await _administer(address, f'CREATE DATABASE "{name}"')
    try:
        url = f"{address}/{name}"
        await db.migrate(url, APPS)
        yield url
    finally:
        await _administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def _administer(address: str, statement: str) -> None:
    connection = await asyncpg.connect(f"{address}/postgres")
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
