"""The web process of the house, or the bare verbs, each in a process of its own."""

import asyncio
import os
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import MappingProxyType
from typing import Final

import aiohttp

from bench import machine
from bench.booking.door import FIELD_KEY, SECRET_KEY

START_S: Final = 60
IDLE_CORES: Final = 0.15


@asynccontextmanager
async def house(
    url: str,
    port: int,
    more: Mapping[str, str] = MappingProxyType({}),
    *,
    settled: bool = True,
) -> AsyncIterator[Process]:
    """`python -m app web`: every layer, and what is due by itself, in one process.

    The demo's sandbox stands in for WeChat, and the loopback address is not counted. It is given
    when its start is over (`settled`), or as soon as it answers: where people are at it already it
    never rests. Raises TimeoutError when it has not come to rest in a minute.
    """
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        settings = {
            "DEMO": "1",
            "DATABASE_URL": url,
            "DATA_DIR": folder,
            "PORT": str(port),
            "SECRET_KEY": SECRET_KEY,
            "FIELD_KEY": FIELD_KEY,
            "API_CALLS_PER_MINUTE": "1000000",
            "API_WRITES_PER_MINUTE": "1000000",
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app", "web"),
            env=os.environ | settings | more,
            stdout=DEVNULL,
            stderr=DEVNULL,
        )
        async with _stopped(process):
            await _answers(f"http://127.0.0.1:{port}/healthz")
            if settled:
                await _settled(process.pid)
            yield process


def door(url: str, port: int) -> AbstractAsyncContextManager[Process]:
    """The verb behind aiohttp and nothing else."""
    return started("bench.booking.door", url, port)


@asynccontextmanager
async def started(module: str, url: str, port: int) -> AsyncIterator[Process]:
    """A server of the benchmark's own, which says when it is ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, url, str(port)), stdout=PIPE
    )
    async with _stopped(process):
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), START_S)
        yield process


@asynccontextmanager
async def _stopped(process: Process) -> AsyncIterator[None]:
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _answers(address: str) -> None:
    async with asyncio.timeout(START_S), aiohttp.ClientSession() as session:
        while True:
            with suppress(aiohttp.ClientError):
                async with session.get(address) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)


async def _settled(pid: int) -> None:
    """Until the start is over (first statements, the sandbox keys): only serving is measured."""
    for _ in range(START_S):
        used = machine.cpu_seconds(pid)
        await asyncio.sleep(1)
        if machine.cpu_seconds(pid) - used < IDLE_CORES:
            return
    raise TimeoutError(f"the house is still busy after {START_S} s: does somebody talk to it?")
