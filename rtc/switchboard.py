"""The living side of rooms in one app process: it joins browsers, rows and nodes.

Rows decide; what is told to browsers and nodes follows from them and may be told again. So a
process that dies loses nothing: the next one to look makes the node do what the rows say.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from weakref import WeakValueDictionary

import socketio
import structlog
from aiohttp import web

from core import clock
from core.errors import Problem, Unavailable
from core.tickets import RoomTicket
from rtc import placement, presence, queries, recordings, signals
from rtc.doubts import Doubts
from rtc.models import LIVE, Participant, Recording, RecordingStatus, Room, Stretch
from rtc.nodes import MediaNode, Nodes
from rtc.schemas import document
from rtc.taping import Taping
from rtc.turn import Relays

log = structlog.get_logger(__name__)

NAMESPACE: Final = "/rtc"
HEARTBEAT_S: Final = 4.0
SWEEP_S: Final = 3.0
TIDY_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What the composition root knows: where nodes, TURN and recordings are."""

    nodes: Sequence[str] = ()
    secret: str = ""
    relays: Relays = field(default_factory=Relays)
    recordings: Path = Path("var/recordings")


PLAN: Final = web.AppKey("rtc_plan", Plan)


@dataclass(slots=True)
class Seated:
    """One browser tab on this process.

    `placement` is where it was last let in, `media` the state of each side as the node sees it.
    `doubted`: nothing comes from it, neither media nor answers, though its connection stands.
    """

    sid: str
    ticket: RoomTicket
    session: str
    joined: bool = False
    placement: int = 0
    video: frozenset[str] | None = None
    media: dict[str, str] = field(default_factory=dict)
    doubted: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def address(self) -> dict[str, str]:
        """How nodes know this seat."""
        return {
            "room": str(self.ticket.room),
            "seat": str(self.ticket.seat),
            "session": self.session,
        }


