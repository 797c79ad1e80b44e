"""What is told of numbers, and what small groups do not tell; no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

SHARES: Final = (50, 90)


@dataclass(frozen=True, slots=True)
class Params:
    """`least`: a group of fewer is not shown to those who may not see the people in it; 0: all
    are."""

    least: int = 5


def percent(top: int, bottom: int) -> float | None:
    """One decimal, never rounded up to 100 nor down to 0; None where nobody is counted."""
    if not bottom:
        return None
    found = round(top * 100 / bottom, 1)
    if found == 100 and top < bottom:
        return 99.9
    return 0.1 if found == 0 and top else found


def wait_of(waits: Sequence[float], share: int) -> float | None:
    """The wait below or at which so many percent of them lie (nearest rank); None without any."""
    if not waits:
        return None
    place = -(-len(waits) * share // 100)
    return sorted(waits)[max(place, 1) - 1]


def is_small(group: int, least: int) -> bool:
    """Whether so few people could be recognised."""
    return 0 < group < least


def hidden(groups: Sequence[int], least: int) -> set[int]:
    """The places of a column that are not shown: the small ones, and where that is only one, the
    next smallest too, since the total beside it would tell the missing one."""
    small = {place for place, group in enumerate(groups) if is_small(group, least)}
    if len(small) != 1:
        return small
    others = [place for place, group in enumerate(groups) if group and place not in small]
    if others:
        small.add(min(others, key=lambda place: groups[place]))
    return small
