"""Who may see what was recorded: those who sat in the room, and whom the house names."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from aiohttp import web

from core import clock, db
from core.audit import Whose, audit
from core.errors import NotFound
from people.actor import Actor
from rtc.models import Participant, Recording, RecordingFile, RecordingViewing

MayWatch = Callable[[Actor, UUID], Awaitable[bool]]
MAY_WATCH: Final[web.AppKey[MayWatch]] = web.AppKey("rtc_may_watch")
About = Callable[[UUID], Awaitable[Whose]]
ABOUT: Final[web.AppKey[About]] = web.AppKey("rtc_about")
"""Whose record a room belongs to; bound by the composition root."""
VIEWING: Final = timedelta(hours=4)


def _missing() -> NotFound:
    return NotFound("recording_not_found", "没有找到这段录像,或者您没有查看它的权限。")


async def require_room(actor: Actor, room_id: UUID, may_watch: MayWatch) -> None:
    """Raise NotFound unless the actor sat in the room or may watch it."""
    sat = Participant.filter(room_id=room_id, seat=actor.practitioner_id)
    if not await sat.exists() and not await may_watch(actor, room_id):
        raise _missing()


async def open_recording(
    actor: Actor, recording_id: UUID, may_watch: MayWatch, about: About
) -> tuple[Recording, RecordingViewing]:
    """Open a recording for viewing, and write down that it was, as a look at the record of whom
    the room is about. Raises NotFound."""
    recording = await Recording.get_or_none(id=recording_id)
    if recording is None or recording.started_at is None:
        raise _missing()
    async with db.atomic():
        await require_room(actor, recording.room_id, may_watch)
        viewing = await RecordingViewing.create(
            recording_id=recording.id, account_id=actor.account_id, at=clock.now()
        )
        name, whose = f"Recording/{recording.id}", await about(recording.room_id)
        patient_id = whose.patient_id
        await audit(actor, "recording.view", name, patient_id=patient_id, reason=whose.reason)
    return recording, viewing


async def open_file(actor: Actor, viewing_id: UUID, file_id: UUID) -> RecordingFile:
    """One file, for a viewing of the same person that is not too old. Raises NotFound."""
    viewing = await RecordingViewing.get_or_none(id=viewing_id, account_id=actor.account_id)
    if viewing is None or viewing.at < clock.now() - VIEWING:
        raise _missing()
    file = await RecordingFile.get_or_none(id=file_id, recording_id=viewing.recording_id)
    if file is None:
        raise _missing()
    return file
