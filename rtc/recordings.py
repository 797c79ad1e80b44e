"""Recording: only when everybody present has agreed, seen by everybody, stopped by anybody.

These verbs decide and write; telling the node is `rtc.switchboard`'s work. Who comes while a
recording runs pauses it until they agree, so that nobody is recorded unasked. The rule covers
observers as well (个人信息保护法 2021, articles 13 and 29: separate consent).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from core import clock, db, outbox, states
from core.audit import NOBODY, audit
from core.errors import Conflict, Forbidden
from core.tickets import Right
from rtc import presence, signals
from rtc.events import RecordingFinished, RecordingStarted
from rtc.models import (
    LIVE,
    RECORDING,
    Participant,
    Presence,
    Recording,
    RecordingFile,
    RecordingStatus,
    RecordingVote,
    Room,
    Stretch,
)

KEEP: Final = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class SeatHolder:
    """Somebody in a room as the audit trail names them: the seat is their practitioner's id."""

    account_id: UUID
    name: str
    organization_id: UUID = NOBODY


def holder(person: Participant) -> SeatHolder:
    """The participant for `audit`."""
    return SeatHolder(person.seat, person.name)


async def live(room_id: UUID) -> Recording | None:
    """The recording that is asked for, running or paused."""
    return await Recording.filter(room_id=room_id, status__in=LIVE).order_by("-asked_at").first()


async def present(room_id: UUID) -> list[Participant]:
    """Everybody whose agreement is needed: in the room, or just cut off from it."""
    return await Participant.filter(room_id=room_id).exclude(state=Presence.LEFT)


async def ask(person: Participant) -> None:
    """Ask everybody. Raises Forbidden `recording_not_allowed` or Conflict `recording_exists`."""
    if Right.RECORD not in person.rights:
        raise Forbidden("recording_not_allowed", "您在这个会诊室不能发起录制,请联系主持医生。")
    async with db.atomic():
        await Room.filter(id=person.room_id).select_for_update().get()
        if await live(person.room_id):
            raise Conflict("recording_exists", "已经有人提出录制了,请看会诊室上方的提示。")
        recording = await Recording.create(
            room_id=person.room_id,
            asked_by=person.seat,
            asked_by_name=person.name,
            asked_at=clock.now(),
        )
        await _vote(recording, person, agreed=True)
        await audit(holder(person), "recording.ask", f"Recording/{recording.id}")
        await _settle(recording, person)
        await presence.bump(person.room_id)


async def vote(person: Participant, *, agreed: bool) -> None:
    """Say yes or no. Raises Conflict `nothing_asked`."""
    async with db.atomic():
        await Room.filter(id=person.room_id).select_for_update().get()
        recording = await live(person.room_id)
        if recording is None or recording.status == RecordingStatus.ON:
            raise Conflict("nothing_asked", "现在没有等您同意的录制。")
        await _vote(recording, person, agreed=agreed)
        action = "recording.agree" if agreed else "recording.refuse"
        await audit(holder(person), action, f"Recording/{recording.id}")
        if agreed:
            await _settle(recording, person)
        else:
            await _end(recording, "refuse", person)
        await presence.bump(person.room_id)


async def stop(person: Participant) -> None:
    """Anybody may stop it, or take the question back. Raises Conflict `not_recording`."""
    async with db.atomic():
        await Room.filter(id=person.room_id).select_for_update().get()
        recording = await live(person.room_id)
        if recording is None:
            raise Conflict("not_recording", "现在没有在录制。")
        await audit(holder(person), "recording.stop", f"Recording/{recording.id}")
        await _end(recording, "stop", person)
        await presence.bump(person.room_id)


async def review(room_id: UUID) -> bool:
    """Look again after somebody came or went; True when the recording's state moved.

    A newcomer who has not agreed pauses it; when those who were waited for have left it goes on;
    in an empty room it ends.
    """
    async with db.atomic():
        await Room.filter(id=room_id).select_for_update().get()
        recording = await live(room_id)
        if recording is None:
            return False
        before = recording.status
        people = await present(room_id)
        if not people:
            await _end(recording, "stop", None)
        elif recording.status == RecordingStatus.ON:
            if await waiting_for(recording, people):
                await states.advance(recording, RECORDING, "pause")
        else:
            await _settle(recording, people[0])
        if recording.status != before:
            await presence.bump(room_id)
    return recording.status != before


