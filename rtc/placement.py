"""Which node a room lives on: one, agreed between all app processes by compare-and-swap."""

from uuid import UUID

from tortoise.expressions import F

from rtc.models import Room
from rtc.nodes import MediaNode, Nodes, unavailable


def is_alive(nodes: Nodes, room: Room) -> bool:
    """Whether the node that holds the room's media is here and has not been restarted."""
    node = nodes.at(room.node)
    return node is not None and node.connected and node.started_at == room.node_started_at


async def node_of(nodes: Nodes, room_id: UUID) -> tuple[MediaNode, Room, bool]:
    """The room's node, placing the room when it has none or its node is gone.

    The flag is True when this very call moved the room away from a lost node: whoever hears it
    tells the browsers. Raises Unavailable `media_unavailable`.
    """
    while True:
        room = await Room.get(id=room_id)
        node = nodes.at(room.node)
        if node is not None and is_alive(nodes, room):
            return node, room, False
        if node is not None and not node.connected and not node.dead:
            raise unavailable()  # a hiccup: the node may be back at once, with the room
        target = nodes.best()
        moved = await Room.filter(id=room_id, placement=room.placement).update(
            node=target.url,
            node_started_at=target.started_at,
            placement=room.placement + 1,
            seq=F("seq") + 1,
        )
        if moved:
            target.placed += 1
            return target, await Room.get(id=room_id), room.placement > 0