class Switchboard:
    """Who sits here, and the way to the nodes. One for each app process."""

    def __init__(self, sockets: socketio.AsyncServer, plan: Plan) -> None:
        self.process = secrets.token_hex(8)
        self.nodes = Nodes(plan.nodes, plan.secret, self)
        self.plan = plan
        self.seated: dict[str, Seated] = {}
        self._sockets = sockets
        self.taping = Taping(self.nodes, self.tell_recordings)
        self.doubts = Doubts(sockets, self.seated, self.tell_room)
        self._tasks: list[asyncio.Task[None]] = []
        self._tabs: WeakValueDictionary[tuple[UUID, str], asyncio.Lock] = WeakValueDictionary()

    async def start(self) -> None:
        """Begin to live: lease, nodes, sweeps."""
        await presence.renew(self.process, ())
        await self.nodes.start()
        self._tasks = [
            asyncio.create_task(_every(HEARTBEAT_S, self._renew)),
            asyncio.create_task(_every(SWEEP_S, self._sweep)),
            asyncio.create_task(_every(TIDY_S, presence.forget_old)),
        ]

    async def close(self) -> None:
        """Stop; the seats are kept for a while and the nodes go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.doubts.close()
        await self.nodes.close()
        await presence.resign(self.process)

    # -- what browsers are told

    async def tell_room(self, room_id: UUID) -> None:
        """Show everybody in the room how it stands, whichever process they are on."""
        shown = document(await queries.snapshot(room_id))
        await self._sockets.emit("room", shown, room=channel(room_id), namespace=NAMESPACE)

    async def tell_session(self, room_id: UUID, session: str, event: str) -> None:
        """A word to one tab, on whichever process."""
        channel_ = session_channel(room_id, session)
        await self._sockets.emit(event, {}, room=channel_, namespace=NAMESPACE)

    async def _tell_seat(self, seated: Seated, event: str, said: dict[str, Any]) -> None:
        await self._sockets.emit(event, said, to=seated.sid, namespace=NAMESPACE, ignore_queue=True)

    async def changed(self, room_id: UUID) -> None:
        """Somebody came, went or decided: let recording and browsers follow."""
        await recordings.review(room_id)
        await self.taping.drive(room_id)
        await self.tell_room(room_id)

    async def _moved(self, room: Room) -> None:
        log.warning("room_moved", room=str(room.id), node=room.node, placement=room.placement)
        await self._sockets.emit(
            "moved",
            {"placement": room.placement},
            room=channel(room.id),
            namespace=NAMESPACE,
        )
        await self.taping.drive(room.id)
        await self.tell_room(room.id)

    # -- nodes

    async def node_of(self, room_id: UUID) -> tuple[MediaNode, Room]:
        """The room's node, now. Raises Unavailable `media_unavailable`."""
        node, room, moved = await placement.node_of(self.nodes, room_id)
        if moved:
            await self._moved(room)
        return node, room

    async def let_in(self, seated: Seated, *, restart: bool = False) -> tuple[signals.Entered, int]:
        """Tell the node of a seat; answers what it knew of the session, and the placement."""
        node, room = await self.node_of(seated.ticket.room)
        seated.placement = room.placement
        entered = await node.enter(
            **seated.address,
            rights=presence.media_rights(seated.ticket),
            restart=restart,
            video=seated.video,
        )
        return entered, room.placement

    async def let_out(self, room_id: UUID, seat: UUID, session: str) -> None:
        """Free a seat's media; a node out of reach frees it by itself."""
        with suppress(Problem):
            room = await Room.get(id=room_id)
            node = self.nodes.at(room.node)
            if node is not None and placement.is_alive(self.nodes, room):
                await node.leave(room=str(room_id), seat=str(seat), session=session)

    async def came(self, node: MediaNode) -> None:
        """A node is here: place what waited for one, and speak for our seats again."""
        for room_id in self._rooms():
            with suppress(Problem):
                holder, room = await self.node_of(room_id)
                if holder is node:
                    await self._speak_again(room)

    async def _speak_again(self, room: Room) -> None:
        """Only for tabs that still hold their seat: a replaced one would push the new one out."""
        for seated in self._at(room.id):
            if seated.placement == room.placement and await self.person(seated):
                with suppress(Problem):
                    await self.let_in(seated)

    async def lost(self, node: MediaNode) -> None:
        """A node is gone: move its rooms, or say that we are waiting for one."""
        for room_id in self._rooms():
            room = await Room.get_or_none(id=room_id)
            if room is None or room.node != node.url:
                continue
            try:
                await self.node_of(room_id)
            except Unavailable:
                for seated in self._at(room_id):
                    await self._tell_seat(seated, "media_lost", {})

    async def pushed(self, node: MediaNode, push: Any) -> None:
        """Pass on what a node says."""
        if isinstance(push, signals.Recorded):
            room_id = await recordings.keep_files(node.url, push.recording, push.files)
            if room_id is not None:
                await self.tell_recordings(room_id)
            return
        seated = self._find(push.room, push.session)
        if seated is None:
            return
        if isinstance(push, signals.Media):
            self.doubts.weigh(seated, push)
        said = push.model_dump(mode="json", exclude={"on", "room", "seat", "session"})
        await self._tell_seat(seated, push.on, said | {"placement": seated.placement})

    async def tell_recordings(self, room_id: UUID) -> None:
        """The list of recordings has changed."""
        await self._sockets.emit("recordings", {}, room=channel(room_id), namespace=NAMESPACE)

    # -- time

    async def _renew(self) -> None:
        sockets = [
            sid for sid, seated in self.seated.items() if seated.joined and not seated.doubted
        ]
        for room_id in await presence.renew(self.process, sockets):
            await self.tell_room(room_id)
        for socket in await presence.spoken_for(self.process):
            if socket not in self.seated:  # its end could not be written down when it came
                await self.lose(socket)

    async def lose(self, socket: str) -> None:
        """A browser's connection is gone: its seat is kept, and everybody sees that."""
        room_id = await presence.lose(socket)
        if room_id is not None:
            await self.tell_room(room_id)

    async def _sweep(self) -> None:
        changed, freed = await presence.sweep()
        for seat in freed:
            await self.let_out(seat.room, seat.seat, seat.session)
        for room_id in changed:
            await self.changed(room_id)
        await self._release_ended()
        unsettled = Recording.exclude(part_state=Stretch.NONE).exclude(
            status=RecordingStatus.ON, part_state=Stretch.RUNNING
        )
        for recording in await unsettled.limit(50):
            await self.taping.drive(recording.room_id)
        for recording in await Recording.filter(status__in=LIVE).limit(50):
            if await recordings.review(recording.room_id):
                await self.changed(recording.room_id)

    async def _release_ended(self) -> None:
        """Close on their nodes the rooms that were ended, perhaps by another process."""
        for room in await Room.filter(released_at=None).exclude(ended_at=None).limit(50):
            await self.taping.drive(room.id)
            node = self.nodes.at(room.node)
            if node is not None and placement.is_alive(self.nodes, room):
                with suppress(Problem):
                    await node.close_room(str(room.id))
            elif node is not None and not node.dead:
                continue
            await Room.filter(id=room.id, released_at=None).update(released_at=clock.now())

    # -- who sits here

    def _rooms(self) -> set[UUID]:
        return {seated.ticket.room for seated in self.seated.values() if seated.joined}

    def _at(self, room_id: UUID) -> list[Seated]:
        return [s for s in self.seated.values() if s.joined and s.ticket.room == room_id]

    def tab_of(self, seated: Seated) -> asyncio.Lock:
        """One of a tab's connections takes the seat at a time."""
        key = (seated.ticket.room, seated.session)
        return self._tabs.setdefault(key, asyncio.Lock())

    def older(self, seated: Seated) -> list[str]:
        """Connections of the same tab that it has left, though nothing said so yet."""
        same = self._same_tab(seated)
        return same[: same.index(seated.sid)] if seated.sid in same else []

    def newer(self, seated: Seated) -> bool:
        """Whether the tab has another connection since."""
        return self._same_tab(seated)[-1:] not in ([], [seated.sid])

    def _same_tab(self, seated: Seated) -> list[str]:
        key = (seated.session, seated.ticket.room)
        found = self.seated.values()  # in the order in which they connected
        return [other.sid for other in found if (other.session, other.ticket.room) == key]

    def _find(self, room: str, session: str) -> Seated | None:
        for seated in self.seated.values():
            if seated.session == session and str(seated.ticket.room) == room:
                return seated
        return None

    async def person(self, seated: Seated) -> Participant | None:
        """The seat's row, when this tab still holds it."""
        return await Participant.get_or_none(
            room_id=seated.ticket.room, seat=seated.ticket.seat, session=seated.session
        )


SWITCHBOARD: Final = web.AppKey("rtc_switchboard", Switchboard)


def channel(room_id: UUID) -> str:
    """The Socket.IO room of everybody in a room."""
    return f"room:{room_id}"


def session_channel(room_id: UUID, session: str) -> str:
    """The Socket.IO room of one tab."""
    return f"session:{room_id}:{session}"


async def running(app: web.Application) -> AsyncIterator[None]:
    """Run the switchboard with the application; `app[SWITCHBOARD]` and `app[PLAN]` are bound."""
    board = app[SWITCHBOARD]
    await board.start()
    yield
    await board.close()


async def ready(board: Switchboard) -> None:
    """For `/readyz`: raises when no media node can be reached."""
    if not any(node.connected for node in board.nodes.all()):
        raise Unavailable("media_unavailable", "no media node is connected")


async def _every(seconds: float, work: Callable[[], Any]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception:
            log.exception("rtc_chore_failed")
