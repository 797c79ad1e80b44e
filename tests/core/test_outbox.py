"""The outbox forgets nothing, repeats nothing that finished, and keeps order per subject."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest

from core import db, outbox
from core.blobs import Blob
from core.clock import now
from core.outbox import (
    ATTEMPTS,
    Dispatcher,
    Event,
    OutboxEntry,
    OutboxStatus,
    cancel,
    outside,
    record,
    schedule,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rang(Event):
    name: ClassVar[str] = "test.rang"
    bell: str


class Ears:
    """A reaction that remembers, and fails as often as it is told to."""

    def __init__(self, *, failures: int = 0) -> None:
        self.heard: list[str] = []
        self.failures = failures

    async def hear(self, event: Rang) -> None:
        await Blob.create(
            sha256="0" * 64, content_type="x", name=event.bell, size=0, created_at=now()
        )
        if self.failures:
            self.failures -= 1
            raise RuntimeError("deaf")
        self.heard.append(event.bell)


def hearing(ears: Ears, name: str):
    async def react(event: Rang) -> None:
        await ears.hear(event)

    react.__qualname__ = name
    return react


async def ring(bell: str, subject: str = "") -> None:
    async with db.atomic():
        await record(Rang(bell=bell), subject=subject)


async def test_a_fact_rolled_back_never_happened(database):
    ears = Ears()
    with pytest.raises(RuntimeError):
        async with db.atomic():
            await record(Rang(bell="ghost"))
            raise RuntimeError("the verb failed")
    await Dispatcher({Rang: [hearing(ears, "a")]}).drain()
    assert ears.heard == []


async def test_facts_of_one_subject_arrive_in_order(database):
    ears = Ears()
    for number in range(7):
        await ring(str(number), subject="Bell/1")
    await Dispatcher({Rang: [hearing(ears, "a")]}).drain()
    assert ears.heard == [str(n) for n in range(7)]


async def test_only_the_failed_reaction_is_tried_again(database, clock):
    good, bad = Ears(), Ears(failures=2)
    dispatcher = Dispatcher({Rang: [hearing(good, "good"), hearing(bad, "bad")]})
    await ring("x")
    for _ in range(3):
        await dispatcher.drain()
        clock.move(minutes=20)
    assert (good.heard, bad.heard) == (["x"], ["x"])
    assert await Blob.all().count() == 2, "what a failed reaction wrote is undone"


async def test_what_keeps_failing_is_parked(database, clock):
    dispatcher = Dispatcher({Rang: [hearing(Ears(failures=99), "bad")]})
    await ring("x")
    for _ in range(ATTEMPTS + 2):
        await dispatcher.drain()
        clock.move(minutes=20)
    entry = await OutboxEntry.get()
    assert (entry.status, entry.attempts) == (OutboxStatus.PARKED, ATTEMPTS)
    assert entry.last_error.endswith("RuntimeError")


async def test_a_scheduled_fact_waits_moves_and_can_be_taken_back(database, clock):
    ears = Ears()
    dispatcher = Dispatcher({Rang: [hearing(ears, "a")]})
    soon = now() + timedelta(minutes=10)
    await schedule(Rang(bell="late"), due_at=soon, key="k1")
    await schedule(Rang(bell="never"), due_at=soon, key="k2")
    await schedule(Rang(bell="later"), due_at=soon + timedelta(minutes=10), key="k1")
    assert await cancel("k2")
    clock.move(minutes=11)
    await dispatcher.drain()
    assert ears.heard == []
    clock.move(minutes=10)
    await dispatcher.drain()
    assert ears.heard == ["later"]
    assert not await cancel("k1"), "too late to take it back"


async def test_several_dispatchers_share_the_work_without_doubling(database):
    ears = Ears()
    for number in range(60):
        await ring(str(number), subject=f"Bell/{number % 7}")
    dispatchers = [Dispatcher({Rang: [hearing(ears, "a")]}) for _ in range(4)]
    await asyncio.gather(*(d.drain() for d in dispatchers))
    assert sorted(ears.heard, key=int) == [str(n) for n in range(60)]


async def test_a_dead_dispatchers_lease_runs_out(database, clock):
    ears = Ears()
    await ring("x")
    await OutboxEntry.all().update(lease="dead", leased_until=now() + timedelta(seconds=60))
    dispatcher = Dispatcher({Rang: [hearing(ears, "a")]})
    await dispatcher.drain()
    assert ears.heard == []
    clock.move(seconds=61)
    await dispatcher.drain()
    assert ears.heard == ["x"]


async def test_talking_to_the_outside_holds_no_transaction(database):
    seen = []

    @outside
    async def call_out(event: Rang) -> None:
        await asyncio.wait_for(ring("echo of " + event.bell), 5)
        seen.append(event.bell)

    await ring("x")
    await Dispatcher({Rang: [call_out]}).deliver()
    assert seen == ["x"]


async def test_running_delivers_at_once(database):
    ears = Ears()
    running = asyncio.ensure_future(Dispatcher({Rang: [hearing(ears, "a")]}).run(poll_s=0.05))
    try:
        await ring("x")
        async with asyncio.timeout(5):
            while not ears.heard:
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_reaction_may_set_the_clock_anew_under_the_same_key(database, clock):
    heard: list[str] = []

    async def ring_again(event: Rang) -> None:
        heard.append(event.bell)
        if len(heard) < 3:
            bell = str(int(event.bell) + 1)
            await schedule(Rang(bell=bell), due_at=now() + timedelta(minutes=10), key="k")

    dispatcher = Dispatcher({Rang: [ring_again]})
    await schedule(Rang(bell="1"), due_at=now(), key="k")
    for _ in range(4):
        await dispatcher.drain()
        clock.move(minutes=11)
    assert heard == ["1", "2", "3"]


@pytest.mark.parametrize("turns", range(5))
async def test_running_ends_even_when_told_to_as_a_fact_arrives(database, turns):
    running = asyncio.ensure_future(Dispatcher({}).run(poll_s=10))
    await asyncio.sleep(0.1)
    for waker in outbox._wakers:
        waker.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    running.cancel()
    ended, _ = await asyncio.wait([running], timeout=2)
    assert ended
