"""What is written in this process is sent at once, not at the next look."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

_wakers: set[asyncio.Event] = set()


def wake() -> None:
    """Something may be due now."""
    for waker in _wakers:
        waker.set()


@contextmanager
def awake() -> Iterator[asyncio.Event]:
    """An event that is set whenever something may be due."""
    waker = asyncio.Event()
    _wakers.add(waker)
    try:
        yield waker
    finally:
        _wakers.discard(waker)
