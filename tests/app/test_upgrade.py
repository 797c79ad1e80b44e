"""Migrations meet rows: a house in which people have worked is brought up to date."""

import asyncio
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.plumbing.databases import on_postgres
from tests.plumbing.postgres import administer, postgres_server

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
async def empty_url(tmp_path: Path) -> AsyncIterator[str]:
    """A database without any table."""
    if not on_postgres():
        yield f"sqlite://{tmp_path}/house.sqlite3"
        return
    name = f"doorstep_test_{uuid.uuid4().hex[:12]}"
    await administer(f'CREATE DATABASE "{name}"')
    yield f"{postgres_server()}/{name}"
    await administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.mark.database
async def test_every_migration_runs_where_every_table_has_rows(empty_url: str) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.app.full_house", empty_url),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
