"""A referral in three browsers: the doctor who refers, the resident's phone, the department."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_online_visit import at_the_desk, in_the_waiting_room
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_from_an_unfit_visit_to_another_department_and_its_answer(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk = await at_the_desk(house, profile)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await desk.get_by_role("link", name="打开").click()
    await desk.get_by_text("不适合在网上看,终止").click()
    await desk.get_by_label("原因").select_option("needs_physical_exam")
    await desk.get_by_label("转诊:下一步").check()
    await desk.get_by_role("button", name="终止复诊").click()
    await desk.get_by_label("转到哪里").select_option(label="云河县人民医院 内分泌科")
    await desk.get_by_label("为什么转").fill("空腹血糖 11,请内分泌科当面看,调整用药。")
    await desk.get_by_label("尽快").check()
    await accessible(desk)
    await screenshot(desk, "referral-new")
    await desk.get_by_role("button", name="写好了,请居民同意").click()
    await expect(desk.get_by_test_id("visit-referrals")).to_contain_text("等居民同意")
    await screenshot(desk, "referral-visit")
    await expect(phone.get_by_test_id("visit-referral")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-visit-referral")
    await resident.follow("看一看,决定转不转")
    await expect(phone.get_by_text("转诊知情同意书")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-referral-proposed")
    await resident.tap("我看完了,同意转诊")
    request = phone.get_by_test_id("referral-request")
    await expect(request).to_have_attribute("data-status", "submitted")
    await proper(phone, accessible)
    await expect(desk.get_by_test_id("visit-referrals")).to_contain_text("等接收科室答复")

    there = await signed_in(house, profile, "county2")
    await there.goto(f"{house.address}/referrals")
    await accessible(there)
    await screenshot(there, "referrals")
    await there.get_by_role("link", name="王桂英").click()
    await expect(there.get_by_test_id("referral-summary")).to_contain_text("原发性高血压")
    await accessible(there)
    await screenshot(there, "referral")
    await there.get_by_label("接收:").fill("周三上午到 2 楼内分泌科 3 诊室,空腹来。")
    await there.get_by_role("button", name="接收", exact=True).click()
    await expect(request).to_have_attribute("data-status", "accepted", timeout=15_000)
    await expect(phone.get_by_text("2 楼内分泌科 3 诊室")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-referral-accepted")
    await there.get_by_role("link", name="打开健康档案").click()
    await expect(there.get_by_role("heading", name="王桂英").first).to_be_visible()
    await phone.get_by_text("这次转诊").click()
    await resident.follow("谁看过病历")
    await expect(phone.get_by_text("给您转诊").first).to_be_visible()
