"""Work that nobody waits for."""

import asyncio
from collections.abc import Awaitable
from typing import Any

_background: set[asyncio.Future[Any]] = set()


def in_background(work: Awaitable[Any]) -> None:
    """Run something nobody waits for, and keep it from being collected."""
    task = asyncio.ensure_future(work)
    _background.add(task)
    task.add_done_callback(_background.discard)
