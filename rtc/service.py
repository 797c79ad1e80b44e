"""What others may ask of rooms: end one, and measure the line before entering one."""

from uuid import UUID, uuid4

import socketio

from core import clock, db, tickets
from core.tickets import Right
from rtc import presence, recordings
from rtc.models import Participant, Presence, Room
from rtc.schemas import CheckTickets
from rtc.switchboard import NAMESPACE, channel, session_channel


async def end_room(room_id: UUID, *, sockets: socketio.AsyncServer) -> None:
    """Close a room for everybody, from any process; its node is told by the next sweep.

    Ending a room twice, or one that nobody ever entered, is no error: nobody enters afterwards.
    """
    async with db.atomic():
        await Room.get_or_create(id=room_id, defaults={"opened_at": clock.now()})
        ended = await Room.filter(id=room_id, ended_at=None).update(ended_at=clock.now())
        if not ended:
            return
        await recordings.end_all(room_id)
        people = await Participant.filter(room_id=room_id).exclude(state=Presence.LEFT)
    for person in people:
        await presence.give_up(room_id, person.seat, person.session, why="end")
    await sockets.emit("ended", {}, room=channel(room_id), namespace=NAMESPACE)


async def remove_seat(room_id: UUID, seat: UUID, *, sockets: socketio.AsyncServer) -> None:
    """Put somebody out for good, from any process; tickets they still hold open nothing more.

    Safe to repeat, also for somebody who never came. Their node is told by the next sweep.
    """
    people = Participant.filter(room_id=room_id, seat=seat).exclude(state=Presence.LEFT)
    for person in await people:
        await presence.give_up(room_id, seat, person.session, why=presence.REMOVED)
        tab = session_channel(room_id, person.session)
        await sockets.emit("removed", {}, room=tab, namespace=NAMESPACE)


def check_tickets() -> CheckTickets:
    """Seats of a fresh room, so that a browser can send to itself through a node.

    Two receivers: more comes down than goes up, as in a consultation, and as lines are built.
    """
    room = uuid4()

    def seat(right: Right) -> str:
        return tickets.issue(
            room=room,
            seat=uuid4(),
            name="网络检测",
            organization="",
            tier="",
            part=presence.CHECK,
            rights=frozenset({right}),
        )

    receivers = [seat(Right.SUBSCRIBE) for _ in range(2)]
    return CheckTickets(sender=seat(Right.PUBLISH), receivers=receivers)
