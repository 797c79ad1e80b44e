"""What conversations do because something happened."""

import socketio

from chat import live
from chat.events import ConversationChanged, MembershipChanged
from core.outbox import outside


@outside
async def tell_members(event: ConversationChanged, *, sockets: socketio.AsyncServer) -> None:
    """Tell every open page that there is something to fetch."""
    await live.hint(sockets, event.conversation_id, event.change)


@outside
async def check_again(event: MembershipChanged, *, sockets: socketio.AsyncServer) -> None:
    """Every open page passes the door again."""
    await live.knock(sockets, event.conversation_id)
