"""The seam through which rooms above say what a consent is for and what it costs.

The consent page never believes the browser about patient or fee: it asks the room that owns the
subject.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core.errors import NotFound
from people.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentSubject:
    """What is agreed to. `subject` is `Kind/id`; `back` is where the page leads afterwards."""

    subject: str
    patient_id: UUID
    fee_fen: int
    what: str
    back: str


Reader = Callable[[Actor, UUID], Awaitable[ConsentSubject]]

_readers: Final[dict[str, Reader]] = {}


def subject_of(kind: str) -> Callable[[Reader], Reader]:
    """Register who answers for consents of `kind`; the reader checks its own door."""

    def register(found: Reader) -> Reader:
        _readers[kind] = found
        return found

    return register


async def find(actor: Actor, kind: str, subject_id: UUID) -> ConsentSubject:
    """The subject of a consent. Raises NotFound, or what the reader's door raises."""
    if kind not in _readers:
        raise NotFound("not_found", "没有这种同意书。")
    return await _readers[kind](actor, subject_id)
