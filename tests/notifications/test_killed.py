"""A sender that is killed with SIGKILL, again and again, in the middle of its work."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE

import pytest

from tests.plumbing.postgres import postgres_server


@pytest.mark.postgres
@pytest.mark.parametrize("channel", ["wechat", "official"])
async def test_nothing_is_lost_and_nothing_comes_twice(channel: str) -> None:
    command = (sys.executable, "-m", "bench.fanout.killed", postgres_server(), "600", "4", channel)
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL)
    said, _ = await asyncio.wait_for(process.communicate(), 200)
    found = json.loads(said.decode().splitlines()[-1])
    assert found["kills"] >= 1, found
    assert found["arrived"] == {"messages": 600, "people": 600}, found
    assert found["open"] == 0, found
