"""The Socket.IO namespace `/rtc`: browsers in rooms.

Whatever arrives is answered: `{"ok": true, ...}` or `{"ok": false, "problem": {code, detail}}`.
Nothing raises into the client library, and nothing a browser says names a person: who speaks is
in the signed ticket of the connection.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

import socketio
import structlog
from prometheus_client import Counter, Gauge
from socketio.exceptions import ConnectionRefusedError as Refusal

from core import context, observability, tickets
from core.errors import Conflict, Forbidden, Invalid, Problem, TooMany, Unavailable
from core.http import parse
from core.tickets import Right
from rtc import presence, queries, recordings, schemas
from rtc.models import Participant, Presence, Room
from rtc.quality.listening import Listener
from rtc.quality.schemas import Quality
from rtc.switchboard import NAMESPACE, Seated, Switchboard, channel, session_channel

log = structlog.get_logger(__name__)

BURST: Final = 40.0
PER_SECOND: Final = 10.0
SOCKETS_PER_SEAT: Final = 4  # a tab, its tries after a drop-out, and a tab elsewhere

MESSAGES: Final = Counter(
    "doorstep_rtc_messages_total", "Room messages of browsers by outcome", ["message", "outcome"]
)
SOCKETS: Final = Gauge("doorstep_rtc_sockets", "Browsers connected to this process's rooms")

Handler = Callable[[Seated, Any], Awaitable[dict[str, Any]]]


class Bucket:
    """How fast one browser may talk."""

    def __init__(self) -> None:
        self._left, self._at = BURST, time.monotonic()

    def take(self) -> None:
        """Raises TooMany `too_fast`."""
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * PER_SECOND)
        self._at = now
        if self._left < 1:
            raise TooMany("too_fast", "操作太快了,请稍等一下。", retry_after_s=1)
        self._left -= 1


class RoomNamespace(socketio.AsyncNamespace):  # type: ignore[misc]
    """Reads, checks and answers; `rtc.presence`, `rtc.recordings` and the switchboard act."""

    def __init__(self, board: Switchboard) -> None:
        super().__init__(NAMESPACE)
        self._board = board
        self._listener = Listener()
        self._buckets: dict[str, Bucket] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._crowded: set[UUID] = set()  # seats that had too many sockets, told once
        self._origins: dict[str, str] = {}
        self._handlers: dict[str, Handler] = {
            "join": self._join,
            "relays": self._relays,
            "arrived": self._arrived,
            "enter": self._enter,
            "publish": self._publish,
            "answer": self._answer,
            "state": self._state,
            "recording": self._recording,
            "quality": self._quality,
            "resync": self._resync,
            "leave": self._leave,
        }

    async def trigger_event(self, event: str, *args: Any) -> Any:
        """Every message of every browser passes here.

        A browser may name its message `connect` or `disconnect` too: those are told from the
        library's own by what only the library knows.
        """
        sid = args[0]
        context.enter(context.Origin(context.new_request_id(), self._origins.get(sid, "")))
        if not self.server.manager.is_connected(sid, NAMESPACE):
            if event == "disconnect":
                return await self._disconnect(sid)
            if event == "connect" and sid not in self._board.seated:
                return self._connect(sid, args[1], args[2] if len(args) > 2 else None)
        return await self._answered(sid, event, args[1:])

    # -- connections

    def _connect(self, sid: str, environ: dict[str, Any], auth: Any) -> None:
        try:
            hello = parse(schemas.Hello, auth if isinstance(auth, dict) else {})
            ticket = tickets.check(hello.ticket)
        except Problem as problem:
            MESSAGES.labels("connect", "refused").inc()
            raise Refusal(problem.code, _wire(problem)) from None
        request = environ.get("aiohttp.request")
        self._origins[sid] = observability.client_address(request) if request else ""
        self._buckets[sid] = Bucket()
        self._board.seated[sid] = Seated(sid, ticket, hello.session)
        SOCKETS.inc()
        self._thin_out(ticket.room, ticket.seat)

    def _thin_out(self, room: UUID, seat: UUID) -> None:
        """Close the oldest sockets of a seat that has too many: a ticket opens one seat, once.

        The oldest, not the newest: after a drop-out the old ones are dead and do not know it yet.
        """
        here = self._board.seated.values()
        theirs = [s.sid for s in here if (s.ticket.room, s.ticket.seat) == (room, seat)]
        for sid in theirs[:-SOCKETS_PER_SEAT]:
            if sid not in self._closing:
                MESSAGES.labels("connect", "crowded_out").inc()
                self._closing[sid] = asyncio.create_task(self._close(sid))
            if seat not in self._crowded:
                self._crowded.add(seat)
                log.warning("too_many_sockets", room=str(room), seat=str(seat))

    async def _close(self, sid: str) -> None:
        """Also one that is still connecting, which cannot be closed before it is there."""
        while sid in self._board.seated:
            if self.server.manager.is_connected(sid, NAMESPACE):
                await self.disconnect(sid)
            await asyncio.sleep(0.05)

    async def _disconnect(self, sid: str) -> None:
        seated = self._board.seated.pop(sid, None)
        self._buckets.pop(sid, None)
        self._origins.pop(sid, None)
        self._closing.pop(sid, None)
        if seated is None:
            return
        SOCKETS.dec()
        if all(other.ticket.seat != seated.ticket.seat for other in self._board.seated.values()):
            self._crowded.discard(seated.ticket.seat)
        try:
            await self._board.lose(sid)
            await self._listener.gone(sid)
        except Exception:
            log.exception("disconnect_not_noted")  # the next heartbeat notes it

    # -- messages

    async def _answered(self, sid: str, event: Any, payload: tuple[Any, ...]) -> dict[str, Any]:
        known = event if isinstance(event, str) and event in self._handlers else "unknown"
        try:
            answer = await self._handled(sid, known, payload)
        except Problem as problem:
            MESSAGES.labels(known, "refused").inc()
            return {"ok": False, "problem": _wire(problem)}
        except Exception:
            log.exception("room_message_failed", message=known)
            MESSAGES.labels(known, "failed").inc()
            broken = Unavailable("internal", "系统出了点问题,已记下。请稍后再试。")
            return {"ok": False, "problem": _wire(broken)}
        MESSAGES.labels(known, "ok").inc()
        return {"ok": True, **answer}

    async def _handled(self, sid: str, event: str, payload: tuple[Any, ...]) -> dict[str, Any]:
        seated = self._board.seated.get(sid)
        if seated is None:
            raise Conflict("not_connected", "连接已断开,正在重新连接。")
        self._buckets[sid].take()
        if seated.doubted:
            await self._board.doubts.trust(seated)
        handler, schema = self._handlers.get(event), schemas.MESSAGES.get(event)
        if handler is None or schema is None:
            raise Invalid("unknown_message", "页面版本太旧,请刷新后再试。")
        if len(payload) != 1 or not isinstance(payload[0], dict):
            raise Invalid("invalid_input", "页面发来的内容不完整,请刷新后再试。")
        try:
            message = parse(schema, payload[0])
        except RecursionError:
            raise Invalid("invalid_input", "页面发来的内容不完整,请刷新后再试。") from None
        async with seated.lock:
            if event != "join" and not seated.joined:
                raise Conflict("not_joined", "还没有进入会诊室,请重新进入。")
            return await handler(seated, message)

    async def _join(self, seated: Seated, message: schemas.Join) -> dict[str, Any]:
        ticket, board = seated.ticket, self._board
        async with board.tab_of(seated):
            _require_connected(board, seated)  # else a late answer takes the seat from the new one
            seating = await presence.take_seat(
                ticket, session=seated.session, socket=seated.sid, process=board.process
            )
        if seating.replaced:
            await board.tell_session(ticket.room, seating.replaced, "replaced")
        for sid in board.older(seated):  # what the node says must not go to a dead connection
            await self.disconnect(sid)
        _require_connected(board, seated)
        seated.joined = True
        await self.enter_room(seated.sid, channel(ticket.room))
        await self.enter_room(seated.sid, session_channel(ticket.room, seated.session))
        await board.changed(ticket.room)
        room = schemas.document(await queries.snapshot(ticket.room))
        return {
            "room": str(ticket.room),
            "seat": str(ticket.seat),
            "part": ticket.part,
            "rights": sorted(ticket.rights),
            **board.plan.relays.offer(ticket.seat),
            **room,
        }

    async def _relays(self, seated: Seated, message: schemas.AskRelays) -> dict[str, Any]:
        return self._board.plan.relays.offer(seated.ticket.seat)

    async def _arrived(self, seated: Seated, message: schemas.AskArrived) -> dict[str, Any]:
        if seated.ticket.part != presence.CHECK:
            raise Forbidden("not_allowed", "只有检查网络时才能这样问。")
        node, room = await self._board.node_of(seated.ticket.room)
        told = (await node.stats(str(room.id))).rooms
        seats = [seat for one in told for seat in one["seats"]]
        mine = [seat for seat in seats if seat["seat"] == str(seated.ticket.seat)]
        return {"bytes": sum(track["octets"] for seat in mine for track in seat["tracks"])}

    async def _enter(self, seated: Seated, message: schemas.Enter) -> dict[str, Any]:
        await self._own(seated)
        room_id = seated.ticket.room
        if not await self._board.taping.is_quiet(room_id):
            await self._board.taping.drive(room_id)
            if not await self._board.taping.is_quiet(room_id):
                raise Unavailable("recording_pausing", "正在暂停录制,请稍等几秒。")
        seated.video = message.video
        entered, placed = await self._board.let_in(seated, restart=message.restart)
        await self._board.taping.drive(room_id)
        return {"resumed": entered.resumed, "sending": entered.sending, "placement": placed}

    async def _publish(self, seated: Seated, message: schemas.Publish) -> dict[str, Any]:
        if Right.PUBLISH not in seated.ticket.rights:
            raise Forbidden("not_allowed", "您在这个会诊室只能观看,不能发送画面和声音。")
        await self._own(seated)
        node, _ = await self._board.node_of(seated.ticket.room)
        published = await node.publish(
            **seated.address, sdp=message.sdp, sources=dict(message.sources)
        )
        return {"sdp": published.sdp, "codec": published.codec}

    async def _answer(self, seated: Seated, message: schemas.Answer) -> dict[str, Any]:
        node, _ = await self._board.node_of(seated.ticket.room)
        await node.answer(**seated.address, revision=message.revision, sdp=message.sdp)
        return {}

    async def _state(self, seated: Seated, message: schemas.State) -> dict[str, Any]:
        sends = Right.PUBLISH in seated.ticket.rights
        room_id = seated.ticket.room
        await presence.say(
            room_id,
            seated.ticket.seat,
            seated.session,
            audio=message.audio and sends,
            video=message.video and sends,
            screen=message.screen and sends,
        )
        await self._board.tell_room(room_id)
        return {}

    async def _recording(self, seated: Seated, message: schemas.RecordingAct) -> dict[str, Any]:
        person = await self._own(seated)
        match message.action:
            case "ask":
                await recordings.ask(person)
            case "agree":
                await recordings.vote(person, agreed=True)
            case "refuse":
                await recordings.vote(person, agreed=False)
            case "stop":
                await recordings.stop(person)
        await self._board.changed(seated.ticket.room)
        return {}

    async def _quality(self, seated: Seated, message: Quality) -> dict[str, Any]:
        ticket = seated.ticket
        if ticket.part == presence.CHECK:
            return {}
        answer = await self._listener.hear(seated.sid, ticket.room, ticket.seat, message)
        return schemas.document(answer) if answer else {}

    async def _resync(self, seated: Seated, message: schemas.Resync) -> dict[str, Any]:
        room = await Room.get(id=seated.ticket.room)
        if room.seq == message.since:
            return {"seq": room.seq}
        return schemas.document(await queries.snapshot(room.id))

    async def _leave(self, seated: Seated, message: schemas.Leave) -> dict[str, Any]:
        ticket, board = seated.ticket, self._board
        seated.joined = False
        await self._listener.gone(seated.sid, farewell=True)
        await self.leave_room(seated.sid, channel(ticket.room))
        await self.leave_room(seated.sid, session_channel(ticket.room, seated.session))
        if await presence.give_up(ticket.room, ticket.seat, seated.session, why="left"):
            await board.let_out(ticket.room, ticket.seat, seated.session)
            await board.changed(ticket.room)
        return {}

    async def _own(self, seated: Seated) -> Participant:
        """The seat's row. Raises Conflict when another tab, or nobody, holds the seat now."""
        person = await self._board.person(seated)
        if person is None:
            raise Conflict("seat_replaced", "您已在另一处打开这个会诊室,这里已停用。")
        if person.state == Presence.LEFT:
            raise Conflict("not_joined", "您已离开会诊室,请重新进入。")
        return person


def _require_connected(board: Switchboard, seated: Seated) -> None:
    """Raises Conflict when the tab has gone on to another connection, or has gone."""
    if seated.sid not in board.seated or board.newer(seated):
        raise Conflict("not_connected", "连接已断开,正在重新连接。")


def _wire(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "detail": problem.detail, "status": problem.status}
