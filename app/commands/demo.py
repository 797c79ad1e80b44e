"""Create the demo county on first start; safe to repeat. Only with DEMO=1."""

import argparse
import asyncio
import sys

from app.commands.session import database
from app.demo import county
from app.settings import Settings


def options(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Fill an empty county; leave a filled one alone."""
    if not settings.demo:
        print("doorstep: the demo county needs DEMO=1", file=sys.stderr)
        return 2
    return asyncio.run(_fill(settings))


async def _fill(settings: Settings) -> int:
    async with database(settings):
        created = await county.create(settings)
    print("the demo county is ready" if created else "the demo county was there already")
    return 0
