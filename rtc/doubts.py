"""Doubts about a browser whose media stopped: a cut line is silent long before its connection ends.

The node says within seconds that nothing comes any more. Then the browser is asked whether it is
there; without an answer the others see it as reconnecting, and as present when it speaks again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, Protocol
from uuid import UUID

import socketio
from socketio.exceptions import TimeoutError as SocketTimeout

from rtc import presence, signals

ANSWER_S: Final = 2.5


class Doubtful(Protocol):
    """What is known of a tab: `media` by side as the node sees it, and whether it is in doubt."""

    sid: str
    media: dict[str, str]
    doubted: bool


class Doubts:
    """Of one app process. `tell` shows a room anew to everybody in it."""

    def __init__(
        self,
        sockets: socketio.AsyncServer,
        seated: Mapping[str, Doubtful],
        tell: Callable[[UUID], Awaitable[None]],
    ) -> None:
        self._sockets, self._seated, self._tell = sockets, seated, tell
        self._tasks: set[asyncio.Task[None]] = set()

    def weigh(self, tab: Doubtful, media: signals.Media) -> None:
        """The node says how one side of the tab's media is."""
        tab.media[media.side] = media.state
        if _flows(tab):
            if tab.doubted:
                self._later(self.trust(tab))
        elif not tab.doubted:
            self._later(self._ask(tab))

    async def trust(self, tab: Doubtful) -> None:
        """It speaks, or its media flow."""
        tab.doubted = False
        room_id = await presence.regain(tab.sid)
        if room_id is not None:
            await self._tell(room_id)

    async def close(self) -> None:
        """Stop asking."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _ask(self, tab: Doubtful) -> None:
        try:
            await self._sockets.call("there", {}, to=tab.sid, namespace="/rtc", timeout=ANSWER_S)
        except SocketTimeout:
            if tab.sid in self._seated and not _flows(tab):
                tab.doubted = True
                room_id = await presence.lose(tab.sid)
                if room_id is not None:
                    await self._tell(room_id)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _flows(tab: Doubtful) -> bool:
    return "connected" in tab.media.values()
