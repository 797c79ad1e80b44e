"""Facts recorded with the change that made them, and delivered afterwards.

`record` inserts a row in the caller's own transaction. The `Dispatcher` leases rows in order,
runs each reaction in a transaction of its own that also writes its receipt, retries the failed
one alone with backoff, and parks what keeps failing. A fact that becomes true later is a row
with a future `due_at`: a restart loses nothing. Reactions may run twice.
"""

import asyncio
import functools
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, TypeVar

import structlog
from tortoise import fields
from tortoise.models import Model

from core import clock, db

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=60)
BATCH: Final = 50
ATTEMPTS: Final = 10
LONGEST_WAIT_S: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense: ids and plain values only."""

    name: ClassVar[str]


class OutboxStatus(StrEnum):
    """waiting: to be delivered; done; cancelled: no longer wanted; parked: staff must look."""

    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    PARKED = "parked"


class OutboxEntry(Model):
    """One recorded fact. `subject` keeps the order of facts about the same thing."""

    id = fields.BigIntField(primary_key=True)
    name = fields.CharField(max_length=100)
    subject = fields.CharField(max_length=100, default="")
    payload: Any = fields.JSONField()
    key = fields.CharField(max_length=160, null=True, unique=True)
    status = fields.CharEnumField(OutboxStatus, default=OutboxStatus.WAITING, max_length=16)
    recorded_at = fields.DatetimeField()
    due_at = fields.DatetimeField()
    leased_until = fields.DatetimeField(null=True)
    lease = fields.CharField(max_length=16, null=True)
    attempts = fields.IntField(default=0)
    last_error = fields.CharField(max_length=300, default="")

    class Meta:
        table = "core_outbox"
        indexes = (("status", "due_at", "id"), ("subject", "status"))


class OutboxReceipt(Model):
    """Proof that one reaction to one fact is finished."""

    id = fields.BigIntField(primary_key=True)
    entry_id = fields.BigIntField()
    reaction = fields.CharField(max_length=160)

    class Meta:
        table = "core_outbox_receipt"
        unique_together = (("entry_id", "reaction"),)


Reaction = Callable[[Any], Awaitable[None]]
Reactions = Mapping[type[Event], Sequence[Reaction]]

_wakers: set[asyncio.Event] = set()


async def record(event: Event, *, subject: str = "") -> None:
    """Write the fact down. Call inside the transaction that made it true."""
    await OutboxEntry.create(**values(event, subject=subject))
    wake()


def values(event: Event, *, subject: str = "") -> dict[str, Any]:
    """The row that `record` writes, for a statement that writes it with other rows."""
    moment = clock.now()
    return {
        "name": event.name,
        "subject": subject,
        "payload": asdict(event),
        "recorded_at": moment,
        "due_at": moment,
    }


def wake() -> None:
    """Let this process's dispatchers look at once."""
    for waker in _wakers:
        waker.set()


async def schedule(event: Event, *, due_at: datetime, key: str, subject: str = "") -> None:
    """Let `event` become true at `due_at`; a second call with the same `key` moves it.

    The moved fact is a new row: receipts of an earlier delivery do not count for it, and a
    delivery that is just under way does not settle it.
    """
    await OutboxEntry.filter(key=key).delete()
    await OutboxEntry.create(
        name=event.name,
        subject=subject,
        payload=asdict(event),
        key=key,
        recorded_at=clock.now(),
        due_at=due_at,
    )


async def cancel(key: str) -> bool:
    """Take back a scheduled fact; True when it was still waiting."""
    taken = OutboxEntry.filter(key=key, status=OutboxStatus.WAITING)
    return bool(await taken.update(status=OutboxStatus.CANCELLED))


R = TypeVar("R", bound=Callable[..., Awaitable[None]])


def outside(reaction: R) -> R:
    """Mark a reaction that talks to the outside: it runs with no transaction open."""
    reaction.__outside__ = True  # type: ignore[attr-defined]
    return reaction


