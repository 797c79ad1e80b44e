"""One web process without its supervisor (for containers and process managers)."""

import argparse
import asyncio

import uvloop
from aiohttp import web

from app.main import create_app
from app.settings import Settings


def options(parser: argparse.ArgumentParser) -> None:
    """No options; HOST and PORT are settings."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Serve until told to stop."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    web.run_app(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=None,
        print=None,
        shutdown_timeout=3,
    )
    return 0
