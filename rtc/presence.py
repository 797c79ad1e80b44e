"""Who is in a room: rows that all app processes share, so that each sees everybody.

A participant's row names the connection (`socket`) and the app process that speak for it. A
process renews its lease; when it dies, its participants become `reconnecting` and, unless they
come back within the grace, `left`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from core import clock, db, outbox
from core.errors import Conflict, Gone
from core.tickets import Right, RoomTicket
from rtc.events import ParticipantEntered, ParticipantLeft, RoomEmptied
from rtc.models import AppProcess, Participant, Presence, Room, RoomKind, Sitting

CHECK: Final = "check"
MOST_PEOPLE: Final = 8
LEASE: Final = timedelta(seconds=15)
GRACE: Final = timedelta(seconds=60)
REMOVED: Final = "removed"
SEEN_OUT: Final = timedelta(seconds=15)
FORGET_CHECKS: Final = timedelta(hours=1)
FORGET_PROCESSES: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seating:
    """A seat just taken. `replaced` is the session that held it before, in another tab."""

    room: Room
    participant: Participant
    replaced: str
    entered: bool


@dataclass(frozen=True, slots=True)
class Freed:
    """Somebody whose seat became free without a word."""

    room: UUID
    seat: UUID
    session: str


async def bump(room_id: UUID) -> None:
    """Number the next thing that everybody in the room is told."""
    await Room.filter(id=room_id).update(seq=F("seq") + 1)


async def open_room(ticket: RoomTicket) -> Room:
    """The ticket's room, opened with its first guest. Raises Gone `room_ended`."""
    room = await Room.get_or_none(id=ticket.room)
    if room is None:
        kind = RoomKind.CHECK if ticket.part == CHECK else RoomKind.CONSULT
        try:
            room = await Room.create(id=ticket.room, kind=kind, opened_at=clock.now())
        except IntegrityError:
            room = await Room.get(id=ticket.room)
    if room.ended_at is not None:
        raise Gone("room_ended", "这次会诊已经结束,会诊室已关闭。")
    return room


async def take_seat(ticket: RoomTicket, *, session: str, socket: str, process: str) -> Seating:
    """Sit down, or come back; the newest tab wins.

    Raises Gone `room_ended` or `seat_removed`, Conflict `seat_replaced` (this tab has lost the seat
    to a newer one) or Conflict `room_full`.
    """
    await open_room(ticket)
    if await Sitting.exists(room_id=ticket.room, seat=ticket.seat, ended_by=REMOVED):
        raise Gone("seat_removed", "您已经被请出这次视频。")
    async with db.atomic():
        room = await Room.filter(id=ticket.room).select_for_update().get()
        sitting = await Sitting.get_or_none(room_id=room.id, session=session)
        if sitting is not None and sitting.ended_by == "replaced":
            raise Conflict("seat_replaced", "您已在另一处打开这个会诊室,这里已停用。")
        before = await Participant.get_or_none(room_id=room.id, seat=ticket.seat)
        inside = before is not None and before.state != Presence.LEFT
        if not inside:
            await _require_space(room)
        replaced = before.session if before and inside and before.session != session else ""
        if replaced:
            await _end_sitting(room.id, replaced, "replaced")
        await _begin_sitting(room.id, ticket.seat, session, sitting)
        participant = await _write(before, room, ticket, session, socket, process, inside)
        await bump(room.id)
        if not inside and room.kind == RoomKind.CONSULT:
            await outbox.record(
                ParticipantEntered(room=str(room.id), seat=str(ticket.seat), part=ticket.part),
                subject=f"Room/{room.id}",
            )
    return Seating(room, participant, replaced, entered=not inside)


async def _require_space(room: Room) -> None:
    inside = Participant.filter(room_id=room.id).exclude(state=Presence.LEFT)
    if await inside.count() >= MOST_PEOPLE:
        raise Conflict("room_full", "会诊室已满,请联系发起会诊的医生。")


async def _write(
    before: Participant | None,
    room: Room,
    ticket: RoomTicket,
    session: str,
    socket: str,
    process: str,
    inside: bool,
) -> Participant:
    moment = clock.now()
    said: dict[str, Any] = {
        "name": ticket.name[:60],
        "organization": ticket.organization[:80],
        "tier": ticket.tier,
        "part": ticket.part,
        "rights": sorted(ticket.rights),
        "state": Presence.HERE,
        "session": session,
        "socket": socket,
        "process": process,
        "changed_at": moment,
        "left_at": None,
    }
    if before is None:
        return await Participant.create(
            room_id=room.id, seat=ticket.seat, entered_at=moment, **said
        )
    if not inside or before.session != session:
        said |= {"audio": False, "video": False, "screen": False}
    before.update_from_dict(said)
    await before.save(update_fields=list(said))
    return before


async def _begin_sitting(room_id: UUID, seat: UUID, session: str, before: Sitting | None) -> None:
    if before is None:
        await Sitting.create(room_id=room_id, seat=seat, session=session, began_at=clock.now())
    elif before.ended_at is not None:
        await Sitting.filter(id=before.id).update(ended_at=None, ended_by="")


async def _end_sitting(room_id: UUID, session: str, why: str) -> None:
    open_ones = Sitting.filter(room_id=room_id, session=session, ended_at=None)
    await open_ones.update(ended_at=clock.now(), ended_by=why)


async def lose(socket: str) -> UUID | None:
    """The connection is gone: keep the seat. Returns the room when something changed."""
    mine = await Participant.get_or_none(socket=socket, state=Presence.HERE)
    if mine is None:
        return None
    lost = await Participant.filter(id=mine.id, socket=socket, state=Presence.HERE).update(
        state=Presence.RECONNECTING, changed_at=clock.now()
    )
    if not lost:
        return None
    await bump(mine.room_id)
    return mine.room_id


