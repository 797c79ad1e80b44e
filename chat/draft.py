"""A message on its way, and one that is kept."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chat.models import MessageKind
from core.errors import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something somebody wants to say. `name` is theirs; empty: as the members' list has it."""

    conversation_id: UUID
    author_id: UUID
    client_id: str
    kind: MessageKind
    text: str
    name: str = ""
    account_id: UUID | None = None
    quote_seq: int | None = None
    blob_id: UUID | None = None
    duration_ms: int | None = None

    @property
    def key(self) -> tuple[UUID, UUID, str]:
        """What makes a repeat a repeat."""
        return self.conversation_id, self.author_id, self.client_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that is kept; `again` when it had been before. Fits `models.Message`."""

    id: UUID
    conversation_id: UUID
    seq: int
    change: int
    author_id: UUID | None
    account_id: UUID | None
    author_name: str
    client_id: str
    kind: MessageKind
    text: str
    quote_seq: int | None
    blob_id: UUID | None
    duration_ms: int | None
    at: datetime
    recalled_at: datetime | None = None
    again: bool = False


Outcome = Said | Problem
