"""`serve` keeps the house running: whatever dies comes back, and the calls go on."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

pytestmark = [
    pytest.mark.usefixtures("calm"),  # each starts a whole house
    pytest.mark.one_database,
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children(pid: int, command: str) -> list[int]:
    """The child processes of `pid` whose command line holds `command`."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            line = (entry / "cmdline").read_text().replace("\0", " ")
            if parent == pid and command in line:
                found.append(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


async def until(found: Callable[[], Any], *, within_s: float = 30) -> Any:
    async with asyncio.timeout(within_s):
        while not (result := found()):
            await asyncio.sleep(0.1)
    return result


async def ready(port: int) -> None:
    """Wait until the web process answers and knows a media node."""
    async with asyncio.timeout(40), aiohttp.ClientSession() as http:
        while True:
            with suppress(aiohttp.ClientError):
                async with http.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.2)


@asynccontextmanager
async def serving(one, port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await one.start("serve", PORT=str(port))
    try:
        await ready(port)
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), 20)


async def test_a_killed_web_process_comes_back_and_the_node_never_left(operator, database_url):
    port = free_port()
    async with serving(operator(database_url), port) as supervisor:
        (node,) = children(supervisor.pid, "-m rtc")
        (web,) = children(supervisor.pid, "-m app web")
        os.kill(web, signal.SIGKILL)
        (other,) = await until(
            lambda: [p for p in children(supervisor.pid, "-m app web") if p != web]
        )
        await ready(port)
        assert alive(node)
        assert children(supervisor.pid, "-m rtc") == [node]
    assert not alive(other)
    assert not alive(node)


async def test_a_killed_node_comes_back(operator, database_url):
    port = free_port()
    async with serving(operator(database_url), port) as supervisor:
        (node,) = children(supervisor.pid, "-m rtc")
        os.kill(node, signal.SIGKILL)
        await until(lambda: [p for p in children(supervisor.pid, "-m rtc") if p != node])
        await ready(port)


async def test_after_a_killed_supervisor_the_next_one_finds_the_node(
    operator, database_url, tmp_path
):
    port, one = free_port(), operator(database_url)
    async with serving(one, port) as supervisor:
        (web,) = children(supervisor.pid, "-m app web")
        (node,) = children(supervisor.pid, "-m rtc")
        supervisor.kill()
        await supervisor.wait()
        await until(lambda: not alive(web))
        assert alive(node)
        assert json.loads((tmp_path / "house" / "media-node.json").read_text())["pid"] == node
        async with serving(one, port) as successor:
            assert children(successor.pid, "-m rtc") == []
            assert alive(node)
    await until(lambda: not alive(node))