async def regain(socket: str) -> UUID | None:
    """The connection was only doubted: it speaks. Returns the room when something changed."""
    mine = await Participant.get_or_none(socket=socket, state=Presence.RECONNECTING)
    if mine is None:
        return None
    kept = Participant.filter(id=mine.id, socket=socket, state=Presence.RECONNECTING)
    if not await kept.update(state=Presence.HERE, changed_at=clock.now()):
        return None
    await bump(mine.room_id)
    return mine.room_id


async def give_up(
    room_id: UUID, seat: UUID, session: str, *, why: str, came_back_counts: bool = False
) -> bool:
    """Free a seat for good; False when this session no longer held it.

    With `came_back_counts` somebody who is here again in the meantime keeps the seat.
    """
    async with db.atomic():
        room = await Room.filter(id=room_id).select_for_update().get()
        held = Participant.filter(room_id=room_id, seat=seat, session=session)
        if came_back_counts:
            held = held.filter(state=Presence.RECONNECTING)
        moment = clock.now()
        freed = await held.exclude(state=Presence.LEFT).update(
            state=Presence.LEFT,
            audio=False,
            video=False,
            screen=False,
            changed_at=moment,
            left_at=moment,
        )
        if not freed:
            return False
        await _end_sitting(room_id, session, why)
        await bump(room_id)
        if room.kind == RoomKind.CONSULT:
            await _tell_of_leaving(room_id, seat)
    return True


async def _tell_of_leaving(room_id: UUID, seat: UUID) -> None:
    subject = f"Room/{room_id}"
    await outbox.record(ParticipantLeft(room=str(room_id), seat=str(seat)), subject=subject)
    if not await Participant.filter(room_id=room_id).exclude(state=Presence.LEFT).exists():
        await outbox.record(RoomEmptied(room=str(room_id)), subject=subject)


async def say(room_id: UUID, seat: UUID, session: str, **flags: bool) -> None:
    """Note what somebody sends just now (`audio`, `video`, `screen`)."""
    mine = Participant.filter(room_id=room_id, seat=seat, session=session)
    if await mine.update(**flags):
        await bump(room_id)


async def renew(process: str, sockets: Collection[str]) -> list[UUID]:
    """Renew the process's lease; return rooms where it got back participants given up by others."""
    moment = clock.now()
    if not await AppProcess.filter(id=process).update(seen_at=moment):
        await AppProcess.get_or_create(id=process, defaults={"seen_at": moment})
    mine = Participant.filter(process=process, state=Presence.RECONNECTING)
    doubted = await mine.filter(socket__in=list(sockets)) if sockets else []
    for person in doubted:
        kept = Participant.filter(id=person.id, socket=person.socket, state=Presence.RECONNECTING)
        if await kept.update(state=Presence.HERE, changed_at=moment):
            await bump(person.room_id)
    return [person.room_id for person in doubted]


async def spoken_for(process: str) -> list[str]:
    """The connections of this process that rows call present."""
    mine = Participant.filter(process=process, state=Presence.HERE)
    return [str(socket) for socket in await mine.values_list("socket", flat=True)]


async def resign(process: str) -> None:
    """The process stops: its lease ends at once."""
    await AppProcess.filter(id=process).delete()


async def sweep() -> tuple[set[UUID], list[Freed]]:
    """Notice dead processes and people who did not come back.

    Returns the rooms in which something changed and the seats that became free. Any number of
    processes may sweep; each change is found by one of them.
    """
    moment = clock.now()
    alive = await AppProcess.filter(seen_at__gt=moment - LEASE).values_list("id", flat=True)
    changed: set[UUID] = set()
    for person in await Participant.filter(state=Presence.HERE).exclude(process__in=alive):
        orphan = Participant.filter(
            id=person.id, state=Presence.HERE, socket=person.socket, process=person.process
        )
        if await orphan.update(state=Presence.RECONNECTING, changed_at=moment):
            changed.add(person.room_id)
            await bump(person.room_id)
    freed = []
    late = Participant.filter(state=Presence.RECONNECTING, changed_at__lt=moment - GRACE)
    for person in await late:
        if await give_up(
            person.room_id, person.seat, person.session, why="lost", came_back_counts=True
        ):
            changed.add(person.room_id)
            freed.append(Freed(person.room_id, person.seat, person.session))
    removed = Sitting.filter(ended_by=REMOVED, ended_at__gt=moment - SEEN_OUT)
    for sitting in await removed:  # every process tells its nodes; the second time it is nothing
        changed.add(sitting.room_id)
        freed.append(Freed(sitting.room_id, sitting.seat, sitting.session))
    return changed, freed


async def forget_old() -> None:
    """Drop rooms of finished line checks and leases of processes long gone."""
    moment = clock.now()
    old = Room.filter(kind=RoomKind.CHECK, opened_at__lt=moment - FORGET_CHECKS)
    for room in await old.limit(100):
        await Participant.filter(room_id=room.id).delete()
        await Sitting.filter(room_id=room.id).delete()
        await room.delete()
    await AppProcess.filter(seen_at__lt=moment - FORGET_PROCESSES).delete()


def media_rights(ticket: RoomTicket) -> frozenset[str]:
    """What the node shall allow: a ticket that may only watch cannot send."""
    return frozenset(
        str(right) for right in ticket.rights if right in (Right.PUBLISH, Right.SUBSCRIBE)
    )
