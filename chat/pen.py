"""What is said at the same moment is written together.

A busy process makes few transactions of many messages (`core.gathering`), and a quiet one writes
each at once. Nobody is answered before the commit. Those who listen in this process (open sockets)
are told afterwards, in the order in which messages were numbered.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from tortoise.exceptions import IntegrityError

from chat import store
from chat.draft import Draft, Outcome, Said
from core import db
from core.errors import Problem, Unavailable
from core.gathering import Gathered

log = structlog.get_logger(__name__)

MOST_AT_ONCE: Final = 256
NOT_KEPT: Final = "消息还没有存上,请稍等一下再发。"

Listener = Callable[[Sequence[Said]], Awaitable[None]]


class Pen:
    """One per process."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._drafts = Gathered(_kept, most=MOST_AT_ONCE, then=self._tell)

    async def write(self, draft: Draft) -> Said:
        """Keep it and return what is kept. Raises what `store.keep` finds, or Unavailable."""
        outcome = await self._drafts.ask(draft)
        if isinstance(outcome, Problem):
            raise outcome
        return outcome

    async def _tell(self, outcomes: Sequence[Outcome]) -> None:
        kept = [said for said in outcomes if not isinstance(said, Problem)]
        for listener in tuple(self.listeners) if kept else ():
            try:
                await listener(kept)
            except Exception as problem:  # kept all the same; pages ask for what they missed
                log.error("messages_not_pushed", error=type(problem).__name__)


async def _kept(drafts: Sequence[Draft]) -> list[Outcome]:
    """All of them, or each alone when one of them breaks the statement."""
    try:
        return await _twice(drafts)
    except Exception as problem:  # its traceback would show what people wrote
        log.error("messages_not_kept", count=len(drafts), error=type(problem).__name__)
    if len(drafts) == 1 or not await _database_answers():
        return [Unavailable("not_kept", NOT_KEPT) for _ in drafts]
    return [outcome for draft in drafts for outcome in await _kept([draft])]


async def _twice(drafts: Sequence[Draft]) -> list[Outcome]:
    try:
        return await store.commit(drafts)
    except IntegrityError:  # another process kept one of them at this very moment
        return await store.commit(drafts)


async def _database_answers() -> bool:
    try:
        await db.ping()
    except Exception:
        return False
    return True


PEN: Final = Pen()
