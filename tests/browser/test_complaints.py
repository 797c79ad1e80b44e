"""A resident complains from the phone, the outpatient office answers, the resident is content."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_complaint_goes_to_the_office_and_comes_back_with_an_answer(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await resident.sign_in()
    await resident.add_self()
    phone = resident.page
    await phone.goto(f"{house.address}/h5/#/complaints")
    await resident.heading("投诉")
    await proper(phone, accessible)
    await resident.follow("我要投诉")
    await resident.heading("我要投诉")
    await resident.tap("提交投诉")
    await expect(phone.get_by_text("还有没填的")).to_be_visible()
    await phone.get_by_label("哪家医院").select_option(label="云河县人民医院")
    await phone.get_by_label("什么事").select_option("waiting")
    await phone.get_by_label("怎么回事").fill("等了两个小时,没有人说为什么。")
    await proper(phone, accessible)
    await screenshot(phone, "complaint-form")
    await resident.tap("提交投诉")
    await expect(phone.get_by_test_id("complaint")).to_have_attribute("data-status", "received")
    await proper(phone, accessible)
    await screenshot(phone, "complaint-filed")

    office = await signed_in(house, profile, "scheduler1")
    await office.goto(f"{house.address}/complaints")
    await accessible(office)
    await screenshot(office, "complaint-list")
    await office.get_by_test_id("complaints").get_by_role("link", name="等得太久").click()
    await office.get_by_role("button", name="受理").click()
    await expect(office.get_by_text("已受理,居民会收到消息")).to_be_visible()
    await office.get_by_label("答复").fill("当天医生抢救病人,没有通知到,对不起。")
    await office.get_by_role("button", name="发出答复").click()
    await expect(office.get_by_text("已答复,居民会收到消息")).to_be_visible()
    await accessible(office)
    await screenshot(office, "complaint-answered-desk")

    await phone.reload()
    await expect(phone.get_by_text("当天医生抢救病人").first).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "complaint-answered")
    await resident.tap("可以了")
    await expect(phone.get_by_test_id("complaint")).to_have_attribute("data-status", "closed")
