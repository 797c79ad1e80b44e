"""`python -m bench.chat.waiting PORT OFFER`: people whose pages are open, in one process.

Standard input: the conversations with the tokens of their members, then one order a line, each
answered with one line. `{"storm": seconds, "rate": n}`: everybody's line is cut at once, and
everybody comes back as Socket.IO's own client does, after one to five seconds and again until it
works, while the first of each conversation writes over HTTP. `{"count": true}`: what each has.
OFFER is `deflate` (what every browser offers) or `plain`. The bare server has no HTTP to ask.
"""

import asyncio
import json
import random
import sys
import time
from contextlib import suppress
from typing import Any, Final
from uuid import uuid4

import aiohttp
import uvloop

from bench.chat.wire import Wire

AT_ONCE: Final = 50
SOONEST_S, LATEST_S = 1.0, 5.0
PATIENCE_S: Final = 60
API: Final = "/api/mp/v1/conversations/"
WORDS: Final = "在吗?今天的血压是 142/88。"


class Person:
    """One page: takes a push that fits, asks `since` for what it missed."""

    def __init__(self, crowd: "Crowd", conversation: str, token: str) -> None:
        self._crowd, self.conversation, self.token = crowd, conversation, token
        self._asking = False
        self.change = 0
        self.has: set[int] = set()
        self.wire: Wire | None = None

    async def arrive(self) -> None:
        """Connect, open, and catch up. Raises what breaks on the way."""
        wire = Wire(self._crowd.session, self._crowd.port, self.token)
        wire.heard = self._hear
        async with asyncio.timeout(PATIENCE_S):
            await wire.connect(compress=15 if self._crowd.deflate else 0)
            self.wire = wire
            answer = await wire.call("open", {"conversation": self.conversation})
        if '"ok":true' not in answer:
            raise OSError(f"not opened: {answer}")
        known = json.loads("[" + answer)[0].get("change", 0)
        if known != self.change:
            await self.catch_up(known)

    async def cut(self) -> None:
        """The line is gone."""
        if self.wire is not None:
            await self.wire.cut()
            self.wire = None

    async def catch_up(self, upto: int) -> None:
        """Ask `since` until everything up to this count is here."""
        while self.change < upto:
            page = await self._crowd.get(self, f"messages?since={self.change}")
            for one in page["items"]:
                self._crowd.caught += one["seq"] not in self.has
                self.has.add(one["seq"])
            self.change = page["since"]

    def _hear(self, text: str) -> None:
        if not text.startswith(('42/chat,["message"', '42/chat,["changed"')):
            return
        name, given = json.loads(text[len("42/chat,") :])
        if name == "message" and given["change"] == self.change + 1:
            self.change = given["change"]
            self.has.add(given["seq"])
        elif given["change"] > self.change and not self._asking:
            self._crowd.spawn(self._ask(given["change"]))

    async def _ask(self, upto: int) -> None:
        self._asking = True
        try:
            await self.catch_up(upto)
        finally:
            self._asking = False


class Crowd:
    """All people of this process."""

    def __init__(self, session: aiohttp.ClientSession, port: int, *, deflate: bool) -> None:
        self.session, self.port, self.deflate = session, port, deflate
        self.people: list[Person] = []
        self.writers: list[Person] = []
        self.caught = self.tries = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        """Run it, and forget it when it is done."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def arrive(self, conversations: list[dict[str, Any]]) -> None:
        """Everybody connects, a few at a time."""
        for one in conversations:
            group = [Person(self, one["id"], token) for token in one["tokens"]]
            self.people += group
            self.writers.append(group[0])
        for n in range(0, len(self.people), AT_ONCE):
            await asyncio.gather(*(p.arrive() for p in self.people[n : n + AT_ONCE]))

    async def get(self, person: Person, path: str) -> Any:
        """A page of the API for this person, asked for until it comes."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._request("GET", person, path) as answer:
                    if answer.status == 200:
                        return await answer.json()
            await asyncio.sleep(random.uniform(0.2, 1))

    async def storm(self, seconds: float, rate: float) -> dict[str, Any]:
        """Cut everybody, and be back; meanwhile people write."""
        self.caught = self.tries = 0
        writing = asyncio.create_task(self._write(seconds, rate))
        await asyncio.gather(*(person.cut() for person in self.people))
        began = time.monotonic()
        took = await asyncio.gather(*(self._come_back(person, began) for person in self.people))
        back = time.monotonic() - began
        return {
            "back": back,
            "waited": sorted(took),
            "tries": self.tries,
            "caught": self.caught,
            "acknowledged": await writing,
        }

    async def _come_back(self, person: Person, began: float) -> float:
        while True:
            await asyncio.sleep(random.uniform(SOONEST_S, LATEST_S))
            self.tries += 1
            try:
                await person.arrive()
                return time.monotonic() - began
            except (OSError, TimeoutError, TypeError, aiohttp.ClientError):
                await person.cut()

    async def _write(self, seconds: float, rate: float) -> dict[str, int]:
        """Messages by conversation, each sent until it is acknowledged."""
        acknowledged: dict[str, int] = {}
        writing = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends and rate:
            writing.append(asyncio.create_task(self._say(random.choice(self.writers))))
            await asyncio.sleep(1 / rate)
        for conversation in await asyncio.gather(*writing):
            acknowledged[conversation] = acknowledged.get(conversation, 0) + 1
        return acknowledged

    async def _say(self, person: Person) -> str:
        said = {"client_id": uuid4().hex, "text": WORDS}
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with self._request("POST", person, "messages", json=said) as answer:
                    if answer.status == 201:
                        return person.conversation
            await asyncio.sleep(random.uniform(0.2, 1))

    def _request(self, method: str, person: Person, path: str, **options: Any) -> Any:
        return self.session.request(
            method,
            f"http://127.0.0.1:{self.port}{API}{person.conversation}/{path}",
            headers={"Authorization": f"Bearer {person.token}"},
            timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
            **options,
        )

    def count(self) -> dict[str, list[int]]:
        """For each conversation, how many messages from the first on each of its people has."""
        found: dict[str, list[int]] = {}
        for person in self.people:
            complete = 0
            while complete + 1 in person.has:
                complete += 1
            found.setdefault(person.conversation, []).append(complete)
        return found


async def main(port: int, *, deflate: bool) -> None:
    """Follow orders until standard input ends."""
    loop = asyncio.get_running_loop()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
    ) as session:
        crowd = Crowd(session, port, deflate=deflate)
        await crowd.arrive(json.loads(sys.stdin.readline()))
        print("arrived", flush=True)
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            answer = (
                await crowd.storm(order["storm"], order["rate"])
                if "storm" in order
                else crowd.count()
            )
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), deflate=sys.argv[2] == "deflate"))
