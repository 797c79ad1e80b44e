"""A browser tab's signalling without the browser: a Socket.IO client on `/rtc`."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import socketio

from core import tickets
from core.tickets import Right

ALL: Final = frozenset({Right.PUBLISH, Right.SUBSCRIBE, Right.RECORD})
WATCH: Final = frozenset({Right.SUBSCRIBE})


def ticket(room: UUID, seat: int = 1, **fields: Any) -> str:
    """A ticket for a seat; `part`, `rights`, `lifetime` and `name` may differ."""
    said: dict[str, Any] = {
        "name": f"医生{seat}",
        "organization": "石门村卫生室",
        "tier": "village",
        "part": "doctor",
        "rights": ALL,
        **fields,
    }
    return tickets.issue(room=room, seat=UUID(int=seat), **said)


class Tab:
    """One page load of one person."""

    def __init__(self, session: str = "") -> None:
        self.session = session or secrets.token_hex(16)
        self.socket = socketio.AsyncClient(reconnection=False)
        self.heard: list[tuple[str, Any]] = []
        self.room: dict[str, Any] = {}
        self.socket.on("*", self._hear, namespace="/rtc")

    async def _hear(self, event: str, said: Any = None) -> None:
        self.heard.append((event, said))
        if event == "room":
            self._take(said)

    def _take(self, room: dict[str, Any]) -> None:
        if room["seq"] >= self.room.get("seq", -1):
            self.room = room

    async def connect(self, address: str, ticket_text: str) -> "Tab":
        """Raises socketio's ConnectionError with the server's words."""
        await self.socket.connect(
            address,
            transports=["websocket"],
            namespaces=["/rtc"],
            auth={"ticket": ticket_text, "session": self.session},
        )
        return self

    async def call(self, name: str, body: Any = None) -> dict[str, Any]:
        """Ask; the answer as it came."""
        answer = await self.socket.call(
            name, {} if body is None else body, namespace="/rtc", timeout=15
        )
        assert isinstance(answer, dict)
        return answer

    async def ask(self, name: str, body: Any = None) -> dict[str, Any]:
        """Ask what must succeed."""
        answer = await self.call(name, body)
        assert answer["ok"], answer
        if "participants" in answer:
            self._take(answer)
        return answer

    async def refused(self, name: str, body: Any = None) -> str:
        """Ask what must be refused; the code."""
        answer = await self.call(name, body)
        assert not answer["ok"], answer
        assert answer["problem"]["detail"]
        code = answer["problem"]["code"]
        assert isinstance(code, str)
        return code

    async def until(self, true: Callable[["Tab"], Any], within_s: float = 5.0) -> None:
        """Wait until something is true of this tab."""
        end = time.monotonic() + within_s
        while not true(self):
            if time.monotonic() > end:
                raise AssertionError(f"not within {within_s} s: {self.room}")
            await asyncio.sleep(0.02)

    def states(self) -> dict[str, str]:
        """Seat (its last digit) → here, reconnecting or left."""
        return {p["seat"][-1]: p["state"] for p in self.room["participants"]}

    def told(self, event: str) -> bool:
        """Whether the server said this by itself."""
        return any(name == event for name, _ in self.heard)

    async def vanish(self) -> None:
        """Cut the line without a word."""
        await self.socket.disconnect()
