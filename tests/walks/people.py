"""What each person does in the county, in the words of their pages."""

import asyncio
import re
from pathlib import Path
from typing import Any, Final, Self

from playwright.async_api import BrowserContext, Locator, Page, expect

from app.demo.people import PASSWORD

FRAMES: Final = """participant => {
  const all = [...document.querySelectorAll("video[data-testid=remote-video]")];
  const video = all.find(found => found.dataset.participant === participant);
  return video?.getVideoPlaybackQuality().totalVideoFrames ?? 0;
}"""

expect.set_options(timeout=20_000)  # a busy machine is slow, not wrong


class Person:
    """Somebody at a desk with a browser of their own."""

    def __init__(self, context: BrowserContext, page: Page, at: str) -> None:
        self.context, self.page, self.at = context, page, at
        self.name = self.seat = ""

    @classmethod
    async def signs_in(cls, context: BrowserContext, at: str, username: str) -> Self:
        """Come in by the front door."""
        page = await context.new_page()
        await page.goto(f"{at}/login")
        await page.get_by_label("用户名").fill(username)
        await page.get_by_label("密码").fill(PASSWORD)
        await page.get_by_role("button", name="登录").click()
        await expect(page).not_to_have_url(re.compile("/login"))
        person = cls(context, page, at)
        person.name = await page.locator(".person__text b").first.inner_text()
        return person

    def by(self, testid: str) -> Locator:
        """The element with one of the contract's names."""
        return self.page.get_by_test_id(testid)

    async def opens(self, path: str) -> None:
        """Go to a page."""
        await self.page.goto(f"{self.at}{path}")

    async def clicks(self, name: str) -> None:
        """Press the button or link with this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        await button.or_(link).first.click()

    async def says_yes(self, name: str) -> None:
        """Confirm in the dialog that has opened."""
        await self.page.locator("dialog[open]").get_by_role("button", name=name).click()

    async def chooses(self, name: str, value: str) -> None:
        """Pick one of the options of a group."""
        await self.page.locator(f"input[name={name}][value={value}]").check()

    async def fills(self, **fields: str) -> None:
        """Write into the form's fields by their names."""
        for name, text in fields.items():
            await self.page.locator(f"[name={name}]:visible").first.fill(text)

    # The consult room

    async def enters_the_room(self, consultation: str) -> None:
        """Check the devices at the door, then go in."""
        await self.opens(f"{consultation}/room")
        await expect(self.by("device-check")).to_be_visible()
        await self.by("join").click()
        await expect(self.by("leave")).to_be_visible()
        self.seat = await self.waits_for("document.querySelector('#consult-room').dataset.seat")

    async def waits_for(self, expression: str, *, within_s: float = 60) -> Any:
        """What the expression gives once it is true (pages forbid eval, so ask again and again)."""
        async with asyncio.timeout(within_s):
            while not (found := await self.page.evaluate(expression)):
                await asyncio.sleep(0.1)
        return found

    async def sees(self, other: "Person", *, within_s: float = 60) -> None:
        """The other's picture moves: decoded frames rise."""
        async with asyncio.timeout(within_s):
            first = 0
            while not first:
                first = await self.page.evaluate(FRAMES, other.seat)
                await asyncio.sleep(0.2)
            while await self.page.evaluate(FRAMES, other.seat) < first + 10:
                await asyncio.sleep(0.2)

    async def writes_in_the_chat(self, text: str) -> None:
        """Say something beside the video."""
        await self.page.get_by_role("tab", name=re.compile("聊天")).click()
        await self.by("chat-input").fill(text)
        await self.by("chat-send").click()
        await self.reads_in_the_chat(text)

    async def reads_in_the_chat(self, text: str) -> None:
        """See what was said."""
        await self.page.get_by_role("tab", name=re.compile("聊天")).click()
        await expect(self.by("chat-message").filter(has_text=text)).to_be_visible()

    async def sends_a_picture(self, picture: Path) -> None:
        """Show a photo in the chat."""
        await self.by("chat-file").set_input_files(picture)
        await expect(self.by("chat-message").locator("img").first).to_be_visible()


async def draws(page: Page, canvas: Locator) -> None:
    """Sign with the mouse."""
    await canvas.scroll_into_view_if_needed()
    box: Any = await canvas.bounding_box()
    left, top = box["x"] + 30, box["y"] + box["height"] / 2
    await page.mouse.move(left, top)
    await page.mouse.down()
    for step in range(1, 12):
        await page.mouse.move(left + step * 12, top + (20 if step % 2 else -20))
    await page.mouse.up()
