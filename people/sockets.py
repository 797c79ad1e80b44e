"""What every Socket.IO namespace of signed-in people has in common.

A connection belongs to one session: it is refused without one and closed when the session ends. A
browser may also name a *message* `connect` or `disconnect`; those are told from the library's own
by what only the library knows, and are answered like any unknown message.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar
from uuid import UUID

import socketio

from core import clock, db
from people import sessions
from people.actor import Actor
from people.residents.models import AccountStatus


class SignedIn(Protocol):
    """Anybody with a session: `Actor` and `Resident` fit."""

    @property
    def session_id(self) -> UUID: ...


Person = TypeVar("Person", bound=SignedIn)
Identify = Callable[[Mapping[str, Any]], Awaitable[Actor | None]]
Recognise = Callable[[Mapping[str, Any], Any], Awaitable[Person | None]]
CLOSE_EVERY_S: Final = 5.0
UNKNOWN: Final = {
    "ok": False,
    "problem": {"code": "unknown_message", "detail": "页面版本太旧,请刷新后再试。"},
}


class SignedInNamespace(socketio.AsyncNamespace, Generic[Person]):  # type: ignore[misc]
    """Knows who speaks on each connection. `MESSAGES` names what browsers may say: `on_<name>`.

    `recognise` gets the handshake and what the client sent along (`auth`, None from our pages).
    """

    MESSAGES: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, namespace: str, recognise: Recognise[Person]) -> None:
        super().__init__(namespace)
        self._recognise = recognise
        self.people: dict[str, Person] = {}

    async def trigger_event(self, event: Any, *args: Any) -> Any:
        """Every message of every browser passes here; `args[0]` is the connection."""
        sid = args[0]
        if not self.server.manager.is_connected(sid, self.namespace):
            if event == "connect" and sid not in self.people:
                return await self._connect(sid, args[1], args[2] if len(args) > 2 else None)
            if event == "disconnect":
                self._forget(sid)
            return None
        if not isinstance(event, str) or event not in self.MESSAGES or sid not in self.people:
            return UNKNOWN
        return await getattr(self, f"on_{event}")(*args)

    async def close_ended(self) -> int:
        """Close the connections of sessions that are over; return how many."""
        present: dict[UUID, list[str]] = {}
        for sid, person in self.people.items():
            present.setdefault(person.session_id, []).append(sid)
        if not present:
            return 0
        ended = set(present) - await self._alive(set(present))
        sids = [sid for session_id in ended for sid in present[session_id]]
        for sid in sids:
            await self.emit("signed_out", {}, to=sid)
            await self.disconnect(sid)
            self._forget(sid)
        return len(sids)

    async def _alive(self, session_ids: set[UUID]) -> set[UUID]:
        """Those of these sessions that still hold."""
        return await sessions.alive(session_ids)

    def _forget(self, sid: str) -> None:
        """This connection is over."""
        self.people.pop(sid, None)

    async def _connect(self, sid: str, environ: Mapping[str, Any], auth: Any) -> bool:
        """Refuse anybody without a session."""
        person = await self._recognise(environ, auth)
        if person is None:
            return False
        self.people[sid] = person
        return True


def by_cookie(identify: Identify) -> Recognise[Actor]:
    """Staff alone, by the session of their browser; what the client sends along counts nothing."""

    async def recognise(environ: Mapping[str, Any], _: Any) -> Actor | None:
        return await identify(environ)

    return recognise


OVER: Final = """
SELECT asked.id FROM {asked}
LEFT JOIN people_resident_session AS session ON session.id = asked.id
LEFT JOIN people_resident_account AS account ON account.id = session.account_id
WHERE session.id IS NULL OR session.ended_at IS NOT NULL OR session.expires_at <= $2
  OR account.status IS NULL OR account.status <> $3
"""
"""By hand: every few seconds for every open page, and nearly all of them still hold."""
AT_ONCE: Final = 1000


async def residents_alive(session_ids: set[UUID]) -> set[UUID]:
    """Those of these sessions of residents that still hold."""
    wanted, over = list(session_ids), set()
    query = OVER.format(asked=db.asked(id="uuid"))
    for start in range(0, len(wanted), AT_ONCE):
        some = db.listed([{"id": one} for one in wanted[start : start + AT_ONCE]])
        rows = await db.fetch(query, some, clock.now(), AccountStatus.ACTIVE.value)
        over |= {db.as_id(row["id"]) for row in rows}
    return session_ids - over
