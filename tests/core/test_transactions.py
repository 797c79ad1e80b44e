"""A transaction that cannot begin leaves the database usable."""

import asyncio
import sqlite3
from contextlib import closing, suppress

import pytest

from core import db
from core.outbox import OutboxEntry
from tests.core.conftest import make_entry
from tests.plumbing.databases import on_postgres


async def _write():
    async with db.atomic():
        await make_entry()


async def _read():
    return await asyncio.wait_for(OutboxEntry.all().count(), 5)


@pytest.mark.parametrize("turns", range(8))
async def test_cancelled_at_any_turn_of_the_loop(database, turns):
    await _read()
    task = asyncio.ensure_future(_write())
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    before = await _read()
    await asyncio.wait_for(_write(), 5)
    assert await _read() == before + 1


@pytest.mark.skipif(on_postgres(), reason="SQLite's one writer")
async def test_cancelled_while_another_process_writes(database):
    other = sqlite3.connect(database.removeprefix("sqlite://"), isolation_level=None)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.ensure_future(_write())
        await asyncio.sleep(0.2)
        task.cancel()
        await asyncio.sleep(0.05)
        other.execute("ROLLBACK")
        with suppress(asyncio.CancelledError):
            await task
    before = await _read()
    await asyncio.wait_for(_write(), 5)
    assert await _read() == before + 1


@pytest.mark.skipif(not on_postgres(), reason="the pool is PostgreSQL's")
async def test_the_pool_does_not_run_dry(database):
    for _ in range(40):
        task = asyncio.ensure_future(_write())
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await asyncio.wait_for(_write(), 5)
