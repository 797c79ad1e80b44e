"""What happens in conversations."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationChanged(Event):
    """Something was said or recalled; `seq` is the message it concerns."""

    name: ClassVar[str] = "chat.conversation.changed"
    conversation_id: str
    seq: int
