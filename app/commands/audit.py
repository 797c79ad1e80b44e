"""Prove that the audit trail is whole: `python -m app audit verify`."""

import argparse
import asyncio

from app.commands.session import database
from app.settings import Settings
from core import chain


def options(parser: argparse.ArgumentParser) -> None:
    """One verb for now."""
    parser.add_argument("verb", choices=["verify"])


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """0 when the chain is whole, 1 when it was tampered with."""
    return asyncio.run(_verify(settings))


async def _verify(settings: Settings) -> int:
    async with database(settings):
        await chain.seal()
        verdict = await chain.verify()
    for fault in verdict.faults:
        print(f"FAULT: {fault}")
    print(f"{verdict.checked} audit events checked, {len(verdict.faults)} faults")
    return 1 if verdict.faults else 0
