"""An app process that stops: the seats of its browsers are kept, and said to be."""

import asyncio
from uuid import UUID

import pytest
from tortoise.exceptions import OperationalError

from rtc import presence
from rtc.models import Participant, Presence
from tests.plumbing.house import House
from tests.plumbing.rooms import Rooms, lines
from tests.rtc.tabs import Tab, ticket


@pytest.mark.usefixtures("database")
async def test_seats_are_reconnecting_when_their_process_stops(rooms: Rooms, room_id: str) -> None:
    app = await rooms.start_app()
    tabs = [await Tab().connect(app.url, ticket(UUID(room_id), seat)) for seat in range(1, 5)]
    for tab in tabs:
        await tab.ask("join")
    await app.stop()
    states = await Participant.all().values_list("state", flat=True)
    assert states == [Presence.RECONNECTING] * 4
    assert [line for line in lines(app.log) if line.get("level") == "error"] == []
    assert "Traceback" not in app.log.read_text()


async def test_a_disconnect_that_could_not_be_written_down_is_noted_later(
    house: House, monkeypatch: pytest.MonkeyPatch, room_id: str
) -> None:
    tabs = [await Tab().connect(house.address, ticket(UUID(room_id), seat)) for seat in (1, 2)]
    for tab in tabs:
        await tab.ask("join")
    written = presence.lose
    tried = asyncio.Event()

    async def locked(socket: str) -> UUID | None:
        monkeypatch.setattr(presence, "lose", written)
        tried.set()
        raise OperationalError("database is locked")

    monkeypatch.setattr(presence, "lose", locked)
    await tabs[0].vanish()
    await asyncio.wait_for(tried.wait(), 30)
    await tabs[1].until(lambda tab: tab.states() == {"1": "reconnecting", "2": "here"}, 30)
    await tabs[1].vanish()
