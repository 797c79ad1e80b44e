"""Count every slot, appointment, offer and coin again: `python -m app reconcile`."""

import argparse
import asyncio

from app.commands.session import database
from app.settings import Settings
from booking import reconcile


def options(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when everything agrees, 1 when something does not; safe beside a running house."""
    return asyncio.run(_check(settings))


async def _check(settings: Settings) -> int:
    async with database(settings):
        report = await reconcile.check()
    for fault in report.faults:
        print(f"FAULT: {fault}")
    print(
        f"{report.slots} slots with {report.places} places, {report.used} used; "
        f"{report.appointments} appointments; {len(report.faults)} faults"
    )
    return 1 if report.faults else 0
