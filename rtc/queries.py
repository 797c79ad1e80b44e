"""Reads for screens and for the wire."""

from dataclasses import dataclass
from uuid import UUID

from rtc import recordings
from rtc.models import (
    Participant,
    Presence,
    Recording,
    RecordingFile,
    RecordingStatus,
    RecordingVote,
    Room,
)
from rtc.schemas import ParticipantOut, RecordingOut, RoomOut


async def snapshot(room_id: UUID) -> RoomOut:
    """All that browsers show of a room. Its number is read first, so it is never too new."""
    room = await Room.get(id=room_id)
    people = await Participant.filter(room_id=room_id).order_by("entered_at", "id")
    return RoomOut(
        seq=room.seq,
        placement=room.placement,
        participants=[_participant(person) for person in people],
        recording=await recording_state(room_id, people),
    )


def _participant(person: Participant) -> ParticipantOut:
    return ParticipantOut(
        seat=person.seat,
        name=person.name,
        organization=person.organization,
        tier=person.tier,
        part=person.part,
        state=person.state.value,
        audio=person.audio,
        video=person.video,
        screen=person.screen,
    )


_STATES = {
    RecordingStatus.ASKED: "asked",
    RecordingStatus.ON: "on",
    RecordingStatus.PAUSED: "paused",
}


async def recording_state(room_id: UUID, people: list[Participant]) -> RecordingOut:
    """Where the room's recording stands."""
    recording = await recordings.live(room_id)
    if recording is None:
        return RecordingOut(state="off", note=await _last_note(room_id))
    inside = [person for person in people if person.state != Presence.LEFT]
    waiting = await recordings.waiting_for(recording, inside)
    missing = {person.seat for person in waiting}
    return RecordingOut.model_validate(
        {
            "state": _STATES[recording.status],
            "id": recording.id,
            "asked_by": recording.asked_by_name,
            "agreed": [person.seat for person in inside if person.seat not in missing],
            "waiting_for": [person.seat for person in waiting],
            "since": recording.started_at,
        }
    )


async def _last_note(room_id: UUID) -> str:
    """Why there is no recording now, in words."""
    last = await Recording.filter(room_id=room_id).order_by("-asked_at").first()
    if last is None:
        return ""
    if last.status == RecordingStatus.REFUSED:
        refused = await RecordingVote.filter(recording_id=last.id, agreed=False).first()
        return f"{refused.name}没有同意录制,不会录制。" if refused else "录制请求已撤回。"
    by = f"由{last.stopped_by_name}" if last.stopped_by_name else ""
    return f"录制已{by}停止。"


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """One finished or running recording for a list."""

    recording: Recording
    files: int
    seconds: float
    people: tuple[str, ...]


async def recordings_of(room_id: UUID) -> list[RecordingRow]:
    """The room's recordings that have begun, newest first."""
    rows = []
    begun = Recording.filter(room_id=room_id).exclude(started_at=None).order_by("-started_at")
    for recording in await begun:
        files = await RecordingFile.filter(recording_id=recording.id).order_by("started_at")
        span = max((f.started_at + f.duration_s for f in files), default=0.0)
        start = min((f.started_at for f in files), default=0.0)
        people = tuple(dict.fromkeys(f.person for f in files))
        rows.append(RecordingRow(recording, len(files), span - start, people))
    return rows


async def files_of(recording: Recording) -> list[RecordingFile]:
    """The files of a recording in the order of time."""
    return await RecordingFile.filter(recording_id=recording.id).order_by("started_at", "seat")
