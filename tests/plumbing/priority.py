"""Who gets a core first when tests run side by side: calls with pictures.

A test that reckons is only later when it waits for a core. A call that waits for one sends fewer
pictures, and what the test then measures is the machine. So ordinary tests step back; the programs
that calls are made of (browsers, media nodes) never do. Only root may come forward again, so for
anybody else all stay as they are.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest

CALLS: Final = frozenset({"rooms", "joined_rooms", "village"})
"""Fixtures behind which media nodes run."""
BACK: Final = 5  # a third of the share
FRONT: Final = 0


def calls_at_a_time() -> int:
    """How many tests with calls a machine bears: a core for the pictures, one for the rest."""
    return max(1, (os.cpu_count() or 2) // 2)


@contextmanager
def in_front() -> Iterator[None]:
    """What is started meanwhile stays in front."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    _step(FRONT)
    try:
        yield
    finally:
        _step(before)


def makes_calls(item: pytest.Item) -> bool:
    """Whether the test needs pictures in time."""
    return not CALLS.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before the fixtures, so that what they start stands where the test does."""
    _step(FRONT if makes_calls(item) else BACK)


def _step(to: int) -> None:
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, to)
