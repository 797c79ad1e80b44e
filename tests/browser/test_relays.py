"""Relay credentials live for minutes; a page that stays for hours has fresh ones at hand."""

import asyncio
import time

import pytest
from playwright.async_api import WebSocket, expect

from tests.browser.paths import watch
from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

USERNAMES = "() => window.peers.map(p => p.getConfiguration().iceServers[0]?.username ?? '')"


async def test_a_connection_made_late_has_credentials_that_still_hold(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    node = await rooms.start_node()
    app = await rooms.start_app(
        TURN_URLS="turn:127.0.0.1:9?transport=tcp",
        TURN_SECRET="a secret of forty letters, or nearly so",
        TURN_CREDENTIAL_MINUTES="0.2",
    )
    context = await watch(await profile())
    zhou = await Person(context, "zhou").open(app, room_id)
    asked = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: asked.append('"relays"' in str(frame)))

    zhou.page.on("websocket", listen)
    await zhou.by("join").click()
    await expect(zhou.by("participant-list")).to_contain_text("(我)", timeout=30_000)
    until = time.monotonic() + 60  # it asks after six tenths of their life
    while not any(asked):
        assert time.monotonic() < until, "the page did not ask for new credentials"
        await asyncio.sleep(0.2)
    before = len(await zhou.page.evaluate(USERNAMES))
    await node.kill()
    await node.start()
    await rooms.until_seats(node, 1)
    await zhou.page.wait_for_function(
        f"before => window.peers.length > before && ({USERNAMES})().at(-1)", arg=before
    )
    names = await zhou.page.evaluate(USERNAMES)
    first, last = (int(name.partition(":")[0]) for name in (names[0], names[-1]))
    assert last > first + 5, names
