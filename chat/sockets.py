"""The `/chat` namespace: conversations over Socket.IO, for staff by cookie, residents by token.

A browser opens a conversation, passing the door, and then hears it and may post into it. What it
posts goes through the same verb as over HTTP and is acknowledged when it is kept. Who has lost
their place is put out of the room (`live.knock`); whatever they still post, the rows refuse.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from chat import access, live, queries, service
from chat.live import NAMESPACE, room_of
from chat.schemas import OpenIn, PostIn, ReadAtIn
from chat.speakers import Speaker
from core.errors import Problem
from core.http import invalid, refuse_unstorable
from people import sessions
from people.actor import Actor
from people.residents import sessions as resident_sessions
from people.residents.actor import Resident
from people.sockets import Identify, SignedInNamespace, residents_alive

NOT_OPEN: Final = ("not_open", "连接刚恢复,正在重新打开聊天,请再发一次。")

Person = Actor | Resident


class ChatNamespace(SignedInNamespace[Person]):
    """One connection of one signed-in person; `identify` reads a member of staff's session."""

    MESSAGES = frozenset({"open", "post", "read", "typing"})

    def __init__(self, identify: Identify) -> None:
        async def recognise(environ: Mapping[str, Any], auth: Any) -> Person | None:
            token = auth.get("token") if isinstance(auth, dict) else None
            if isinstance(token, str):
                return await resident_sessions.resident_by(token)
            return await identify(environ)

        super().__init__(NAMESPACE, recognise)
        self._opened: dict[str, dict[UUID, Speaker]] = {}
        self._counts: dict[UUID, int] = {}

    async def on_open(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Listen to a conversation one is a member of; answers with its counts."""
        try:
            conversation_id = OpenIn.model_validate(given).conversation
            speaker, seat = await access.seat_for(self.people[sid], conversation_id)
        except ValidationError:
            return _refused(Problem("invalid_input", "没有这个聊天。"))
        except Problem as problem:
            return _refused(problem)
        if seat.member.left_at is None:
            await self.enter_room(sid, room_of(conversation_id))
            named = replace(speaker, name=seat.member.name)
            self._opened.setdefault(sid, {})[conversation_id] = named
        conversation = seat.conversation
        self._counts.setdefault(conversation_id, conversation.last_change)
        return {"ok": True, "last_seq": conversation.last_seq, "change": conversation.last_change}

    async def on_post(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Say something in an opened conversation; answered when it is kept.

        Nothing is awaited before the message is handed in, so one connection's messages keep
        their order.
        """
        try:
            posted = PostIn.model_validate(given)
            if "\0" in posted.text:  # a lone surrogate is no text for pydantic either
                refuse_unstorable(given)
            said = await service.post_text(
                self._speaker(sid, posted.conversation),
                posted.conversation,
                client_id=posted.client_id,
                text=posted.text,
                quote_seq=posted.quote_seq,
            )
        except ValidationError as problem:
            return _refused(invalid(problem))
        except Problem as problem:
            return _refused(problem)
        return {"ok": True, "message": live.receipt(said)}

    async def on_read(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Remember how far this person has read, and tell the others."""
        try:
            read = ReadAtIn.model_validate(given)
            speaker = self._speaker(sid, read.conversation)
            if await service.mark_read(speaker, read.conversation, read.seq):
                await live.tell_read(self.server, read.conversation, speaker.person_id, read.seq)
        except ValidationError as problem:
            return _refused(invalid(problem))
        except Problem as problem:
            return _refused(problem)
        return {"ok": True}

    async def on_typing(self, sid: str, given: Any = None, *_: Any) -> None:
        """Pass on that somebody is writing, to the conversations this socket has opened."""
        try:
            conversation_id = OpenIn.model_validate(given).conversation
            speaker = self._speaker(sid, conversation_id)
        except (ValidationError, Problem):
            return
        await self.emit(
            "typing",
            {
                "conversation": str(conversation_id),
                "person_id": str(speaker.person_id),
                "name": speaker.name,
            },
            room=room_of(conversation_id),
            skip_sid=sid,
        )

    async def catch_up(self) -> int:
        """Tell the pages of this process which conversations have moved on; return how many.

        A push gets lost when the process that kept the message dies before it has told, or Redis
        drops it. Pages that have heard already do nothing.
        """
        opened = {one for conversations in self._opened.values() for one in conversations}
        counts = await queries.changes(opened)
        moved = [one for one, count in counts.items() if self._counts.get(one, count) != count]
        self._counts = counts
        for one in moved:
            await self.server.emit(
                "changed",
                {"conversation": str(one), "change": counts[one]},
                room=room_of(one),
                namespace=NAMESPACE,
                ignore_queue=True,
            )
        return len(moved)

    def _speaker(self, sid: str, conversation_id: UUID) -> Speaker:
        """As whom this connection has opened the conversation. Raises Problem `not_open`."""
        speaker = self._opened.get(sid, {}).get(conversation_id)
        rooms = self.server.manager.rooms.get(NAMESPACE, {})
        if speaker is None or sid not in rooms.get(room_of(conversation_id), ()):
            raise Problem(*NOT_OPEN)
        return speaker

    async def _alive(self, session_ids: set[UUID]) -> set[UUID]:
        staff = {p.session_id for p in self.people.values() if isinstance(p, Actor)} & session_ids
        found = await sessions.alive(staff) if staff else set()
        return found | await residents_alive(session_ids - staff)

    def _forget(self, sid: str) -> None:
        super()._forget(sid)
        self._opened.pop(sid, None)


def _refused(problem: Problem) -> dict[str, Any]:
    fields = [{"field": e.field, "message": e.message} for e in problem.errors]
    detail = problem.errors[0].message if problem.errors else problem.detail
    return {
        "ok": False,
        "problem": {"code": problem.code, "detail": detail, "errors": fields},
    }
