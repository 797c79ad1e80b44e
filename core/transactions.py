"""Two repairs to Tortoise's transactions, made once on import by `core.db`.

SQLite's write lock is taken at once. And a transaction that cannot begin, because its task was
cancelled or the database stayed locked, gives its connection back: Tortoise 1.1.9 keeps the lock
(SQLite) or the pooled connection (PostgreSQL) for good, after which every query of the process
waits for ever.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient, TransactionContextPooled
from tortoise.backends.sqlite.client import SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError


async def _begin_immediate(self: SqliteTransactionWrapper) -> None:
    """A deferred read-then-write fails between processes, so BEGIN IMMEDIATE."""
    try:
        await self._connection.commit()
        await self._connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as problem:
        raise TransactionManagementError(problem) from problem


async def _enter_sqlite(self: Any) -> TransactionalDBClient:
    await self._trxlock.acquire()
    token = None
    try:
        await self.ensure_connection()
        token = self.token = get_connections().set(self.connection_name, self.connection)
        await self.connection.begin()
    except BaseException:
        try:
            # a BEGIN that nobody waits for any more is still carried out by the worker thread
            if self.connection._connection is not None:
                await _finish(self.connection._connection.rollback())
        finally:
            get_connections().reset(token)
            self._trxlock.release()
        raise
    client: TransactionalDBClient = self.connection
    return client


async def _enter_pooled(self: Any) -> TransactionalDBClient:
    await self.ensure_connection()
    pool = self.client._parent._pool
    self.client._connection = await pool.acquire()
    self.token = get_connections().set(self.connection_name, self.client)
    try:
        await self.client.begin()
    except BaseException:
        try:
            await _finish(pool.release(self.client._connection))
        finally:
            get_connections().reset(self.token)
        raise
    client: TransactionalDBClient = self.client
    return client


async def _finish(work: Awaitable[object]) -> None:
    """Wait for `work` to the end, also when cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    while not task.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([task])
    task.result()


def repair() -> None:
    """Put the repairs in place; safe to repeat."""
    SqliteTransactionWrapper.begin = _begin_immediate  # type: ignore[method-assign]
    SqliteTransactionContext.__aenter__ = _enter_sqlite  # type: ignore[method-assign]
    TransactionContextPooled.__aenter__ = _enter_pooled  # type: ignore[method-assign]
