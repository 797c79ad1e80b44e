"""Empty databases on PostgreSQL, each for one test after the other.

DROP DATABASE waits until everything in memory is on the disk, for up to two seconds. To delete
the rows that a test left takes some hundredths. A database whose tables, columns, constraints or
functions are no longer those of the template makes room for a new one.
"""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import asyncpg

from core import db
from tests.plumbing.servers import STANDARD_POSTGRES

MIGRATIONS = "tortoise_migrations"  # the only table with rows in a template
_WAITING = """
SELECT 1 FROM pg_locks AS asked WHERE NOT granted AND pid IN (
  SELECT pid FROM pg_locks WHERE granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
_SHAPE = """
    SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
        SELECT concat_ws(' ', c.oid, relname, attname, atttypid, attnotnull, atthasdef) AS part
          FROM pg_class c JOIN pg_attribute ON attrelid = c.oid
         WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', oid, conname) FROM pg_constraint
         WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', oid, proname) FROM pg_proc
         WHERE pronamespace = 'public'::regnamespace
    ) AS parts
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
_PART_WITH_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_FORGET = """
    SET LOCAL session_replication_role = replica;
    {deletions};
    SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence;
"""


def postgres_server() -> str:
    """Address of the PostgreSQL server, without a database name."""
    return os.environ.get("TEST_POSTGRES_URL", STANDARD_POSTGRES)


async def administer(statement: str) -> None:
    """Run one statement on the server's own database."""
    async with _connected("postgres") as connection:
        await connection.execute(statement)


@asynccontextmanager
async def _connected(name: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(f"{postgres_server()}/{name}")
    try:
        yield connection
    finally:
        await connection.close()


@dataclass(slots=True)
class Copies:
    """Copies of one template, for one worker."""

    template: str
    _shape: str = ""
    _filled: str = ""  # asks which tables have rows
    _free: list[str] = field(default_factory=list)
    _all: set[str] = field(default_factory=set)

    async def take(self) -> str:
        """The name of an empty database of nobody else's."""
        if self._free:
            return self._free.pop()
        name = f"{self.template}_{uuid.uuid4().hex[:12]}"
        await administer(f'CREATE DATABASE "{name}" TEMPLATE "{self.template}"')
        self._all.add(name)
        return name

    async def give_back(self, name: str) -> None:
        """Empty it for the next one."""
        try:
            if await self._empty(name):
                self._free.append(name)
                return
        except asyncpg.PostgresError:  # no leave to do it, or a database beyond repair
            pass
        await self._drop(name)

    async def close(self) -> None:
        """Drop them all."""
        for name in list(self._all):
            await self._drop(name)

    async def _drop(self, name: str) -> None:
        self._all.discard(name)
        await administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _empty(self, name: str) -> bool:
        """Whether it is as the template again."""
        if not self._shape:
            await self._learn()
        async with _connected(name) as connection:
            await connection.execute(_PART_WITH_OTHERS)
            if await connection.fetchval(_SHAPE) != self._shape:
                return False
            filled = [row[0] for row in await connection.fetch(self._filled)]
            rows = "; ".join(f'DELETE FROM "{table}"' for table in filled if table != MIGRATIONS)
            await connection.execute(_FORGET.format(deletions=rows or "SELECT 1"))
            return MIGRATIONS in filled

    async def _learn(self) -> None:
        async with _connected(self.template) as connection:
            self._shape = await connection.fetchval(_SHAPE)
            tables = [row[0] for row in await connection.fetch(_TABLES)]
            self._filled = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\")" for table in tables
            )
            filled = [row[0] for row in await connection.fetch(self._filled)]
            assert filled == [MIGRATIONS], f"{filled}: rows of migrations would be deleted"


async def until_somebody_waits() -> None:
    """Until a statement of this database waits for a lock that another one holds."""
    async with asyncio.timeout(20):
        while not await db.fetch(_WAITING):
            await asyncio.sleep(0.01)
