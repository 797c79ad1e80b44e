"""A clean, migrated database for each test, on SQLite or PostgreSQL, and a Redis to go with it.

What runs where. `scripts/run_tests.py` runs all tests on SQLite and those marked `database` on
PostgreSQL. Whoever asks for a fixture of this module is marked so by itself, and runs on both:
verbs, queries, states, doors, pages over HTTP, concurrency, crashes. On one run only

- `postgres`, or whoever asks for Redis: several app processes, on PostgreSQL;
- `browser`: what a page does in Chromium, on SQLite. The verbs behind it have tests over HTTP.
  Where a walk through Chromium is the only one, it is marked `database` by hand;
- `one_database`: about media, processes or settings, where the database is beside the point;
  on SQLite.

A run migrates one template at its first need, for all its workers; each test gets a copy of it:
of the file on SQLite, by CREATE DATABASE ... TEMPLATE on PostgreSQL (`tests.plumbing.postgres`).
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
import redis

from app.packages import APPS
from core import db
from tests.plumbing.postgres import Copies, administer, postgres_server
from tests.plumbing.servers import STANDARD_REDIS

REDIS_DATABASES = range(1, 16)  # 0 is left to whoever owns the server
LEASE_TIMEOUT_S = 60
_copies: dict[str, Copies] = {}  # on PostgreSQL, by template


def on_postgres() -> bool:
    """Whether this run is on PostgreSQL and Redis."""
    kind = os.environ.get("TEST_DATABASE", "sqlite")
    if kind not in {"sqlite", "postgres"}:
        raise pytest.UsageError(f"TEST_DATABASE is sqlite or postgres, not {kind!r}")
    return kind == "postgres"


NEEDS = frozenset({"template_database"})  # fixtures by which a test has a database
ONE = frozenset({"village"})  # fixtures that run on SQLite alone


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what has a database; leave out what needs PostgreSQL and Redis when there are none."""
    skip = pytest.mark.skip(reason="needs PostgreSQL and Redis")
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        postgres = item.get_closest_marker("postgres") is not None or "redis_url" in fixtures
        one = any(map(item.get_closest_marker, ("one_database", "browser"))) or ONE & fixtures
        if postgres or (NEEDS & fixtures and not one):
            item.add_marker("database")
        if not on_postgres() and postgres:
            item.add_marker(skip)


@pytest.fixture(scope="session")
async def template_database(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A migrated database to copy, by its file or its name: the run's first worker makes it."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    if not on_postgres():
        async with _alone(shared):
            path = shared / "template.sqlite3"
            if not path.exists():
                fresh = shared / "migrating.sqlite3"
                await db.migrate(f"sqlite://{fresh}", APPS)
                fresh.rename(path)
        yield str(path)
        return
    name = f"doorstep_test_{uuid.uuid4().hex[:12]}"
    note = shared / "template"  # name of a template that is there for all
    async with _alone(shared):
        if note.exists():
            await administer(f'CREATE DATABASE "{name}" TEMPLATE "{note.read_text()}"')
        else:
            await administer(f'CREATE DATABASE "{name}"')
            await db.migrate(f"{postgres_server()}/{name}", APPS)
            note.write_text(name)
    _copies[name] = Copies(name)
    try:
        yield name
    finally:
        await _copies.pop(name).close()
        async with _alone(shared):
            if note.exists() and note.read_text() == name:
                note.unlink()
            await administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def _alone(shared: Path) -> AsyncIterator[None]:
    """No other worker of this run is in here meanwhile."""
    with (shared / "template.lock").open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def copy_of(template: str, folder: Path) -> AsyncIterator[str]:
    """A database of its own, made from the worker's template."""
    if not on_postgres():
        copy = folder / f"{uuid.uuid4().hex[:12]}.sqlite3"
        shutil.copyfile(template, copy)
        yield f"sqlite://{copy}"
        return
    name = await _copies[template].take()
    try:
        yield f"{postgres_server()}/{name}"
    finally:
        await _copies[template].give_back(name)


@pytest.fixture
async def database_url(template_database: str, tmp_path: Path) -> AsyncIterator[str]:
    """A migrated, empty database of this test's own; nothing is connected to it."""
    async with copy_of(template_database, tmp_path) as url:
        yield url


@pytest.fixture
async def other_database_url(template_database: str, tmp_path: Path) -> AsyncIterator[str]:
    """A second one, for what moves from one database to another."""
    async with copy_of(template_database, tmp_path) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The test's database, connected."""
    await db.connect(database_url, APPS)
    try:
        yield database_url
    finally:
        await db.close()


@pytest.fixture(scope="session")
def leased_redis() -> Iterator[str]:
    """A Redis database that no other worker on this machine holds, tests of other runs included.

    The lease is a lock on a file, so it ends with the process that held it.
    """
    server = os.environ.get("TEST_REDIS_URL", STANDARD_REDIS)
    with ExitStack() as held:
        number = _lease(server.rpartition(":")[2], held)
        yield f"{server}/{number}"


def _lease(port: str, held: ExitStack) -> int:
    deadline = time.monotonic() + LEASE_TIMEOUT_S
    while time.monotonic() < deadline:
        for number in REDIS_DATABASES:
            with ExitStack() as tried:
                name = f"doorstep-redis-{port}-{number}.lock"
                file = tried.enter_context((Path(tempfile.gettempdir()) / name).open("a"))
                with suppress(BlockingIOError):
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    held.push(tried.pop_all())
                    return number
        time.sleep(0.2)
    raise pytest.UsageError(f"all of Redis's databases were in use for {LEASE_TIMEOUT_S} s")


@pytest.fixture
async def redis_url(leased_redis: str) -> str:
    """The worker's Redis database, emptied."""

    def empty() -> None:
        with redis.Redis.from_url(leased_redis) as client:
            client.flushdb()

    await asyncio.to_thread(empty)
    return leased_redis
