"""The fault switch of the demo: `python -m app fault` breaks a live room, which mends itself."""

import asyncio
import time

import aiohttp
import pytest

from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Process, Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


async def test_a_room_outlives_each_fault_on_demand(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    nodes = [await rooms.start_node(), await rooms.start_node()]
    app = await rooms.start_app()
    zhou, chen = [await Person(await profile(), who).join(app, room_id) for who in ("zhou", "chen")]
    await chen.sees(zhou)
    _, free = await rooms.busy_and_free(nodes, 2)
    status, said = await app.also("app", "fault", "layer", "--layer", "f", "--seconds", "4")
    assert (status, '"streams": 2' in said) == (0, True), said
    await chen.sees(zhou)
    standstill = asyncio.create_task(slow_answer(app, over_s=0.5))
    status, said = await app.also("app", "fault", "signalling", "--seconds", "3")
    assert status == 0, said
    await asyncio.wait_for(standstill, 10)
    await chen.sees(zhou)
    status, said = await app.also("app", "fault", "node")
    assert status == 0, said
    await rooms.until_seats(free, 2)
    await asyncio.gather(chen.sees(zhou), zhou.sees(chen))


async def test_strangers_break_nothing(rooms: Rooms) -> None:
    app = await rooms.start_app()
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{app.url}/demo/faults", json={"what": "node"}) as answer,
    ):
        assert answer.status == 403


async def slow_answer(app: Process, *, over_s: float) -> None:
    """Asks small questions one after the other until one has waited longer than this."""
    waited = 0.0
    async with aiohttp.ClientSession() as http:
        while waited <= over_s:
            await asyncio.sleep(0.05)
            began = time.monotonic()
            async with http.get(f"{app.url}/healthz") as answer:
                assert answer.status == 200
            waited = time.monotonic() - began
