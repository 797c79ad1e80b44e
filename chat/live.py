"""What open pages hear: the message itself where it is text, else that there is something new.

A push carries the conversation's count (`change`). A page whose own count is one less takes it,
any other asks `since`. So a push may get lost, come twice or come late, and nothing is missed.
"""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

import socketio
from aiohttp import web

from chat.draft import Said
from chat.models import MessageKind
from chat.pen import PEN
from core.live import SOCKETS

NAMESPACE: Final = "/chat"


def room_of(conversation_id: UUID | str) -> str:
    """The Socket.IO room of a conversation."""
    return f"conversation:{conversation_id}"


async def running(app: web.Application) -> AsyncIterator[None]:
    """Push what this process keeps, while the application runs."""
    listener = partial(push_all, app[SOCKETS])
    PEN.listeners.add(listener)
    yield
    PEN.listeners.discard(listener)


async def push_all(sockets: socketio.AsyncServer, kept: Sequence[Said]) -> None:
    """Tell of these in their order; `core.live_rooms` makes nobody wait."""
    for said in kept:
        await push(sockets, said)


async def push(sockets: socketio.AsyncServer, said: Said) -> None:
    """Tell everybody who has the conversation open, in every process."""
    if said.again or said.kind is not MessageKind.TEXT:
        await hint(sockets, said.conversation_id, said.change)
        return
    await sockets.emit(
        "message",
        {"conversation": str(said.conversation_id), **packet(said)},
        room=room_of(said.conversation_id),
        namespace=NAMESPACE,
    )


def packet(said: Said) -> dict[str, Any]:
    """A text as it travels: the fields of `MessageOut` that are the same for everybody."""
    return {
        "seq": said.seq,
        "change": said.change,
        "kind": said.kind.value,
        "author_id": str(said.author_id),
        "author_name": said.author_name,
        "client_id": said.client_id,
        "text": "" if said.recalled_at else said.text,
        "quote_seq": said.quote_seq,
        "at": said.at.isoformat(),
        "recalled": said.recalled_at is not None,
        "file": None,
    }


def receipt(said: Said) -> dict[str, Any]:
    """What its author has not known of it: they have the text themselves."""
    return {
        "seq": said.seq,
        "change": said.change,
        "author_id": str(said.author_id),
        "author_name": said.author_name,
        "at": said.at.isoformat(),
        "recalled": said.recalled_at is not None,
    }


async def hint(sockets: socketio.AsyncServer, conversation_id: UUID | str, change: int) -> None:
    """There is something up to `change`; ask `since`."""
    await sockets.emit(
        "changed",
        {"conversation": str(conversation_id), "change": change},
        room=room_of(conversation_id),
        namespace=NAMESPACE,
    )


async def knock(sockets: socketio.AsyncServer, conversation_id: UUID | str) -> None:
    """Everybody passes the door again: the room is emptied, in every process."""
    room = room_of(conversation_id)
    await sockets.emit(
        "reopen", {"conversation": str(conversation_id)}, room=room, namespace=NAMESPACE
    )
    await sockets.close_room(room, namespace=NAMESPACE)


async def tell_read(
    sockets: socketio.AsyncServer, conversation_id: UUID, person_id: UUID, seq: int
) -> None:
    """Somebody has read up to here. Only a nicety: pages learn it with the next page too."""
    await sockets.emit(
        "read",
        {"conversation": str(conversation_id), "person_id": str(person_id), "seq": seq},
        room=room_of(conversation_id),
        namespace=NAMESPACE,
    )
