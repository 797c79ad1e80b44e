"""What is told of numbers, and what small groups do not tell; no I/O."""

from collections.abc import Hashable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Group:
    """People who are counted together, in `inside` once more by parts that add up to `size`.
    `opens`: who looks may see them; whoever may see a whole may see its parts."""

    key: Hashable
    size: int
    opens: bool = False
    inside: tuple["Group", ...] = ()


def untold(whole: Group, least: int) -> set[Hashable]:
    """The keys of the groups that are not told to somebody who reads all of this tree.

    The small ones; what is inside a group that is not told, because it would add up to it; and as
    many more that no sum has one unknown alone, because the rest would tell it. So nothing that is
    hidden follows from what is shown, by whichever boards and their totals one adds and subtracts.
    """
    gone = {one.key for one in _all(whole) if not one.opens and is_small(one.size, least)}
    while more := {key for one in _all(whole) for key in _given_away(one, gone)} - gone:
        gone |= more
    return gone


def _all(whole: Group) -> Iterator[Group]:
    yield whole
    for one in whole.inside:
        yield from _all(one)


def _given_away(group: Group, gone: set[Hashable]) -> set[Hashable]:
    """What has to go with what is gone already, in the sum of this one group."""
    closed = [one for one in group.inside if not one.opens]
    if group.key in gone:
        return {one.key for one in closed}
    if sum(one.key in gone for one in closed) != 1:
        return set()
    others = [one for one in closed if one.size and one.key not in gone]
    return {min(others, key=lambda one: one.size).key if others else group.key}
