"""One web process without its supervisor (for containers and process managers)."""

import argparse
import asyncio
from typing import Final

import uvloop
from aiohttp import web

from app.main import create_app
from app.settings import Settings
from core import garbage

BACKLOG: Final = 4096
"""Connections that may wait to be accepted: with aiohttp's 128, thousands of phones that come back
at once are turned away again and again and need minutes. The kernel's `somaxconn` is the limit."""


def options(parser: argparse.ArgumentParser) -> None:
    """No options; HOST and PORT are settings."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Serve until told to stop."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    app = create_app(settings)
    app.on_startup.append(_spare_what_stays)
    web.run_app(
        app,
        host=settings.host,
        port=settings.port,
        access_log=None,
        print=None,
        backlog=BACKLOG,
        shutdown_timeout=3,
    )
    return 0


async def _spare_what_stays(_: web.Application) -> None:
    garbage.spare_what_stays()
