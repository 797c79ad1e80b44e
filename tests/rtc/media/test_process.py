"""`python -m rtc` as a process: its settings, its end, and what it finds after being killed."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from rtc.media.film import probe
from tests.rtc.media.participants import SECRET, Caller, Participant

Process = asyncio.subprocess.Process
Start = Callable[[], Awaitable[tuple[Process, Caller]]]


@pytest.fixture
async def start(tmp_path: Path, http: aiohttp.ClientSession) -> AsyncIterator[Start]:
    """Start a node on the test's own recordings directory, and connect to it."""
    nodes: list[Process] = []
    callers: list[Caller] = []

    async def start_node() -> tuple[Process, Caller]:
        process = await launch(
            MEDIA_SECRET=SECRET,
            MEDIA_CONTROL_PORT="0",
            MEDIA_PUBLIC_IP="127.0.0.1",
            MEDIA_RECORDINGS=str(tmp_path),
        )
        nodes.append(process)
        assert process.stdout is not None
        where: dict[str, Any] = json.loads(await process.stdout.readline())
        caller = Caller(await http.ws_connect(f"{where['control']}/control"))
        callers.append(caller)
        return process, caller

    yield start_node
    for caller in callers:
        await caller.close()
    for process in nodes:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def launch(**settings: str) -> Process:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MEDIA_")}
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rtc",
        env=clean | settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def record_two_seconds(caller: Caller) -> Participant:
    """A doctor who is being recorded, seen by another."""
    sees = Participant(caller, "r1", "sees")
    await sees.enter()
    doctor = Participant(caller, "r1", "doctor")
    await doctor.enter()
    await doctor.publish()
    await caller.call("record", room="r1", recording="rec1", on=True)
    await (await sees.track("doctor", "camera")).more(40)
    await sees.vanish()
    return doctor


def has_a_piece(directory: Path) -> bool:
    """Whether more than a header is written of some file."""
    return any(path.stat().st_size > 2000 for path in directory.glob("*.webm"))


async def test_a_node_that_is_stopped_closes_its_files(start: Start, tmp_path: Path) -> None:
    process, caller = await start()
    doctor = await record_two_seconds(caller)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    await doctor.vanish()
    manifest = json.loads((tmp_path / "rec1.json").read_text())
    assert manifest["finished"]
    (file,) = manifest["files"]
    duration, codecs = await asyncio.to_thread(probe, tmp_path / file["name"])
    assert codecs == ["VP8", "opus"]
    assert duration == pytest.approx(file["duration_s"], abs=0.1)
    assert duration > 1.5


async def test_a_node_that_was_killed_tells_its_successor(start: Start, tmp_path: Path) -> None:
    process, caller = await start()
    doctor = await record_two_seconds(caller)
    async with asyncio.timeout(10):  # until the first piece is on the disk
        while not has_a_piece(tmp_path):
            await asyncio.sleep(0.1)
    process.kill()
    await process.wait()
    await doctor.vanish()
    _, successor = await start()
    recorded = await successor.expect("recorded", recording="rec1")
    (file,) = recorded["files"]
    assert file["seat"] == "doctor"
    assert file["duration_s"] > 0.5


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "MEDIA_SECRET"),
        ({"MEDIA_SECRET": "short"}, "MEDIA_SECRET"),
        ({"MEDIA_SECRET_FILE": "/nowhere"}, "/nowhere"),
        ({"MEDIA_SECRET": SECRET, "MEDIA_PUBLIC_IP": "clinic"}, "MEDIA_PUBLIC_IP"),
        ({"MEDIA_SECRET": SECRET, "MEDIA_UDP_PORT": "70000"}, "MEDIA_UDP_PORT"),
    ],
)
async def test_a_wrong_setting_is_named(settings: dict[str, str], named: str) -> None:
    process = await launch(**settings)
    _, errors = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 2
    assert named in errors.decode()
    assert "Traceback" not in errors.decode()
