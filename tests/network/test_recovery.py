"""A running call breaks in every way a village knows, and mends itself without a click."""

from typing import Final

import pytest
from playwright.async_api import expect

from tests.network.recovery import FAULTS, Call, measure
from tests.plumbing.hosts import Village
from tests.plumbing.rooms import Rooms

pytestmark = pytest.mark.browser

BUSY: Final = 3  # a machine that runs four of these at once; the benchmark holds the bounds


async def test_a_call_comes_back_by_itself(village: Village, village_rooms: Rooms) -> None:
    """One call through all faults; the other one stays in the room and sees what is going on."""
    call = await Call.prepare(village, village_rooms)
    await call.begin()
    struck, other = call.people
    taken: dict[str, float] = {}
    for fault in FAULTS:
        await other.shown()
        taken[fault.name] = await measure(call, fault)
        assert taken[fault.name] < BUSY * fault.bound_s, taken
        for person in call.people:
            await expect(person.page.locator("[data-room-word]")).to_be_empty()
            await expect(person.by("participant-list")).not_to_contain_text("正在重新连接")
        shown = await other.shown()
        assert "left" not in shown, f"{fault.name}: {shown}"
        assert "1 人在场" not in shown, f"{fault.name}: {shown}"
        assert not fault.missed or "reconnecting" in shown, f"{fault.name}: {shown}"
    print(taken)  # noqa: T201  (the figures of this run, with pytest -s)
    await struck.by("toggle-mic").click()
    await expect(other.tile_of(struck)).to_have_attribute("data-audio", "off")
