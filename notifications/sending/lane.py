"""One channel of a sender: batches are begun ahead, and so many hands send from one queue.

Without the queue the hands of a batch wait for its slowest message, and for the next batch to be
written down; a sixth of a busy sender's time went by with nothing on its way.
"""

import asyncio
import contextlib
import random
import time
from dataclasses import dataclass, field
from typing import Final

import structlog

from core import clock
from core.errors import Unavailable
from notifications.models import Channel
from notifications.policy import params
from notifications.sending import beginning, buckets, marking, rows, waking
from notifications.sending.batch import Carrier
from notifications.sending.beginning import Batch, Ready
from notifications.sending.marking import NOT_BEGUN, Result

log = structlog.get_logger(__name__)

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
GROUP: Final = 100
"""So many ends are written down together; a killed process leaves at most these unwritten."""


@dataclass(slots=True)
class InHand:
    """A batch on its way: how many have not ended, and ends that are not written down yet."""

    batch: Batch
    until: float
    open: int
    ended: list[Result] = field(default_factory=list)


class Lane:
    """Brings what is due on one channel."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._queue: asyncio.Queue[tuple[InHand, Ready]] = asyncio.Queue()
        self._ahead = params().ahead if carrier.channel is Channel.WECHAT else 1
        self._held = 0  # messages that wait for a hand, or may come of a batch being begun
        self._room = asyncio.Event()
        self._stopping = False

    async def run(self, poll_s: float) -> None:
        """Until cancelled; then what is on its way comes to its end, and the rest is put back."""
        fetching = [asyncio.ensure_future(self._fetch(poll_s)) for _ in range(self._ahead)]
        hands = [asyncio.ensure_future(self._hand()) for _ in range(params().at_once)]
        try:
            await asyncio.wait(fetching)
        finally:
            self._stopping = True
            waking.wake()
            await asyncio.wait(fetching)
            await self._queue.join()
            for hand in hands:
                hand.cancel()

    async def round(self) -> int:
        """One batch from its beginning to its end; how many rows it took."""
        taken, found = await self._begin()
        if found:
            await asyncio.gather(*(self._bring(found, ready) for ready in found.batch.ready))
        return taken

    async def _fetch(self, poll_s: float) -> None:
        """Go on at once after a full batch. One that the bucket or the hour has made small is
        followed by a pause, in which more comes together."""
        full = False
        with waking.awake() as woken:
            while not self._stopping:
                woken.clear()
                full = await self._more(sure=full)
                if not full:
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(poll_s * DICE.uniform(0.7, 1.0)):
                            await woken.wait()

    async def _more(self, *, sure: bool) -> bool:
        """Begin a batch and hand it on, when there is room for it. Was it full?

        What is just being begun counts as a full batch, so that batches are begun one after the
        other; begun all at once, they left the hands with nothing for a tenth of the time.
        """
        most = params().batch
        while self._held > self._ahead * most:
            self._room.clear()
            await self._room.wait()
        if self._stopping:
            return False
        self._held += most
        taken = handed = 0
        try:
            taken, found = await self._begin(sure=sure)
            handed = self._hand_on(found) if found else 0
        except Exception:
            self._log_failure()
        self._held -= most - handed
        return taken == most

    def _hand_on(self, found: InHand) -> int:
        for ready in found.batch.ready:
            self._queue.put_nowait((found, ready))
        return len(found.batch.ready)

    async def _begin(self, *, sure: bool = False) -> tuple[int, InHand | None]:
        channel = self._carrier.channel
        if not sure and not await rows.waits(channel, clock.now()):
            return 0, None
        granted = await buckets.draw(channel, params().batch, params().per_second[channel])
        if not granted:
            return 0, None
        batch = await beginning.begin(self._carrier, granted)
        if len(batch.ready) < granted:
            await buckets.give_back(channel, granted - len(batch.ready))
        until = time.monotonic() + params().lease.total_seconds() / 2
        return batch.taken, InHand(batch, until, len(batch.ready)) if batch.ready else None

    async def _hand(self) -> None:
        while True:
            found, ready = await self._queue.get()
            self._held -= 1
            if self._held <= self._ahead * params().batch:
                self._room.set()
            try:
                await self._bring(found, ready)
            except Exception:
                self._log_failure()
            finally:
                self._queue.task_done()

    async def _bring(self, found: InHand, ready: Ready) -> None:
        """Send one; ends are written down in groups, the last of a batch with the rest of them."""
        result = await self._sent(ready, found.until)
        found.ended.append(result)
        found.open -= 1
        if len(found.ended) >= GROUP or not found.open:
            group, found.ended = found.ended, []
            await marking.write(self._carrier, found.batch, group)

    async def _sent(self, ready: Ready, until: float) -> Result:
        if self._stopping or time.monotonic() > until:
            await self._carrier.unsent(ready.parcel)
            return Result(ready, problem=Unavailable(NOT_BEGUN, ""))
        try:
            return Result(ready, message_id=await self._carrier.send(ready.parcel))
        except Exception as problem:
            return Result(ready, problem=problem)

    def _log_failure(self) -> None:
        log.exception("sending_round_failed", channel=self._carrier.channel.value)
