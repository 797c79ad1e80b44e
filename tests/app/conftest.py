"""Running the program as an operator does: its own process, its own environment."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.plumbing.keys import FIELD_KEY, SECRET_KEY

HOUSE = Path(__file__).resolve().parents[2]


@dataclass
class Finished:
    """What a command left behind."""

    status: int
    said: str


class Operator:
    """Runs `python -m app …` against one database and one data folder."""

    def __init__(self, database_url: str, data_dir: Path) -> None:
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("MEDIA_", "TURN_"))},
            "DEMO": "1",
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEY": FIELD_KEY,
            "DATABASE_URL": database_url,
            "DATA_DIR": str(data_dir),
        }

    async def start(
        self, *arguments: str, said: Any = asyncio.subprocess.DEVNULL, **environment: str
    ) -> asyncio.subprocess.Process:
        """Start a command and leave it running; `said` is where its output goes."""
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "app",
            *arguments,
            cwd=HOUSE,
            env=self.environment | environment,
            stdout=said,
            stderr=asyncio.subprocess.STDOUT,
        )

    async def run(self, *arguments: str, **environment: str) -> Finished:
        """Run a command to its end, at most a minute."""
        process = await self.start(*arguments, said=asyncio.subprocess.PIPE, **environment)
        async with asyncio.timeout(60):
            said, _ = await process.communicate()
        return Finished(process.returncode or 0, said.decode())


@pytest.fixture
def operator(tmp_path: Path) -> Callable[[str, str], Operator]:
    """`operator(database_url, folder)` for a place of one's own."""

    def at(database_url: str, folder: str = "house") -> Operator:
        return Operator(database_url, tmp_path / folder)

    return at
