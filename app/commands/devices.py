"""Hear village devices by MQTT (MQTT_URL); exactly one process of it, beside the others."""

import argparse
import asyncio
import signal
import sys
from contextlib import suppress

import uvloop

from app.commands.session import database
from app.configuring import configure
from app.settings import Settings
from core.limits import Counter
from devices import mqtt


def options(parser: argparse.ArgumentParser) -> None:
    """No options; MQTT_URL and MQTT_TOPIC are settings."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Listen until told to stop."""
    if not settings.mqtt_url:
        print("doorstep: devices by MQTT need MQTT_URL", file=sys.stderr)
        return 2
    uvloop.run(_listen(settings))
    return 0


async def _listen(settings: Settings) -> None:
    configure(settings)
    counter = Counter("doorstep-devices", settings.redis_url)
    async with database(settings):
        work = asyncio.ensure_future(mqtt.listen(settings.broker(), counter))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        with suppress(asyncio.CancelledError):
            await work
        await counter.close()
