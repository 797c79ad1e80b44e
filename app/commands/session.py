"""A database session for commands."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.packages import APPS
from app.settings import Settings
from core import crypto, db


@asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[None]:
    """Keys and database for the body; the connection is closed whatever happens."""
    crypto.configure(settings.keyring())
    await db.connect(settings.database_url, APPS)
    try:
        yield
    finally:
        await db.close()
