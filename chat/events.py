"""What happens in conversations.

A message that a person says is no event: it is pushed right after its commit, and whoever was not
there asks for what it missed. Events are for what happens inside other people's transactions.
"""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(Event):
    """A line was added inside another transaction; `change` is the conversation's count."""

    name: ClassVar[str] = "chat.conversation.changed"
    conversation_id: str
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipChanged(Event):
    """Who may read or write is not what it was: somebody left, or it was closed."""

    name: ClassVar[str] = "chat.membership.changed"
    conversation_id: str
