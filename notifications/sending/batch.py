"""What a lane works on: the communications it took, and what a channel does with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from notifications.models import Attempt, Channel, RecipientKind
from notifications.service import Word, revive
from notifications.states import Stage
from notifications.topics import Topic

ONE_AT_A_TIME: Final = "one_at_a_time"
"""Not now: the channel could confuse it with one that goes before it."""


@dataclass(slots=True)
class Due:
    """A communication that is due, without what only the inbox needs.

    `topic` says how what it is about (`name`) is told.
    """

    id: UUID
    recipient_kind: RecipientKind
    recipient_id: UUID
    patient_id: UUID
    name: str
    topic: Topic
    subject: str
    title: str
    words: Mapping[str, Any]
    page: str
    tries: int
    next_at: datetime
    created_at: datetime
    expires_at: datetime | None

    def filled(self) -> dict[str, Word]:
        """What a template is filled with."""
        return {"title": self.title} | {name: revive(word) for name, word in self.words.items()}


def page_of(row: Due) -> str:
    """Where its message leads: the page, with the name by which opening it is told (`m`)."""
    return f"{row.page}{'&' if '?' in row.page else '?'}m={row.id}" if row.page else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message, ready to leave. `template_id`: which messages the channel could confuse."""

    template_id: str = ""
    to: str = ""
    content: Any = None
    page: str = ""


class Carrier(Protocol):
    """A channel. `taken` is the move of the communication when the channel took it.

    A channel that knows a message by a number of ours brings it once, so that one of unknown end
    is simply sent again, as long as the channel `remembers` the number.
    """

    channel: Channel
    taken: str
    remembers: timedelta

    async def prepare(self, rows: Sequence[Due]) -> Mapping[UUID, Parcel | str]:
        """For each what to send, or the code why this channel cannot. Called in a transaction."""

    async def send(self, parcel: Parcel) -> str:
        """Send it; the channel's own name for it. Raises Problem. Called with none open."""

    async def unsent(self, parcel: Parcel) -> None:
        """It was prepared, and certainly never sent."""

    async def never_sent(self, attempt: Attempt) -> None:
        """The same of one that a killed process began, once that is known."""


@dataclass(slots=True)
class Mark:
    """What becomes of one communication. None: as it was."""

    row: Due
    status: Stage
    channel: Channel | None
    next_at: datetime | None = None
    tries: int | None = None
