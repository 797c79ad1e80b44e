"""Giving back what closed connections have held.

A closed connection is a knot of objects that only the garbage collector unties, and on a node it
runs seldom, because packets make nothing for it. So the node asks for it: at once when nobody is
left, else after some connections were closed, and not often, because forwarding waits meanwhile.
"""

import ctypes
import gc
import logging
import time
from typing import Final

log = logging.getLogger(__name__)

PAUSE: Final = 30.0  # s between two collections while somebody is here
ENOUGH: Final = 20  # closed connections that make a collection worth its pause

_libc = ctypes.CDLL(None)


class Tidying:
    """`closed` counts connections that ended since the last collection."""

    def __init__(self) -> None:
        self.closed = 0
        self.longest = 0.0  # s, of all collections
        self._last = time.monotonic()

    def tick(self, now: float, *, idle: bool) -> None:
        """Called once a second."""
        due = self.closed >= ENOUGH and now - self._last > PAUSE
        if self.closed and (idle or due):
            self.collect()

    def collect(self) -> None:
        """Collect garbage and give free pages back (malloc_trim(3) is glibc's)."""
        began = time.monotonic()
        gc.collect()
        if hasattr(_libc, "malloc_trim"):
            _libc.malloc_trim(0)
        self.closed = 0
        self._last = time.monotonic()
        self.longest = max(self.longest, self._last - began)
