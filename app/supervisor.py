"""`serve`: one web process and, when no media nodes are named, one media node beside it; with
`MQTT_URL` one that hears devices.

Each is restarted when it dies. The node outlives a dead web process, and even a killed
supervisor for a while: the next one finds it again and its rooms go on.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from app.local_node import LocalNode
from app.settings import Settings

log = structlog.get_logger(__name__)

FIRST_WAIT_S: Final = 0.3
LONGEST_WAIT_S: Final = 10.0
CALM_AFTER_S: Final = 20.0
_PR_SET_PDEATHSIG: Final = 1


async def supervise(settings: Settings) -> int:
    """Keep the processes running until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    environment = dict(os.environ)
    works = []
    if not settings.media_nodes:
        node = await LocalNode.find(settings)
        environment["MEDIA_NODES"] = node.url
        works.append(_keep_node(node, environment | node.environment()))
    works.append(_keep("web", [sys.executable, "-m", "app", "web"], environment))
    if settings.mqtt_url:
        works.append(_keep("devices", [sys.executable, "-m", "app", "devices"], environment))
    tasks = [asyncio.ensure_future(work) for work in works]
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return 0


async def _keep_node(node: LocalNode, environment: Mapping[str, str]) -> None:
    """Watch over a node that was found running; when it is gone keep one of our own."""
    try:
        await node.gone()
    except asyncio.CancelledError:
        node.stop()
        raise
    command = [sys.executable, "-m", "rtc"]
    await _keep("media", command, environment, outlives=True, started=node.remember)


async def _keep(
    name: str,
    command: list[str],
    environment: Mapping[str, str],
    *,
    outlives: bool = False,
    started: Callable[[int], None] = lambda pid: None,
) -> None:
    """Run a process, again and again; unless it `outlives` its supervisor it dies with it."""
    wait = FIRST_WAIT_S
    while True:
        began = asyncio.get_running_loop().time()
        process = await asyncio.create_subprocess_exec(
            *command, env=dict(environment), preexec_fn=None if outlives else _die_with_parent
        )
        started(process.pid)
        try:
            status = await process.wait()
        except asyncio.CancelledError:
            await _end(process)
            raise
        if asyncio.get_running_loop().time() - began > CALM_AFTER_S:
            wait = FIRST_WAIT_S
        log.warning("process_ended", process=name, status=status, restart_in_s=wait)
        await asyncio.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT_S)


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 8)
    except TimeoutError:
        process.kill()
        await process.wait()


def _die_with_parent() -> None:
    """Ask the kernel for SIGTERM when the supervisor dies (Linux prctl)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