class Dispatcher:
    """Delivers what is due. Any number of processes may run one."""

    def __init__(self, reactions: Reactions) -> None:
        self._by_name = {kind.name: (kind, tuple(found)) for kind, found in reactions.items()}

    async def run(self, *, poll_s: float = 0.25) -> None:
        """Deliver until cancelled, at once when this process records something."""
        waker = asyncio.Event()
        _wakers.add(waker)
        try:
            while True:
                waker.clear()
                if not await self._deliver_calmly():
                    # Not wait_for: before Python 3.12 it swallows a cancellation that comes just
                    # as the event is set, and the process would never stop.
                    with suppress(TimeoutError):
                        async with asyncio.timeout(poll_s):
                            await waker.wait()
        finally:
            _wakers.discard(waker)

    async def _deliver_calmly(self) -> int:
        try:
            return await self.deliver()
        except Exception:
            log.exception("outbox_round_failed")
            return 0

    async def deliver(self) -> int:
        """Lease and deliver one batch; return how many entries were tried."""
        entries = await _lease()
        for entry in entries:
            await self._deliver_one(entry)
        return len(entries)

    async def drain(self, *, rounds: int = 100) -> None:
        """Deliver until nothing is due (tests and commands)."""
        for _ in range(rounds):
            if not await self.deliver():
                return

    async def _deliver_one(self, entry: OutboxEntry) -> None:
        kind, reactions = self._by_name.get(entry.name, (Event, ()))
        receipts = OutboxReceipt.filter(entry_id=entry.id).only("reaction")
        finished = {receipt.reaction for receipt in await receipts}
        failure = ""
        for reaction in reactions:
            name = name_of(reaction)
            if name in finished:
                continue
            try:
                await _react(reaction, name, entry, kind(**entry.payload))
            except Exception as problem:
                failure = f"{name}: {type(problem).__name__}"
                log.exception("reaction_failed", event_name=entry.name, reaction=name)
        await _settle(entry, failure)


async def _react(reaction: Reaction, name: str, entry: OutboxEntry, event: Event) -> None:
    if _is_outside(reaction):
        await reaction(event)
        await OutboxReceipt.get_or_create(entry_id=entry.id, reaction=name)
        return
    async with db.atomic():
        await reaction(event)
        await OutboxReceipt.create(entry_id=entry.id, reaction=name)


async def _settle(entry: OutboxEntry, failure: str) -> None:
    mine = OutboxEntry.filter(id=entry.id, lease=entry.lease)
    if not failure:
        await mine.update(status=OutboxStatus.DONE, leased_until=None, lease=None)
        return
    attempts = entry.attempts + 1
    parked = attempts >= ATTEMPTS
    wait = timedelta(seconds=min(2**attempts, LONGEST_WAIT_S))
    await mine.update(
        status=OutboxStatus.PARKED if parked else OutboxStatus.WAITING,
        attempts=attempts,
        due_at=clock.now() + wait,
        leased_until=None,
        lease=None,
        last_error=failure[:300],
    )


async def _lease() -> list[OutboxEntry]:
    """Take the oldest due rows that nobody works on; of one subject only the first."""
    moment, lease = clock.now(), secrets.token_hex(8)
    async with db.atomic() as connection:
        due = OutboxEntry.filter(status=OutboxStatus.WAITING, due_at__lte=moment)
        rows = await (
            due.order_by("due_at", "id").limit(BATCH * 4).select_for_update(skip_locked=True)
        ).using_db(connection)
        taken = _first_of_each_subject(rows, moment)[:BATCH]
        if taken:
            await (
                OutboxEntry.filter(id__in=[row.id for row in taken])
                .using_db(connection)
                .update(lease=lease, leased_until=moment + LEASE)
            )
    for row in taken:
        row.lease = lease
    return taken


def _first_of_each_subject(rows: Sequence[OutboxEntry], moment: datetime) -> list[OutboxEntry]:
    """Rows under somebody's lease hold back later rows of their subject."""
    seen: set[str] = set()
    free = []
    for row in rows:
        held = row.leased_until is not None and row.leased_until > moment
        if not held and (not row.subject or row.subject not in seen):
            free.append(row)
        if row.subject:
            seen.add(row.subject)
    return free


def name_of(reaction: Reaction) -> str:
    """The stable name a receipt is kept under, also for bound partials."""
    while isinstance(reaction, functools.partial):
        reaction = reaction.func
    return f"{reaction.__module__}.{reaction.__qualname__}"


def _is_outside(reaction: Reaction) -> bool:
    while isinstance(reaction, functools.partial):
        reaction = reaction.func
    return getattr(reaction, "__outside__", False)
