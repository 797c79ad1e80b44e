"""Where a run happens: a database, a sandbox and senders, each in a process of its own."""

import asyncio
import json
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.packages import APPS
from bench.booking.door import KEYS
from bench.booking.release import administer
from bench.fanout import county
from bench.media.server import free_port
from core import crypto, db
from notifications import policy


@dataclass(frozen=True)
class Place:
    """Where a run happens: a database and a sandbox of its own."""

    url: str
    sandbox: str
    folder: Path


@asynccontextmanager
async def place_of(
    address: str, count: int, *, credits: int, push_url: str = "", past: bool = False
) -> AsyncIterator[Place]:
    name = county.unique()
    await administer(address, f'CREATE DATABASE "{name}"')
    try:
        crypto.configure(KEYS)
        await db.migrate(f"{address}/{name}", APPS)
        await county.seed(f"{address}/{name}", count, past=past)
        with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
            home, port = Path(folder) / "wechat", free_port()
            await asyncio.to_thread(county.remember, home, count, credits=credits)
            place = Place(f"{address}/{name}", f"http://127.0.0.1:{port}", home)
            sandbox = await python(
                "wechat.sandbox", "--folder", home, "--port", port,
                "--calls-per-second", 10**6, "--push-url", push_url,
            )  # fmt: skip
            try:
                await county.answers(place.sandbox)
                yield place
            finally:
                with suppress(ProcessLookupError):
                    sandbox.kill()
                await sandbox.wait()
    finally:
        await db.close()
        await administer(address, f'DROP DATABASE "{name}" WITH (FORCE)')


async def sender(
    place: Place, *, lease_s: float, word_s: float, batch: int = policy.Params().batch
) -> Process:
    return await python(
        "bench.fanout.sender", place.url, place.sandbox, place.folder, lease_s, word_s, batch
    )


async def python(module: str, *given: object) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *map(str, given), stdout=PIPE, stderr=DEVNULL
    )


async def said_by(process: Process) -> dict[str, Any]:
    try:
        said, _ = await asyncio.wait_for(process.communicate(), 900)
        found: dict[str, Any] = json.loads(
            next(line for line in said.decode().splitlines() if line[:1] == "{")
        )
        return found
    finally:
        with suppress(ProcessLookupError):
            process.kill()
