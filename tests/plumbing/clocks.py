"""A clock that stands still until a test moves it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from core.clock import SHANGHAI, set_clock


class HeldClock:
    """Takes the place of the system clock. Starts on a Monday morning in the county."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **amount: float) -> datetime:
        """Go on by an amount in timedelta's words, and return the new moment."""
        self.moment += timedelta(**amount)
        return self.moment


@pytest.fixture
def clock() -> Iterator[HeldClock]:
    """Hold the clock for one test."""
    held = HeldClock()
    with set_clock(held):
        yield held
