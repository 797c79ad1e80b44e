"""Bring the database schema up to date; safe to repeat."""

import argparse
import asyncio

from app.packages import APPS
from app.settings import Settings
from core import crypto, db


def options(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(settings: Settings, chosen: argparse.Namespace) -> int:
    """Apply what is missing."""
    crypto.configure(settings.keyring())
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(db.migrate(settings.database_url, APPS))
    print("database is up to date")
    return 0
