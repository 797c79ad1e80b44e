"""The sender: lanes for each channel, in any number of processes."""

import asyncio
import contextlib
import random
import time
from collections.abc import Iterator, Sequence
from typing import Final

import structlog

from core import clock
from core.errors import Unavailable
from notifications.models import Channel
from notifications.policy import params
from notifications.sending import beginning, buckets, marking, recovery, rows, waking
from notifications.sending.batch import Carrier
from notifications.sending.beginning import Batch, Ready
from notifications.sending.marking import NOT_BEGUN, Result

log = structlog.get_logger(__name__)

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)

GROUP: Final = 50
"""So many ends are written down together; a killed process leaves at most these unwritten."""
RECOVER_EVERY_S: Final = 2.0


class Sender:
    """Sends what is due until cancelled; then it lets what has begun come to its end."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self._carriers = carriers
        self._stopping = False

    async def run(self, *, poll_s: float = 1.0) -> None:
        """All lanes, and the recovery of what others left."""
        work = [
            self._lane(carrier, poll_s)
            for carrier in self._carriers
            for _ in range(params().lanes if carrier.channel is Channel.WECHAT else 1)
        ]
        await asyncio.gather(*work, self._recover())

    async def drain(self, *, rounds: int = 100) -> int:
        """Send until nothing is due (tests and commands); how many were taken in hand."""
        done = 0
        for _ in range(rounds):
            await recovery.recover(self._carriers)
            found = [await self.round(carrier) for carrier in self._carriers]
            if not any(found):
                break
            done += sum(found)
        return done

    async def round(self, carrier: Carrier) -> int:
        """One batch of one channel; how many rows it took."""
        if not await rows.waits(carrier.channel, clock.now()):
            return 0
        granted = await buckets.draw(
            carrier.channel, params().batch, params().per_second[carrier.channel]
        )
        if not granted:
            return 0
        batch = await beginning.begin(carrier, granted)
        if len(batch.ready) < granted:
            await buckets.give_back(carrier.channel, granted - len(batch.ready))
        if batch.ready:
            await self._send(carrier, batch)
        return batch.taken

    async def _lane(self, carrier: Carrier, poll_s: float) -> None:
        with waking.awake() as woken:
            while not self._stopping:
                woken.clear()
                if not await self._calmly(carrier):
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(poll_s * DICE.uniform(0.7, 1.0)):
                            await woken.wait()

    async def _calmly(self, carrier: Carrier) -> int:
        """A round that is not torn apart by a stop: what has been sent is written down."""
        task = asyncio.ensure_future(self.round(carrier))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            self._stopping = True
            await asyncio.wait([task])
            raise
        except Exception:
            log.exception("sending_round_failed", channel=carrier.channel.value)
            return 0

    async def _recover(self) -> None:
        while True:
            try:
                await recovery.recover(self._carriers)
            except Exception:
                log.exception("sending_recovery_failed")
            await asyncio.sleep(RECOVER_EVERY_S)

    async def _send(self, carrier: Carrier, batch: Batch) -> None:
        """All of the batch, so many at once; ends are written in groups."""
        until = time.monotonic() + params().lease.total_seconds() / 2
        waiting, ended = iter(batch.ready), list[Result]()

        async def work() -> None:
            for ready in waiting:
                ended.append(await self._one(carrier, ready, until))
                if len(ended) >= GROUP:
                    group, ended[:] = list(ended), []
                    await marking.write(carrier, batch, group)

        await asyncio.gather(*(work() for _ in _some(batch)))
        if ended:
            await marking.write(carrier, batch, ended)

    async def _one(self, carrier: Carrier, ready: Ready, until: float) -> Result:
        if self._stopping or time.monotonic() > until:
            await carrier.unsent(ready.parcel)
            return Result(ready, problem=Unavailable(NOT_BEGUN, ""))
        try:
            return Result(ready, message_id=await carrier.send(ready.parcel))
        except Exception as problem:
            return Result(ready, problem=problem)


def _some(batch: Batch) -> Iterator[int]:
    return iter(range(min(params().at_once, len(batch.ready))))
