"""What has become of a paper that is still genuine: used up, taken back, run out.

A room above registers how it tells, so that the public page knows the truth of today and this
package knows no medicine. Nothing personal may be in the words: everybody with the code reads them.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Fate:
    """`usable`: it may still be used for what it is for. `words` are one sentence for anybody."""

    usable: bool
    words: str


Teller = Callable[[UUID], Awaitable[Fate | None]]
_tellers: dict[str, Teller] = {}


def of_kind(kind: str) -> Callable[[Teller], Teller]:
    """Register who tells the fate of papers of one kind, by their subject (a decorator)."""

    def register(teller: Teller) -> Teller:
        _tellers[kind] = teller
        return teller

    return register


async def fate_of(kind: str, subject_id: UUID) -> Fate | None:
    """What has become of it; None for papers that only say what was."""
    teller = _tellers.get(kind)
    return await teller(subject_id) if teller else None
