"""Reminders: what comes later, and only while it is still true. A row with a due moment each.

A package that has something to remind of brings a `Source`; this one knows no rules of medicine. A
reaction sets the row (`remind`) and takes it back when it is moot (`withdraw`). When it is due the
source is asked what to say, and once more, for a whole batch, when the message leaves the house:
one that waited for the morning may have been settled in the evening.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from core.outbox import cancel, schedule
from notifications.calls import service as calls
from notifications.events import ReminderComes
from notifications.models import CallTask, Communication
from notifications.sending.batch import Due
from notifications.service import Message, tell
from notifications.states import COMMUNICATION, Stage


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to a patient's people; by no channel after `expires_at`."""

    patient_id: UUID
    message: Message
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Something that may be reminded of, named by its ids.

    `still`: of these ids, those it is still true for. `message`: what to say about one. The
    communication's topic is `topic`, its subject `{name}/{id}`.
    """

    name: str
    topic: str
    still: Callable[[Collection[UUID]], Awaitable[set[UUID]]]
    message: Callable[[UUID], Awaitable[Said]]


SOURCES: Final[dict[str, Source]] = {}


def bring(*sources: Source) -> None:
    """The composition root names them; a second time changes nothing."""
    SOURCES.update({source.name: source for source in sources})


async def remind(name: str, id: UUID, *, due_at: datetime) -> None:
    """Let it be said at `due_at`; a second call moves it. Call in the reaction's transaction."""
    await schedule(ReminderComes(source=name, id=str(id)), due_at=due_at, key=_key(name, id))


async def withdraw(name: str, id: UUID) -> None:
    """It is settled: nothing is said, neither by a message that waits already nor by a person."""
    await cancel(_key(name, id))
    source = SOURCES[name]
    for stage in (Stage.WAITING, Stage.PARKED):
        mine = Communication.filter(topic=source.topic, subject=f"{name}/{id}", status=stage)
        await mine.update(status=COMMUNICATION[stage, "withdraw"])
    about = {"communication__topic": source.topic, "communication__subject": f"{name}/{id}"}
    await calls.drop(CallTask.filter(**about))


async def say(event: ReminderComes) -> None:
    """It is due: say it, if it is still true."""
    source, id = SOURCES[event.source], UUID(event.id)
    if id in await source.still([id]):
        said = await source.message(id)
        subject = f"{source.name}/{id}"
        await tell(said.patient_id, subject, said.message, expires_at=said.expires_at)


async def untrue(rows: Sequence[Due]) -> set[UUID]:
    """Of a batch that is about to leave, the reminders that are no longer true."""
    found: set[UUID] = set()
    for source in SOURCES.values():
        mine = {
            row.id: UUID(row.subject.partition("/")[2])
            for row in rows
            if row.name == source.topic and row.subject.startswith(f"{source.name}/")
        }
        if mine:
            still = await source.still(set(mine.values()))
            found |= {row for row, id in mine.items() if id not in still}
    return found


def _key(name: str, id: UUID) -> str:
    return f"reminder/{name}/{id}"
