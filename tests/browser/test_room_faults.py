"""Processes die in the middle of a consultation; the people in it hardly notice."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Rooms, started
from tests.plumbing.servers import free_port, own_redis

pytestmark = pytest.mark.browser


async def test_the_room_goes_on_when_the_app_process_is_killed(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    await rooms.start_node()
    app = await rooms.start_app()
    zhou = await Person(await profile(), "zhou").join(app, room_id)
    chen = await Person(await profile(), "chen").join(app, room_id)
    await chen.sees(zhou)
    await zhou.sees(chen)
    connection = await chen.connection()
    await app.kill()
    await chen.sees(zhou, frames=40)
    await zhou.sees(chen, frames=40)
    await expect(chen.page.locator("[data-room-word]")).to_contain_text("正在重新连接")
    await app.start()
    await expect(chen.page.locator("[data-room-word]")).to_be_empty(timeout=20_000)
    await zhou.by("toggle-mic").click()
    await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "off", timeout=20_000)
    await chen.sees(zhou)
    assert await chen.connection() == connection, "media was set up anew, but nothing was wrong"
    await expect(chen.page.locator("[data-room-count]")).to_have_text("2 人在场")


async def test_a_room_moves_when_its_node_dies(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    nodes = [await rooms.start_node(), await rooms.start_node()]
    app = await rooms.start_app()
    people = [await Person(await profile(), who).join(app, room_id) for who in ("zhou", "chen")]
    await people[0].sees(people[1])
    await people[1].sees(people[0])
    busy, free = await rooms.busy_and_free(nodes, 2)
    await busy.kill()
    await rooms.until_seats(free, 2)
    await people[0].sees(people[1])
    await people[1].sees(people[0])


async def test_a_restarted_node_gets_its_room_back(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    node = await rooms.start_node()
    app = await rooms.start_app()
    people = [await Person(await profile(), who).join(app, room_id) for who in ("zhou", "chen")]
    await people[0].sees(people[1])
    await node.kill()
    await node.start()
    await rooms.until_seats(node, 2)
    await people[0].sees(people[1])
    await people[1].sees(people[0])


@pytest.mark.postgres
async def test_two_app_processes_and_two_nodes_make_one_room(
    joined_rooms: Rooms, profile: Profile, room_id: str
) -> None:
    rooms = joined_rooms
    nodes = [await rooms.start_node(), await rooms.start_node()]
    apps = [await rooms.start_app(), await rooms.start_app()]
    zhou = await Person(await profile(), "zhou").join(apps[0], room_id)
    chen = await Person(await profile(), "chen").join(apps[1], room_id)
    li = await Person(await profile(), "li").join(apps[1], room_id)
    people = [zhou, chen, li]
    for person in people:
        for other in people:
            if other is not person:
                await person.sees(other)
        await expect(person.page.locator("[data-room-count]")).to_have_text("3 人在场")
    busy, free = await rooms.busy_and_free(nodes, 3)
    await zhou.by("toggle-mic").click()
    await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "off")
    # a killed process's people are missed by the other's, and come back
    await apps[0].kill()
    await expect(chen.tile_of(zhou)).to_have_attribute("data-state", "reconnecting", timeout=30_000)
    await chen.sees(zhou)
    await apps[0].start()
    await expect(chen.tile_of(zhou)).to_have_attribute("data-state", "here", timeout=20_000)
    # and the node that held the room is killed as well
    await busy.kill()
    await rooms.until_seats(free, 3)
    for person in people:
        for other in people:
            if other is not person:
                await person.sees(other)


@pytest.mark.postgres
async def test_a_room_outlives_its_redis(
    database_url: str, tmp_path: Path, profile: Profile, room_id: str
) -> None:
    """What one app process could not tell the other is fetched by number soon afterwards."""
    port = free_port()
    async with AsyncExitStack() as stack:
        with own_redis(port) as url:
            rooms = await stack.enter_async_context(started(Rooms(tmp_path, database_url, url)))
            await rooms.start_node()
            apps = [await rooms.start_app(), await rooms.start_app()]
            zhou = await Person(await profile(), "zhou").join(apps[0], room_id)
            chen = await Person(await profile(), "chen").join(apps[1], room_id)
            await chen.sees(zhou)
            connection = await chen.connection()
        await zhou.by("toggle-mic").click()  # Redis is gone: nothing tells the other process
        await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "off")
        with own_redis(port):
            await zhou.by("toggle-mic").click()
            await expect(chen.tile_of(zhou)).to_have_attribute("data-audio", "on")
            await chen.sees(zhou)
            await zhou.sees(chen)
            assert await chen.connection() == connection
            await expect(chen.page.locator("[data-room-count]")).to_have_text("2 人在场")
            await stack.aclose()
