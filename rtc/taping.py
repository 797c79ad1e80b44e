"""Makes the media nodes record, or stop, as the rows say."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID
from weakref import WeakValueDictionary

import structlog

from core.errors import Unavailable
from rtc import placement, recordings
from rtc.models import Recording, RecordingStatus, Room, Stretch
from rtc.nodes import Nodes
from rtc.refusals import Refused

log = structlog.get_logger(__name__)


class Taping:
    """`tell` is told of a room whose list of recordings has changed."""

    def __init__(self, nodes: Nodes, tell: Callable[[UUID], Awaitable[None]]) -> None:
        self._nodes, self._tell = nodes, tell
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def drive(self, room_id: UUID) -> None:
        """Make the room's node record, or stop, as the rows say. May be repeated at any time."""
        lock = self._locks.setdefault(room_id, asyncio.Lock())
        async with lock:
            recording = await recordings.unsettled(room_id)
            if recording is None:
                return
            room = await Room.get(id=room_id)
            if recording.status == RecordingStatus.ON:
                await self._begin(recording, room)
            else:
                await self._finish(recording, room)

    async def _begin(self, recording: Recording, room: Room) -> None:
        if recording.part_placement != room.placement:
            recording = await recordings.follow(recording, room.placement)
        node = self._nodes.at(room.node)
        if recording.part_state == Stretch.RUNNING or node is None:
            return
        name = recordings.name_of(recording)
        try:
            await node.record(room=str(room.id), recording=name, on=True)
        except Refused as problem:
            if problem.code == "unknown_room":
                return  # nobody has been let in yet: the next sweep tries again
            log.warning("recording_refused", code=problem.code)
            await recordings.fail(recording)
            await recordings.stretch(recording, Stretch.NONE)
        except Unavailable:
            return
        else:
            await recordings.stretch(recording, Stretch.RUNNING)

    async def _finish(self, recording: Recording, room: Room) -> None:
        node = self._nodes.at(room.node)
        if node is not None and recording.part_placement == room.placement:
            try:
                name = recordings.name_of(recording)
                files = await node.record(room=str(room.id), recording=name, on=False)
                await recordings.keep_files(node.url, name, files)
            except Refused as problem:
                log.info("recording_was_over", code=problem.code)
            except Unavailable:
                if placement.is_alive(self._nodes, room) or not node.dead:
                    return
        await recordings.stretch(recording, Stretch.NONE)
        if await recordings.review(room.id) and await recordings.unsettled(room.id):
            fresh = await recordings.live(room.id)
            if fresh is not None and fresh.status == RecordingStatus.ON:
                await self._begin(fresh, room)
        await self._tell(room.id)

    async def is_quiet(self, room_id: UUID) -> bool:
        """Whether nothing is being written for a pause; who comes new waits for that."""
        recording = await recordings.unsettled(room_id)
        return recording is None or recording.status == RecordingStatus.ON
