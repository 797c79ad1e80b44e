"""The `/chat` namespace: hints that a conversation changed, and who is typing.

Messages themselves travel over HTTP, so there is one way in and one way out.
"""

from typing import Any, Final
from uuid import UUID

from chat import access
from core.errors import Problem
from people.sockets import Identify, SignedInNamespace

NAMESPACE: Final = "/chat"


def room_of(conversation_id: UUID | str) -> str:
    """The Socket.IO room of a conversation."""
    return f"conversation:{conversation_id}"


class ChatNamespace(SignedInNamespace):
    """One connection of one signed-in person; `identify` reads the session from the handshake."""

    MESSAGES = frozenset({"open", "typing"})

    def __init__(self, identify: Identify) -> None:
        super().__init__(NAMESPACE, identify)

    async def on_open(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Listen to a conversation one is a member of."""
        try:
            conversation_id = UUID(str(given.get("conversation")))
            seat = await access.open_conversation(self.people[sid], conversation_id)
        except (AttributeError, ValueError):
            return _refused("invalid_input", "没有这个聊天。")
        except Problem as problem:
            return _refused(problem.code, problem.detail)
        await self.enter_room(sid, room_of(conversation_id))
        return {"ok": True, "last_seq": seat.conversation.last_seq}

    async def on_typing(self, sid: str, given: Any = None, *_: Any) -> None:
        """Pass on that somebody is writing, to the conversations this socket has opened."""
        actor = self.people[sid]
        room = room_of(str(given.get("conversation"))) if isinstance(given, dict) else ""
        if room in self.rooms(sid):
            await self.emit("typing", {"name": actor.name}, room=room, skip_sid=sid)


def _refused(code: str, detail: str) -> dict[str, Any]:
    return {"ok": False, "problem": {"code": code, "detail": detail}}
