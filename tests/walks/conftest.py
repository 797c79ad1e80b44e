"""The whole house as `make run` starts it: the demo county, one web process, one media node."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from tests.plumbing.keys import FIELD_KEY, SECRET_KEY

HOUSE = Path(__file__).resolve().parents[2]
START_WITHIN_S = 60


@dataclass(frozen=True)
class Served:
    """Where the county is, and the process that keeps it running."""

    address: str
    supervisor: asyncio.subprocess.Process
    database_url: str


async def _run(environment: dict[str, str], *command: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", *command, cwd=HOUSE, env=environment
    )
    assert await process.wait() == 0, f"{command} failed"


@pytest.fixture
async def served(database_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """`python -m app serve` on a county of its own, ready to be used."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("MEDIA_", "TURN_"))},
        "DEMO": "1",
        "PORT": str(port),
        "DATA_DIR": str(tmp_path / "var"),
        "DATABASE_URL": database_url,
        "SECRET_KEY": SECRET_KEY,
        "FIELD_KEY": FIELD_KEY,
    }
    await _run(environment, "migrate")
    await _run(environment, "demo")
    supervisor = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app", "serve", cwd=HOUSE, env=environment
    )
    address = f"http://127.0.0.1:{port}"
    try:
        await _ready(address)
        yield Served(address, supervisor, database_url)
    finally:
        supervisor.terminate()
        await asyncio.wait_for(supervisor.wait(), 20)


async def _ready(address: str) -> None:
    async with asyncio.timeout(START_WITHIN_S), aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"{address}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.2)
