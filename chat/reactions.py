"""What conversations do because something happened."""

from collections.abc import Awaitable, Callable
from typing import Any

from chat.events import ConversationChanged
from chat.sockets import NAMESPACE, room_of

Emit = Callable[..., Awaitable[Any]]


async def tell_members(event: ConversationChanged, *, emit: Emit) -> None:
    """Tell every open page that there is something to fetch."""
    await emit(
        "changed",
        {"conversation": event.conversation_id, "seq": event.seq},
        room=room_of(event.conversation_id),
        namespace=NAMESPACE,
    )
