"""One question to the database for all who ask it at the same moment (docs/adr/0029).

A round trip costs a process more than the row it brings. While one question is under way, those
who ask the same kind are gathered, and the next one asks for all of them. Somebody who is alone
waits for nobody.
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar

from core import db

K = TypeVar("K")
V = TypeVar("V")

MOST: Final = 64
"""So many at once: enough to make the round trip cheap, few enough to be answered soon."""


class Gathered(Generic[K, V]):
    """Wraps `answer(keys) -> values`, which answers in the order it was asked.

    `then` is told the values of each round after they were handed out, and before the next one.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[K]], Awaitable[Sequence[V]]],
        *,
        most: int = MOST,
        then: Callable[[Sequence[V]], Awaitable[None]] | None = None,
    ) -> None:
        self._answer = answer
        self._most = most
        self._then = then
        self._waiting: list[tuple[K, asyncio.Future[V]]] = []
        self._rounds: asyncio.Task[None] | None = None

    async def ask(self, key: K) -> V:
        """The answer to one key. Inside a transaction it is asked there, alone."""
        if db.in_transaction_now():
            return (await self._answer([key]))[0]
        loop = asyncio.get_running_loop()
        future: asyncio.Future[V] = loop.create_future()
        self._waiting.append((key, future))
        if self._rounds is None or self._rounds.done() or self._rounds.get_loop() is not loop:
            # In a context of its own: who asked first lends it neither origin nor connection.
            self._rounds = loop.create_task(self._run(), context=contextvars.Context())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            async with db.one_connection():
                await self._rounds_in_a_row()

    async def _rounds_in_a_row(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            try:
                await self._round(asked)
            except BaseException:
                for _, future in asked:
                    future.cancel()
                raise

    async def _round(self, asked: list[tuple[K, asyncio.Future[V]]]) -> None:
        """Answer all together; if that fails, each alone, so that nobody pays for another."""
        try:
            answers = await self._answer([key for key, _ in asked])
        except Exception as problem:
            if len(asked) > 1:
                for one in asked:
                    await self._round([one])
            else:
                _settle(asked[0][1], problem)
            return
        for (_, future), answer in zip(asked, answers, strict=True):
            if not future.done():
                future.set_result(answer)
        if self._then is not None:
            await self._then(answers)


def _settle(future: asyncio.Future[V], problem: Exception) -> None:
    if not future.done():
        future.set_exception(problem)
