"""Somebody in a consult room, as Playwright sees them."""

import asyncio
import time
from typing import Final

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.plumbing.rooms import Process
from tests.rtc.__main__ import PEOPLE

FRAMES: Final = """
participant => {
  const video = document.querySelector(
    `video[data-testid=remote-video][data-participant="${participant}"]`);
  return video ? video.getVideoPlaybackQuality().totalVideoFrames : 0;
}
"""


class Person:
    """One browser profile with the room open."""

    def __init__(self, context: BrowserContext, who: str) -> None:
        self.context, self.who = context, who
        self.seat = str(PEOPLE[who]["seat"])
        self.page: Page

    async def open(self, app: Process, room: str) -> "Person":
        """Open the room's page: the device check."""
        self.page = await self.context.new_page()
        await self.page.goto(f"{app.url}/test-rooms/{room}/{self.who}")
        return self

    async def join(self, app: Process, room: str) -> "Person":
        """Go through the door."""
        await self.open(app, room)
        await self.page.get_by_test_id("join").click()
        await expect(self.page.get_by_test_id("participant-list")).to_contain_text("(我)")
        return self

    def by(self, testid: str) -> Locator:
        """An element by its test id."""
        return self.page.get_by_test_id(testid)

    def tile_of(self, other: "Person") -> Locator:
        """The other's tile on my page."""
        video = f"video[data-testid=remote-video][data-participant='{other.seat}']"
        return self.page.locator(f".tile:has({video})")

    async def plays(self, testid: str) -> None:
        """Wait until frames of a picture rise."""
        await expect(self.by(testid)).to_have_js_property("paused", value=False)
        read = "video => video.getVideoPlaybackQuality().totalVideoFrames"
        until = time.monotonic() + 45
        while await self.by(testid).evaluate(read) < 3:
            assert time.monotonic() < until, f"{testid} stands still"
            await asyncio.sleep(0.1)

    async def connection(self) -> str:
        """Names the stream that the first remote picture shows; new after a new connection."""
        track: str = await self.by("remote-video").first.evaluate(
            "video => video.srcObject.getVideoTracks()[0].id"
        )
        return track

    async def frames(self, other: "Person") -> int:
        """How many frames of the other have been decoded."""
        found: int = await self.page.evaluate(FRAMES, other.seat)
        return found

    async def sees(self, other: "Person", *, within_s: float = 45.0, frames: int = 10) -> None:
        """Wait until decoded frames of the other rise."""
        first, until = await self.frames(other), time.monotonic() + within_s
        while time.monotonic() < until:
            now = await self.frames(other)
            first = min(first, now)  # a new element counts from zero
            if now >= first + frames:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.who} does not see {other.who}: {await self.frames(other)}")

    async def misses(self, other: "Person", *, for_s: float = 1.5) -> None:
        """Check that no frame of the other arrives for a while."""
        await asyncio.sleep(0.7)
        before = await self.frames(other)
        await asyncio.sleep(for_s)
        assert await self.frames(other) - before <= 1
