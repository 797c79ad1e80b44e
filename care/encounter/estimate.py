"""How long the wait may be, honestly: a range from this doctor's own last visits, or no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, floor
from typing import Final

FEWEST: Final = 3
"""With fewer visits behind it a number would be a guess."""
STEP: Final = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """Minutes from and to."""

    shortest: int
    longest: int


def estimate(ahead: int, lately: Sequence[timedelta]) -> Estimate | None:
    """The wait with `ahead` people first, from lengths of this doctor's latest visits.

    Between the quick quarter and the slow quarter of them, in steps of five minutes, rounded away
    from each other: the promise is kept more often than not. None when too little is known.
    """
    if len(lately) < FEWEST:
        return None
    minutes = sorted(one.total_seconds() / 60 for one in lately)
    quick = minutes[(len(minutes) - 1) // 4]
    slow = minutes[-1 - (len(minutes) - 1) // 4]
    shortest = floor(ahead * quick / STEP) * STEP
    longest = ceil((ahead + 1) * slow / STEP) * STEP
    return Estimate(shortest, max(longest, STEP))


def in_words(ahead: int, found: Estimate | None) -> str:
    """A sentence for the waiting room."""
    if not ahead:
        return "下一个就是您,请不要离开。"
    if found is None:
        return f"前面还有 {ahead} 人。医生今天刚开始,还说不准要等多久。"
    if found.shortest == 0:
        return f"前面还有 {ahead} 人,大约 {found.longest} 分钟以内轮到您。"
    return f"前面还有 {ahead} 人,大约要等 {found.shortest} 到 {found.longest} 分钟。"
