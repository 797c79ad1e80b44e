"""A real consultation with its room: the county's people, real pages, a node that can be killed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from playwright.async_api import BrowserContext, Locator, Page, expect

from app.demo import people as demo
from app.demo import teleconsultation as county
from care.teleconsultation import desk
from core import clock, db
from core.blobs import Store
from people import sessions
from people.models import Account, Session
from tests.plumbing.browsers import Profile
from tests.plumbing.rooms import Process, Rooms

FRAMES = """participant => {
  const all = [...document.querySelectorAll("video[data-testid=remote-video]")];
  const video = all.find(found => found.dataset.participant === participant);
  return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
}"""
PATIENCE_MS = 60_000  # a busy machine is slow, not wrong


@dataclass
class Doctor:
    """Somebody signed in, with the consultation's room open."""

    context: BrowserContext
    page: Page
    seat: str

    def by(self, testid: str) -> Locator:
        """An element by its test id."""
        return self.page.get_by_test_id(testid)

    async def sees(self, other: "Doctor") -> None:
        """Wait until decoded frames of the other rise."""
        async with asyncio.timeout(PATIENCE_MS / 1000):
            first = await self.page.evaluate(FRAMES, other.seat)
            while not first or await self.page.evaluate(FRAMES, other.seat) < first + 10:
                first = first or await self.page.evaluate(FRAMES, other.seat)
                await asyncio.sleep(0.2)

    async def opens_the_chat(self) -> None:
        """Choose its tab and wait for the conversation."""
        await self.page.get_by_role("tab", name="聊天").click()
        await expect(self.page.locator("[data-conversation]")).to_be_visible(timeout=PATIENCE_MS)


@dataclass
class Meeting:
    """An accepted consultation between 石门 and the county's heart doctor."""

    id: UUID
    app: Process
    node: Process

    async def joins(self, context: BrowserContext, username: str) -> Doctor:
        """Sign in and go through the door of the room."""
        page = await self.opens(context, username, f"/consultations/{self.id}/room")
        await page.get_by_test_id("join").click()
        await expect(page.get_by_test_id("participant-list")).to_contain_text(
            "(我)", timeout=PATIENCE_MS
        )
        return Doctor(context, page, str(demo.practitioner_id(username)))

    async def opens(self, context: BrowserContext, username: str, path: str) -> Page:
        """Open a page as somebody who has signed in."""
        await context.add_cookies([await self._cookie(username)])
        page = await context.new_page()
        await page.goto(f"{self.app.url}{path}")
        return page

    async def _cookie(self, username: str) -> Any:
        account, moment = await Account.get(username=username), clock.now()
        token, hashed = sessions.new_token()
        await Session.create(
            token_hash=hashed,
            account=account,
            created_at=moment,
            seen_at=moment,
            second_factor_at=moment,
            reauthenticated_at=moment,
        )
        return {"name": sessions.COOKIE, "value": token, "url": self.app.url}


async def accepted(rooms: Rooms, tmp_path: Path) -> Meeting:
    """The county on the test's database, one node, one app process, one accepted consultation."""
    await demo.found_organizations()
    await demo.hire_staff()
    async with db.atomic():
        await demo.move_in_residents()
    await county.conclude_agreements()
    await county.staff_the_desk()
    store = Store(tmp_path / "var" / "blobs")
    asked = await county.ask(store, "village1", "YH-T1-V1", 0, county.CHEST)
    await desk.accept(await county.actor("county1"), asked.id)
    node = await rooms.start_node()
    return Meeting(asked.id, await rooms.start_app(), node)


async def both(meeting: Meeting, profile: Profile) -> tuple[Doctor, Doctor]:
    """Village and county in the room, each with a picture of the other and the chat open."""
    village = await meeting.joins(await profile(), "village1")
    specialist = await meeting.joins(await profile(), "county1")
    await village.sees(specialist)
    await specialist.sees(village)
    await village.opens_the_chat()
    await specialist.opens_the_chat()
    return village, specialist
