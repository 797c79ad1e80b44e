"""`python -m bench.chat.people PORT`: people who talk, in a process of their own.

Standard input: the conversations, each with the tokens of its members. Then one order a line:
`{"seconds", "rate"}`; without a rate one member of each conversation sends as fast as it is
answered, with one the conversations share it. Each order is answered with one line of figures.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
import uvloop

from bench.chat.wire import Wire

WORDS = "今天早上量的血压 142/88,药按时吃了,夜里还有点咳嗽。"
AT_ONCE = 50
EACH = 3
LOOK_S = 0.05
LATEST_S = 10
"""After the last acknowledgement; what has not been delivered then counts as lost."""


@dataclass
class Heard:
    """What came in while it counted."""

    acknowledged: int = 0
    refused: int = 0
    delivered: int = 0
    delays_ms: list[float] = field(default_factory=list)


class Crowd:
    """All people of this process."""

    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self._session, self._port = session, port
        self._senders: list[tuple[Wire, str]] = []
        self.heard = Heard()

    async def arrive(self, conversations: list[dict[str, Any]]) -> None:
        """Everybody connects and opens their conversation."""
        everybody = [
            (token, one["id"], n == 0)
            for one in conversations
            for n, token in enumerate(one["tokens"])
        ]
        for n in range(0, len(everybody), AT_ONCE):
            some = everybody[n : n + AT_ONCE]
            await asyncio.gather(*(self._arrive(*one) for one in some))

    async def _arrive(self, token: str, conversation: str, sends: bool) -> None:
        wire = Wire(self._session, self._port, token)
        wire.heard = self._note
        await wire.connect()
        answer = await wire.call("open", {"conversation": conversation})
        if '"ok":true' not in answer:
            raise OSError(f"not opened: {answer}")
        if sends:
            self._senders.append((wire, conversation))

    def _note(self, text: str) -> None:
        if not text.startswith('42/chat,["message"'):
            return
        self.heard.delivered += 1
        at = text.index("@") + 1
        sent = int(text[at : text.index("@", at)])
        self.heard.delays_ms.append((time.perf_counter_ns() - sent) / 1e6)

    async def talk(self, seconds: float, rate: float | None) -> dict[str, Any]:
        """Talk for so long; what was sent in that time is waited for."""
        self.heard = Heard()
        began = time.monotonic()
        ends = began + seconds
        pause = len(self._senders) / rate if rate else 0.0
        count = len(self._senders)
        await asyncio.gather(
            *(
                self._send(wire, conversation, ends, pause, n / count)
                for n, (wire, conversation) in enumerate(self._senders)
            )
        )
        took = time.monotonic() - began
        found = self.heard
        for _ in range(round(LATEST_S / LOOK_S)):
            if found.delivered >= found.acknowledged * EACH:
                break
            await asyncio.sleep(LOOK_S)
        return {
            "seconds": took,
            "acknowledged": found.acknowledged,
            "refused": found.refused,
            "delivered": found.delivered,
            "delays_ms": found.delays_ms,
        }

    async def _send(
        self, wire: Wire, conversation: str, ends: float, pause: float, phase: float
    ) -> None:
        due = time.monotonic() + pause * phase
        while True:
            if pause:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                due += pause
            if time.monotonic() >= ends:
                return
            text = f"@{time.perf_counter_ns()}@{WORDS}"
            given = {"conversation": conversation, "client_id": uuid4().hex, "text": text}
            answer = await wire.call("post", given)
            if answer.startswith('{"ok":true'):
                self.heard.acknowledged += 1
            else:
                self.heard.refused += 1


async def main(port: int) -> None:
    """Follow orders until standard input ends."""
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        crowd = Crowd(session, port)
        await crowd.arrive(json.loads(sys.stdin.readline()))
        print("arrived", flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            print(json.dumps(await crowd.talk(order["seconds"], order["rate"])), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
