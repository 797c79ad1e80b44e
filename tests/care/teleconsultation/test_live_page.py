"""A consultation's page stays true, also for what happens before it has begun to listen."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from people import sessions

pytestmark = pytest.mark.browser

expect.set_options(timeout=20_000)


ASKED_AGAIN = """() => new Promise((done) => document
  .querySelector("[data-live-topic]")
  .addEventListener("htmx:afterRequest", () => setTimeout(done, 200), { once: true }))"""


@asynccontextmanager
async def deaf_page(story, profile, consultation_id):
    """The village's page of a consultation, which begins to listen when the block ends."""
    visitor = await story.person("village1")
    context = await profile()
    cookie = {"name": sessions.COOKIE, "value": visitor.token, "url": story.house.address}
    await context.add_cookies([cookie])
    page = await context.new_page()
    may_listen = asyncio.Event()

    async def later(route):
        await may_listen.wait()
        await route.continue_()

    await page.route("**/socket.io.esm.min.js", later)
    await page.goto(f"{story.house.address}/consultations/{consultation_id}", wait_until="commit")
    standing = page.get_by_test_id("standing")
    await expect(standing).to_have_attribute("data-status", "submitted")
    yield standing
    asked_again = asyncio.create_task(page.evaluate(ASKED_AGAIN))
    await asyncio.sleep(0)
    may_listen.set()
    await asked_again


async def test_what_happens_before_the_page_listens_is_shown(story, profile):
    consultation_id = await story.ask()
    async with deaf_page(story, profile, consultation_id) as standing:
        await story.do("county1", f"/consultations/{consultation_id}/acceptance")
        await story.drain()
    await expect(standing).not_to_have_attribute("data-status", "submitted")


async def test_what_has_not_changed_is_not_swapped(story, profile):
    consultation_id = await story.ask()
    async with deaf_page(story, profile, consultation_id) as standing:
        await standing.evaluate("element => { element.kept = true; }")
    assert await standing.evaluate("element => element.kept === true")
