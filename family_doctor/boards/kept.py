"""What took long to count is not counted again for a few minutes: a county's half million patients
cost seconds, and its numbers move by the day. A small house always sees the present."""

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, TypeVar

from core import clock

T = TypeVar("T")

LONG: Final = 1.0
"""Seconds of counting from which on the answer is kept."""
FOR: Final = 600.0
"""Seconds for which it is."""
_kept: dict[tuple[object, ...], tuple[float, datetime, object]] = {}


async def kept(count: Callable[[], Awaitable[T]], *key: object) -> tuple[T, datetime]:
    """The answer, and when it was counted."""
    began = time.monotonic()
    for old in [one for one, (until, _, _) in _kept.items() if until < began]:
        del _kept[old]
    if key in _kept:
        _, at, found = _kept[key]
        return found, at  # type: ignore[return-value]  # the key names the question
    at, answer = clock.now(), await count()
    if time.monotonic() - began >= LONG:
        _kept[key] = (time.monotonic() + FOR, at, answer)
    return answer, at
