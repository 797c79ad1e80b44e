"""The sender: a lane for each channel, in any number of processes."""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from notifications.sending import recovery
from notifications.sending.batch import Carrier
from notifications.sending.lane import Lane

log = structlog.get_logger(__name__)

RECOVER_EVERY_S: Final = 2.0


class Sender:
    """Sends what is due until cancelled; then it lets what has begun come to its end."""

    def __init__(self, carriers: Sequence[Carrier]) -> None:
        self._carriers = carriers

    async def run(self, *, poll_s: float = 1.0) -> None:
        """All lanes, and the recovery of what others left. A stop waits for every lane's end."""
        async with asyncio.TaskGroup() as together:
            for carrier in self._carriers:
                together.create_task(Lane(carrier).run(poll_s))
            together.create_task(self._recover())

    async def drain(self, *, rounds: int = 100) -> int:
        """Send until nothing is due (tests and commands); how many were taken in hand."""
        done, lanes = 0, [Lane(carrier) for carrier in self._carriers]
        for _ in range(rounds):
            await recovery.recover(self._carriers)
            found = [await lane.round() for lane in lanes]
            if not any(found):
                break
            done += sum(found)
        return done

    async def _recover(self) -> None:
        while True:
            try:
                await recovery.recover(self._carriers)
            except Exception:
                log.exception("sending_recovery_failed")
            await asyncio.sleep(RECOVER_EVERY_S)
