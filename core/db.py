"""The database: one configuration for SQLite and PostgreSQL, one kind of transaction.

Each package is a Tortoise app of its own with its own migrations. State lives in context
variables, so `connect` keeps a global fallback for tasks that were created earlier.
"""

import asyncio
import functools
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from pydantic_core import to_json
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient, TransactionalDBClient
from tortoise.backends.sqlite import executor  # noqa: F401  (registers its adapters before ours)
from tortoise.context import require_context
from tortoise.exceptions import IntegrityError, OperationalError
from tortoise.migrations.api import migrate as _migrate
from tortoise.models import Model
from tortoise.transactions import in_transaction

from core import migration_speed, transactions

Apps = Mapping[str, list[str]]
OWN: Apps = {"core": ["core.outbox", "core.audit", "core.idempotency", "core.blobs"]}

M = TypeVar("M", bound=Model)
_inside: Final = ContextVar("inside_a_transaction", default=False)


@asynccontextmanager
async def atomic() -> AsyncIterator[TransactionalDBClient]:
    """A transaction; inside another one a part of it."""
    token = _inside.set(True)
    try:
        async with in_transaction() as inside:
            yield inside
    finally:
        _inside.reset(token)


def _in_utc(moment: datetime) -> str:
    """SQLite compares times as text, so all of them are written in one zone."""
    return (moment.astimezone(UTC) if moment.tzinfo else moment).isoformat(" ")


sqlite3.register_adapter(datetime, _in_utc)
transactions.repair()
migration_speed.repair()


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


_postgres = False


async def connect(url: str, apps: Apps) -> None:
    """Open the database for this process."""
    global _postgres
    _postgres = not url.startswith("sqlite://")
    await Tortoise.init(config=config(url, apps), _enable_global_fallback=True)


async def close() -> None:
    """Close every connection; an open one hangs the exit."""
    await Tortoise.close_connections()


async def migrate(url: str, apps: Apps) -> None:
    """Bring the schema up to date; safe to repeat."""
    try:
        with migration_speed.rare_collections():
            await _migrate(config=config(url, apps))
    finally:
        await close()


async def ping() -> None:
    """Raise when the database does not answer."""
    await connection().execute_query("SELECT 1")


def connection() -> BaseDBAsyncClient:
    """The connection for hand-written SQL; inside a transaction it is that transaction's."""
    return require_context().connections.get("default")


async def fetch(query: str, *values: object) -> Sequence[Mapping[str, Any]]:
    """The rows of hand-written SQL (`$1`, `$2`), for calls that thousands make at once.

    SQLite gives times and days as text: `as_moment` and `as_day` read both.
    """
    plain = [str(value) if isinstance(value, UUID) else value for value in values]
    lane = _lane.get()
    if lane is not None and lane.is_for_now():
        return await lane.fetch(query, plain)
    _, rows = await connection().execute_query(query, plain)
    return rows


class _Lane:
    """A pooled connection for what one task asks in a row, taken with the first question."""

    def __init__(self) -> None:
        self._task = asyncio.current_task()
        self._taken: Any = None
        self._connection: Any = None

    def is_for_now(self) -> bool:
        """Whether its own task asks, and outside a transaction, which has its own connection."""
        return not _inside.get() and self._task is asyncio.current_task() and is_postgres()

    async def fetch(self, query: str, values: Sequence[object]) -> Sequence[Mapping[str, Any]]:
        """As Tortoise would; after a failure the next question takes another connection."""
        if self._taken is None:
            taken = connection().acquire_connection()
            self._connection = await taken.__aenter__()
            self._taken = taken
        try:
            rows: Sequence[Mapping[str, Any]] = await self._connection.fetch(query, *values)
        except BaseException as problem:
            await self.give_back()
            if isinstance(problem, asyncpg.IntegrityConstraintViolationError):
                raise IntegrityError(problem) from problem
            if isinstance(problem, (asyncpg.SyntaxOrAccessError, asyncpg.DataError)):
                raise OperationalError(problem) from problem
            raise
        return rows

    async def give_back(self) -> None:
        """Let the pool have it."""
        taken, self._taken = self._taken, None
        if taken is not None:
            await taken.__aexit__(None, None, None)


_lane: Final[ContextVar[_Lane | None]] = ContextVar("lane", default=None)


@asynccontextmanager
async def one_connection() -> AsyncIterator[None]:
    """All `fetch` of this task in the body go through one connection of PostgreSQL's pool.

    Taking one and giving it back costs a third of a small question, and turns of the loop.
    """
    lane = _Lane()
    token = _lane.set(lane)
    try:
        yield
    finally:
        _lane.reset(token)
        await lane.give_back()


def asked(**columns: str) -> str:
    """`$1`, a list of objects as JSON, as the rows of a table `asked` for hand-written SQL.

    `columns` are names and PostgreSQL's types; give the value by `listed`.
    """
    if is_postgres():
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"jsonb_to_recordset({JSON}) AS asked({typed})"
    taken = ", ".join(f"value->>'{name}' AS {name}" for name in columns)
    return f"(SELECT {taken} FROM json_each($1)) AS asked"  # noqa: S608  (names from our code)


def listed(rows: Sequence[Mapping[str, object]]) -> bytes | str:
    """Rows for `asked`."""
    written = to_json(rows)
    return written if is_postgres() else written.decode()


JSON: Final = "convert_from($1, 'UTF8')::jsonb"
"""`$1` of hand-written SQL for PostgreSQL, JSON in bytes as it was made: as a text it would be
decoded here and encoded again on its way."""


def as_id(value: Any) -> UUID:
    """An id out of `fetch`, as Python's own: asyncpg's takes ten times as long to become JSON."""
    return UUID(value) if isinstance(value, str) else UUID(int=value.int)


def as_key(value: Any) -> UUID:
    """An id out of `fetch` to compare and to look up by; `str` of it is quick, JSON is not."""
    return UUID(value) if isinstance(value, str) else value


as_text: Final = functools.lru_cache(maxsize=4096)(str)
"""An id as text, where the same few are written again and again."""


def with_plain_ids(row: M) -> M:
    """A row that is kept and will be answered with many times: its ids are Python's own."""
    ids = {name: as_id(value) for name, value in vars(row).items() if isinstance(value, UUID)}
    vars(row).update(ids)
    return row


def as_moment(value: Any) -> datetime:
    """A time out of `fetch`."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def as_day(value: Any) -> date:
    """A day out of `fetch`."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def new_row(model: type[M], alike: Mapping[str, object] = MappingProxyType({}), /, **own: Any) -> M:
    """`model(**alike, **own)`, not yet saved, where each column is given and needs no conversion.

    Tortoise's own constructor asks every field, which for a wide row takes as long as its insert.
    """
    row = model.__new__(model)
    values = vars(row)
    values.update(_NEW, _await_when_save={})
    values.update(alike)
    values.update(own)
    return row


_NEW: Final = {"_partial": False, "_saved_in_db": False, "_custom_generated_pk": False}


def in_transaction_now() -> bool:
    """Whether the code that asks runs inside `atomic`."""
    return _inside.get()


def is_postgres() -> bool:
    """Whether SKIP LOCKED and friends are there."""
    return _postgres


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
