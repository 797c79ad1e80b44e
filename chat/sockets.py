"""The `/chat` namespace: hints that a conversation changed, and who is typing.

Messages themselves travel over HTTP, so there is one way in and one way out.
"""

from typing import Any, Final
from uuid import UUID

import socketio

from chat import access
from core.errors import Problem
from people.actor import Actor

NAMESPACE: Final = "/chat"


def room_of(conversation_id: UUID | str) -> str:
    """The Socket.IO room of a conversation."""
    return f"conversation:{conversation_id}"


class ChatNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """One connection of one signed-in person; `identify` reads the session from the handshake."""

    def __init__(self, identify: Any) -> None:
        super().__init__(NAMESPACE)
        self._identify = identify

    async def on_connect(self, sid: str, environ: dict[str, Any], auth: Any = None) -> bool:
        """Refuse anybody without a session."""
        actor = await self._identify(environ)
        if actor is None:
            return False
        await self.save_session(sid, {"actor": actor})
        return True

    async def on_open(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Listen to a conversation one is a member of."""
        try:
            conversation_id = UUID(str(given.get("conversation")))
            seat = await access.open_conversation(await self._actor(sid), conversation_id)
        except (AttributeError, ValueError):
            return _refused("invalid_input", "没有这个聊天。")
        except Problem as problem:
            return _refused(problem.code, problem.detail)
        await self.enter_room(sid, room_of(conversation_id))
        return {"ok": True, "last_seq": seat.conversation.last_seq}

    async def on_typing(self, sid: str, given: Any = None, *_: Any) -> None:
        """Pass on that somebody is writing, to the conversations this socket has opened."""
        actor = await self._actor(sid)
        room = room_of(str(given.get("conversation"))) if isinstance(given, dict) else ""
        if room in self.rooms(sid):
            await self.emit("typing", {"name": actor.name}, room=room, skip_sid=sid)

    async def _actor(self, sid: str) -> Actor:
        session = await self.get_session(sid)
        actor: Actor = session["actor"]
        return actor


def _refused(code: str, detail: str) -> dict[str, Any]:
    return {"ok": False, "problem": {"code": code, "detail": detail}}
