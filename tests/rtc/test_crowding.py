"""A hundred sockets on one ticket: a few stay, all on one seat of one room, others unharmed."""

import asyncio
from uuid import UUID, uuid4

from prometheus_client import REGISTRY

from rtc.models import Participant, Room
from rtc.sockets import SOCKETS_PER_SEAT
from rtc.switchboard import SWITCHBOARD
from tests.plumbing.house import House
from tests.rtc.tabs import Tab, ticket

TRIES = 100


def crowded_out() -> float:
    labels = {"message": "connect", "outcome": "crowded_out"}
    return REGISTRY.get_sample_value("doorstep_rtc_messages_total", labels) or 0.0


async def test_a_hundred_sockets_on_one_ticket(house: House) -> None:
    room = uuid4()
    innocent = await Tab().connect(house.address, ticket(room, 2))
    await innocent.ask("join")
    before, text = crowded_out(), ticket(room, 1)
    tabs: list[Tab] = []
    try:
        for _ in range(TRIES // 10):
            tabs += await asyncio.gather(*(Tab().connect(house.address, text) for _ in range(10)))
        async with asyncio.timeout(20):
            while sum(tab.socket.connected for tab in tabs) > SOCKETS_PER_SEAT:
                await asyncio.sleep(0.02)
        board = house.app[SWITCHBOARD]
        seats = [s.ticket.seat for s in board.seated.values() if s.ticket.room == room]
        assert seats.count(UUID(int=1)) == SOCKETS_PER_SEAT
        assert crowded_out() - before == TRIES - SOCKETS_PER_SEAT
        newest = next(tab for tab in reversed(tabs) if tab.socket.connected)
        await newest.ask("join")  # the seat can still be used
        assert await Room.filter(id=room).count() == 1
        assert await Participant.filter(room_id=room).count() == 2
        assert innocent.socket.connected
        await innocent.until(lambda tab: tab.states() == {"1": "here", "2": "here"})
    finally:
        for tab in (*tabs, innocent):
            if tab.socket.connected:
                await tab.vanish()
