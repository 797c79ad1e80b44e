"""The database: one configuration for SQLite and PostgreSQL, one kind of transaction.

Each package is a Tortoise app of its own with its own migrations. State lives in context
variables, so `connect` keeps a global fallback for tasks that were created earlier.
"""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.backends.sqlite import executor  # noqa: F401  (registers its adapters before ours)
from tortoise.connection import get_connection
from tortoise.migrations.api import migrate as _migrate
from tortoise.transactions import in_transaction

from core import transactions

Apps = Mapping[str, list[str]]
OWN: Apps = {"core": ["core.outbox", "core.audit", "core.idempotency", "core.blobs"]}

atomic = in_transaction


def _in_utc(moment: datetime) -> str:
    """SQLite compares times as text, so all of them are written in one zone."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ")


sqlite3.register_adapter(datetime, _in_utc)
transactions.repair()


def config(url: str, apps: Apps) -> dict[str, Any]:
    """Tortoise's configuration for a `sqlite://` or `postgres://` address.

    `apps` names each package and its model modules; its migrations live in `<package>.migrations`.
    """
    return {
        "connections": {"default": _connection(url)},
        "apps": {
            label: {
                "models": modules,
                "default_connection": "default",
                "migrations": f"{label}.migrations",
            }
            for label, modules in apps.items()
        },
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> str | dict[str, Any]:
    if url.startswith("sqlite://"):
        return {
            "engine": "tortoise.backends.sqlite",
            "credentials": {
                "file_path": url.removeprefix("sqlite://"),
                "busy_timeout": 10_000,
                "synchronous": "NORMAL",
            },
        }
    parts = urlsplit(url)
    return {
        "engine": "tortoise.backends.asyncpg",
        "credentials": {
            "host": parts.hostname or "127.0.0.1",
            "port": parts.port or 5432,
            "user": parts.username,
            "password": parts.password,
            "database": parts.path.lstrip("/"),
            "minsize": 1,
            "maxsize": 20,
            "reset": _nothing_to_reset,
        },
    }


async def _nothing_to_reset(connection: object) -> None:
    """No statement of ours leaves a lock, a setting or a LISTEN behind outside a transaction.

    asyncpg's own reset is a round trip after every use of a pooled connection; open transactions
    it rolls back in any case.
    """


async def connect(url: str, apps: Apps) -> None:
    """Open the database for this process."""
    await Tortoise.init(config=config(url, apps), _enable_global_fallback=True)


async def close() -> None:
    """Close every connection; an open one hangs the exit."""
    await Tortoise.close_connections()


async def migrate(url: str, apps: Apps) -> None:
    """Bring the schema up to date; safe to repeat."""
    try:
        await _migrate(config=config(url, apps))
    finally:
        await close()


async def ping() -> None:
    """Raise when the database does not answer."""
    await connection().execute_query("SELECT 1")


def connection() -> BaseDBAsyncClient:
    """The connection for hand-written SQL; inside a transaction it is that transaction's."""
    return get_connection("default")


async def fetch(query: str, *values: object) -> Sequence[Mapping[str, Any]]:
    """The rows of hand-written SQL (`$1`, `$2`), for calls that thousands make at once.

    SQLite gives times and days as text: `as_moment` and `as_day` read both.
    """
    plain = [str(value) if isinstance(value, UUID) else value for value in values]
    _, rows = await connection().execute_query(query, plain)
    return rows


def as_id(value: Any) -> UUID:
    """An id out of `fetch`."""
    return value if isinstance(value, UUID) else UUID(value)


def as_moment(value: Any) -> datetime:
    """A time out of `fetch`."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def as_day(value: Any) -> date:
    """A day out of `fetch`."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def in_transaction_now() -> bool:
    """Whether the code that asks runs inside `atomic`."""
    return isinstance(connection(), TransactionalDBClient)


def is_postgres() -> bool:
    """Whether SKIP LOCKED and friends are there."""
    return connection().capabilities.dialect == "postgres"


@asynccontextmanager
async def one_view() -> AsyncIterator[None]:
    """All reads of the body see the same moment, while others go on working."""
    async with atomic() as inside:
        if is_postgres():
            await inside.execute_query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


async def findings(checks: Sequence[tuple[str, str]]) -> list[str]:
    """What queries that should find nothing do find: the sentence of each, filled with its row."""
    return [
        sentence.format(*row.values())
        for sentence, query in checks
        for row in await connection().execute_query_dict(query)
    ]


async def forget_statements() -> None:
    """Drop cached SQL, which is kept by connection name, when a process changes database."""
    with suppress(ImportError):
        from tortoise.backends.base.executor import EXECUTOR_CACHE

        EXECUTOR_CACHE.clear()
