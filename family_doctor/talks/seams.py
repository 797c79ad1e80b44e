"""What this room asks of conversations, which it does not know: bound by the composition root."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from aiohttp import web

from people.actor import Actor


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said last in one talk. `waits_since`: the resident's first word after the team's
    last one, None when an answer stands; `waits_seq` is their last word. `unread`: for the one who
    looks."""

    talk_id: UUID
    last_at: datetime | None
    last_by: str
    last_words: str
    unread: int
    waits_since: datetime | None
    waits_seq: int


Inbox = Callable[[Actor], Awaitable[list[Heard]]]
INBOX: Final[web.AppKey[Inbox]] = web.AppKey("family_talks")
