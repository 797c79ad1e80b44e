"""Talking in the room: quoting, canned sentences, taking back, what was read, finding it again."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.consultations import PATIENCE_MS, Meeting, accepted
from tests.plumbing.browsers import PHONE, Profile
from tests.plumbing.rooms import Rooms

pytestmark = [pytest.mark.browser, pytest.mark.one_database]


@pytest.fixture
async def meeting(database: str, rooms: Rooms, tmp_path: Path) -> Meeting:
    return await accepted(rooms, tmp_path)


async def test_two_doctors_talk(
    meeting: Meeting,
    profile: Profile,
    screenshot: Callable[[Page, str], Awaitable[None]],
    accessible: Callable[[Page], Awaitable[None]],
) -> None:
    village = await meeting.joins(await profile(), "village1")
    phrases = await village.context.new_page()
    await phrases.goto(f"{meeting.app.url}/phrases")
    await phrases.get_by_label("新的常用语").fill("请再量一次血压,坐着休息五分钟以后量。")
    await phrases.get_by_role("button", name="保存").click()
    await expect(phrases.get_by_text("请再量一次血压")).to_be_visible()
    await screenshot(phrases, "phrases")
    await accessible(phrases)
    specialist = await meeting.joins(await profile(viewport=PHONE), "county1")
    for doctor in (village, specialist):
        await doctor.opens_the_chat()

    await village.by("phrases-open").click()
    await village.page.get_by_role("button", name="请再量一次血压").click()
    await expect(village.by("chat-input")).to_have_value("请再量一次血压,坐着休息五分钟以后量。")
    await village.by("chat-send").click()
    first = specialist.by("chat-message").first
    await expect(first).to_contain_text("请再量一次血压", timeout=PATIENCE_MS)
    await expect(village.by("chat-message").first).to_contain_text("已读", timeout=PATIENCE_MS)

    await first.get_by_role("button", name="引用").click()
    await specialist.by("chat-input").fill("142/88,药没停过。")
    await specialist.by("chat-send").click()
    answer = village.by("chat-message").nth(1)
    await expect(answer.locator(".bubble__quote")).to_contain_text("请再量一次血压")

    await village.by("chat-input").fill("发错了")
    await village.by("chat-send").click()
    await expect(specialist.by("chat-message").nth(2)).to_contain_text("发错了")
    wrong = village.by("chat-message").nth(2)
    await wrong.get_by_role("button", name="撤回").click()
    await expect(wrong).to_contain_text("消息已撤回")
    await expect(specialist.by("chat-message").nth(2)).to_contain_text("消息已撤回")

    await specialist.by("chat-find").fill("142/88")
    await specialist.by("chat-find").press("Enter")
    await specialist.page.locator(".chat__hit").click()
    await expect(specialist.by("chat-message").nth(1)).to_have_class(
        "bubble bubble--mine bubble--found"
    )
    await village.by("phrases-open").click()
    await screenshot(village.page, "conversation")
    await accessible(specialist.page)
