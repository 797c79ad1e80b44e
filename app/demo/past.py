"""Things that happened before the demo county was filled."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from core import clock


@contextmanager
def ago(days: int) -> Iterator[None]:
    """Let things happen so many days before now."""
    moment = clock.now() - timedelta(days=days)
    with clock.set_clock(lambda: moment):
        yield
