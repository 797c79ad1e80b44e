"""What every Socket.IO namespace of signed-in people has in common.

A connection belongs to one session: it is refused without one and closed when the session ends. A
browser may also name a *message* `connect` or `disconnect`; those are told from the library's own
by what only the library knows, and are answered like any unknown message.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

import socketio

from people import sessions
from people.actor import Actor

Identify = Callable[[Mapping[str, Any]], Awaitable[Actor | None]]
CLOSE_EVERY_S: Final = 5.0
UNKNOWN: Final = {
    "ok": False,
    "problem": {"code": "unknown_message", "detail": "页面版本太旧,请刷新后再试。"},
}


class SignedInNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """Knows who speaks on each connection. `MESSAGES` names what browsers may say: `on_<name>`."""

    MESSAGES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, namespace: str, identify: Identify) -> None:
        super().__init__(namespace)
        self._identify = identify
        self.people: dict[str, Actor] = {}

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """Every message of every browser passes here; `args[0]` is the connection."""
        sid = args[0]
        if not self.server.manager.is_connected(sid, self.namespace):
            if event == "connect" and sid not in self.people:
                return await self._connect(sid, args[1])
            if event == "disconnect":
                self.people.pop(sid, None)
            return None
        if not isinstance(event, str) or event not in self.MESSAGES or sid not in self.people:
            return UNKNOWN
        return await getattr(self, f"on_{event}")(*args)

    async def close_ended(self) -> int:
        """Close the connections of sessions that are over; return how many."""
        present: dict[UUID, list[str]] = {}
        for sid, actor in self.people.items():
            present.setdefault(actor.session_id, []).append(sid)
        if not present:
            return 0
        ended = set(present) - await sessions.alive(set(present))
        sids = [sid for session_id in ended for sid in present[session_id]]
        for sid in sids:
            await self.emit("signed_out", {}, to=sid)
            await self.disconnect(sid)
            self.people.pop(sid, None)
        return len(sids)

    async def _connect(self, sid: str, environ: Mapping[str, Any]) -> bool:
        """Refuse anybody without a session."""
        actor = await self._identify(environ)
        if actor is None:
            return False
        self.people[sid] = actor
        return True