async def end_all(room_id: UUID) -> None:
    """The room is over. Call inside the verb's transaction."""
    recording = await live(room_id)
    if recording is not None:
        await _end(recording, "stop", None)


async def fail(recording: Recording) -> None:
    """The node could not write: do not pretend."""
    async with db.atomic():
        fresh = await Recording.filter(id=recording.id).select_for_update().get()
        if fresh.status in LIVE:
            await _end(fresh, "stop", None)
            await presence.bump(fresh.room_id)


async def waiting_for(recording: Recording, people: list[Participant]) -> list[Participant]:
    """Who has not agreed yet."""
    agreed = await RecordingVote.filter(recording_id=recording.id, agreed=True).values_list(
        "seat", flat=True
    )
    return [person for person in people if person.seat not in agreed]


async def _vote(recording: Recording, person: Participant, *, agreed: bool) -> None:
    said = {"name": person.name, "agreed": agreed, "at": clock.now()}
    await RecordingVote.update_or_create(recording_id=recording.id, seat=person.seat, defaults=said)


async def _settle(recording: Recording, last: Participant) -> None:
    """Start when nobody is waited for any more and the stretch before has ended."""
    if recording.part_state != Stretch.NONE:
        return
    if await waiting_for(recording, await present(recording.room_id)):
        return
    room = await Room.get(id=recording.room_id)
    moment, first = clock.now(), recording.started_at is None
    changes: dict[str, Any] = {
        "part": recording.part + 1,
        "part_placement": room.placement,
        "part_state": Stretch.WANTED,
    }
    if first:
        changes |= {"started_at": moment, "keep_until": moment + KEEP}
    await states.advance(recording, RECORDING, "start", **changes)
    if first:
        await audit(holder(last), "recording.start", f"Recording/{recording.id}")
        await outbox.record(
            RecordingStarted(room=str(room.id), recording=str(recording.id)),
            subject=f"Room/{room.id}",
        )


async def _end(recording: Recording, action: str, person: Participant | None) -> None:
    changes = {"stopped_at": clock.now(), "stopped_by_name": person.name if person else ""}
    await states.advance(recording, RECORDING, action, **changes)
    if recording.status == RecordingStatus.STOPPED:
        await outbox.record(
            RecordingFinished(room=str(recording.room_id), recording=str(recording.id)),
            subject=f"Room/{recording.room_id}",
        )


async def unsettled(room_id: UUID) -> Recording | None:
    """The recording with a stretch that the node must begin, or end, or that runs."""
    open_ones = Recording.filter(room_id=room_id).exclude(part_state=Stretch.NONE)
    return await open_ones.order_by("-asked_at").first()


async def follow(recording: Recording, placement: int) -> Recording:
    """The room moved to another node: begin a new stretch there."""
    moved = Recording.filter(id=recording.id, status=RecordingStatus.ON, part=recording.part)
    await moved.update(part=recording.part + 1, part_placement=placement, part_state=Stretch.WANTED)
    return await Recording.get(id=recording.id)


async def stretch(recording: Recording, state: Stretch) -> None:
    """Note what the node has confirmed of the current stretch."""
    await Recording.filter(id=recording.id, part=recording.part).update(part_state=state)


def name_of(recording: Recording) -> str:
    """What the node calls the current stretch."""
    return f"{recording.id.hex}-{recording.part}"


def recording_of(name: str) -> UUID | None:
    """Back from the node's name."""
    try:
        return UUID(name.partition("-")[0])
    except ValueError:
        return None


async def keep_files(node: str, name: str, files: list[signals.RecordedFile]) -> UUID | None:
    """Note the files of a stretch, once however often they are told. Returns the room."""
    recording_id = recording_of(name)
    recording = await Recording.get_or_none(id=recording_id) if recording_id else None
    if recording is None:
        return None
    for file in files:
        await _keep_file(recording, node, file)
    return recording.room_id


async def _keep_file(recording: Recording, node: str, file: signals.RecordedFile) -> None:
    try:
        seat = UUID(file.seat)
    except ValueError:
        return
    person = await Participant.get_or_none(room_id=recording.room_id, seat=seat)
    if person is None:
        return
    await RecordingFile.update_or_create(
        node=node,
        name=file.name,
        defaults={
            "recording_id": recording.id,
            "seat": seat,
            "person": person.name,
            "organization": person.organization,
            "tier": person.tier,
            "sources": list(file.sources),
            "started_at": file.started_at,
            "duration_s": file.duration_s,
            "size": file.bytes,
            "codecs": list(file.codecs),
        },
    )
