"""Peer connections of the room's page, closed while something waits for them."""

import pytest

from tests.browser.people import Person
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

TWO_RESTARTS = """
async () => {
  const page = document.querySelector("script[src*='consult/room.js']").src;
  const { Publisher } = await import(page.replace("room.js", "publishing.js"));
  let asked = 0;
  const publisher = new Publisher({ call: () => { asked += 1; return new Promise(() => {}); } });
  await publisher.send("camera", document.createElement("canvas").captureStream().getTracks()[0]);
  const until = async (count) => {
    for (let i = 0; i < 300 && asked < count; i++) await new Promise((go) => setTimeout(go, 50));
    return asked;
  };
  publisher.restart();
  const first = await until(1);
  publisher.restart();
  return [first, await until(2)];
}
"""


async def test_a_restart_does_not_wait_for_a_connection_that_was_closed(
    rooms: Rooms, profile: Profile, room_id: str
) -> None:
    """By the standard, what waits for a closed connection waits for ever."""
    app = await rooms.start_app()
    zhou = await Person(await profile(), "zhou").open(app, room_id)
    assert await zhou.page.evaluate(TWO_RESTARTS) == [1, 2]
