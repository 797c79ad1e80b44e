"""A room's connection ends with the web session it came from."""

import asyncio
from uuid import uuid4

from app.sockets import RoomDoors
from core import clock
from core.live import SOCKETS
from people import sessions
from people.models import Session
from rtc.switchboard import SWITCHBOARD
from tests.rtc.tabs import Tab, ticket


async def seated(house, seat, room, token=""):
    tab, gone = Tab(), asyncio.Event()
    tab.socket.on("disconnect", lambda *_: gone.set(), namespace="/rtc")
    await tab.socket.connect(
        house.address,
        headers={"Cookie": f"{sessions.COOKIE}={token}"} if token else {},
        transports=["websocket"],
        namespaces=["/rtc"],
        auth={"ticket": ticket(room, seat), "session": tab.session},
    )
    assert (await tab.ask("join"))["ok"]
    return tab, gone


async def test_a_rooms_socket_closes_with_its_session(house):
    doors = RoomDoors(house.app[SOCKETS], house.app[SWITCHBOARD])
    room = uuid4()
    visitor, other = await house.signed_in("county1"), await house.signed_in("county2")
    leaving, gone = await seated(house, 1, room, visitor.token)
    staying, _ = await seated(house, 2, room, other.token)
    by_ticket, _ = await seated(house, 3, room)
    try:
        assert await doors.close_ended() == 0
        await Session.filter(account__username="county1").update(ended_at=clock.now())
        await doors.close_ended()
        await asyncio.wait_for(gone.wait(), 10)
        assert await doors.close_ended() == 0
        for tab in (staying, by_ticket):
            assert (await tab.ask("resync", {"since": 0}))["ok"]
    finally:
        for tab in (leaving, staying, by_ticket):
            await tab.socket.disconnect()
