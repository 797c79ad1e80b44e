"""Deliver events and due work without serving pages (one or more beside the web processes)."""

import argparse
import asyncio
import signal

import uvloop

from app.main import create_worker
from app.settings import Settings
from core import garbage


def options(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Work until told to stop."""
    uvloop.run(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    app = create_worker(settings)
    app.freeze()
    await app.startup()
    garbage.spare_what_stays()
    try:
        await stop.wait()
    finally:
        await app.shutdown()
        await app.cleanup()
