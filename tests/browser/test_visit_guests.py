"""A third person joins an online visit by a one-time link: three browsers, one conversation."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.residents import SMALL
from tests.browser.test_online_visit import at_the_desk, in_the_waiting_room
from tests.browser.test_resident_h5 import proper
from tests.browser.test_resident_talk import says
from tests.care.pictures import jpeg
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_son_joins_by_a_link_writes_is_seen_and_is_put_out(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk = await at_the_desk(house, profile)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await desk.get_by_role("button", name="叫下一位").click()
    await resident.tap("我来了,进去")
    await expect(phone.get_by_test_id("chat-input")).to_be_visible()
    await phone.get_by_role("link", name="返回").click()
    await resident.follow("请家人或翻译一起")
    await resident.heading("请人一起看")
    await resident.tap("做一个链接")
    await expect(phone.get_by_text("请先写上他是谁")).to_be_visible()
    await phone.get_by_label("他叫什么").fill("王强")
    await phone.get_by_label("是您的什么人").fill("儿子")
    await proper(phone, accessible)
    await screenshot(phone, "guest-form")
    await resident.tap("做一个链接")
    link = await phone.get_by_test_id("guest-link").input_value()
    await proper(phone, accessible)
    await screenshot(phone, "guest-link")

    son = await (await profile(viewport=SMALL, has_touch=True)).new_page()
    await son.goto(link)
    await proper(son, accessible)
    await screenshot(son, "guest-welcome")
    await son.get_by_role("button", name="我是王强,进去").click()
    await expect(son.get_by_test_id("talk")).to_contain_text("王强(儿子,家属)来了")
    await son.get_by_test_id("chat-input").fill("她昨天头晕过一次")
    await son.get_by_test_id("chat-send").click()
    await expect(desk.get_by_text("她昨天头晕过一次")).to_be_visible()
    await expect(desk.get_by_test_id("visit-guests")).to_contain_text("在一起")
    photo = {"name": "药盒.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    await son.get_by_test_id("chat-file").set_input_files([photo])
    await expect(son.locator(".talk__picture[src]")).to_be_visible()
    await expect(desk.locator(".bubble img")).to_be_visible()
    await says(son, 1)
    await son.get_by_test_id("voice-send").click()
    await expect(son.get_by_test_id("talk").get_by_test_id("voice-note")).to_be_visible()
    await expect(desk.get_by_test_id("voice-note")).to_be_visible()
    await expect(son.get_by_text("医生看过了")).to_be_visible()
    await proper(son, accessible)
    await screenshot(son, "guest-inside")
    await screenshot(desk, "guest-desk")
    await son.reload()
    await expect(son.get_by_test_id("talk")).to_contain_text("她昨天头晕过一次")

    await desk.get_by_role("button", name="改成视频").click()
    await son.get_by_test_id("enter-room").click()
    await expect(son.get_by_test_id("join")).to_be_enabled()
    assert len(son.context.pages) == 1, "WeChat's web view opens no second window"
    await son.get_by_role("link", name="返回").click()
    await expect(son.get_by_test_id("enter-room")).to_be_visible()

    await expect(phone.get_by_test_id("guests")).to_contain_text("在一起")
    await resident.tap("请他出去")
    await expect(son.get_by_test_id("guest-end")).to_contain_text("您不在这次看诊里")
    await proper(son, accessible)
    await expect(desk.get_by_test_id("visit-guests")).to_contain_text("已移除")
