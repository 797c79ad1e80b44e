"""Online visits that end early, in two browsers: what the resident can do next, with one tap."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

import pytest
from playwright.async_api import Page, expect

from booking.models import Slot
from core import clock
from tests.booking.conftest import new_schedule, new_slot
from tests.browser.test_online_visit import at_the_desk, in_the_waiting_room
from tests.browser.test_resident_h5 import proper
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def tomorrow(**changes: object) -> Slot:
    """One place of county1 tomorrow at nine."""
    day = clock.today() + timedelta(days=1)
    nine = datetime.combine(day, time(9), clock.SHANGHAI)
    return await new_slot(await new_schedule(**changes), nine)


async def test_a_visit_found_unfit_leads_to_a_place_at_the_counter_with_one_tap(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    slot = await tomorrow(name="刘明华")
    desk = await at_the_desk(house, profile)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await desk.get_by_role("link", name="打开").click()
    await desk.get_by_text("不适合在网上看,终止").click()
    await desk.get_by_label("原因").select_option("needs_physical_exam")
    await desk.get_by_label("建议去哪里").fill("云河县人民医院 心内科门诊")
    await accessible(desk)
    await screenshot(desk, "visit-termination")
    await desk.get_by_role("button", name="终止复诊").click()
    await expect(phone.get_by_text("医生需要当面检查")).to_be_visible()
    await expect(phone.get_by_text("云河县人民医院 心内科门诊")).to_be_visible()
    place = phone.get_by_test_id("kept-place")
    await expect(place).to_have_attribute("data-status", "held")
    await proper(phone, accessible)
    await screenshot(phone, "visit-unfit-offer")
    await resident.tap("要这个号", exact=True)
    await expect(place).to_have_attribute("data-status", "booked")
    await proper(phone, accessible)
    await screenshot(phone, "visit-unfit-taken")
    await resident.tap("我知道了")
    await expect(phone.get_by_role("button", name="我知道了")).not_to_be_visible()
    await phone.get_by_label("★★★★ 满意", exact=True).check()
    await phone.get_by_label("想说的话").fill("说得清楚")
    await resident.tap("评价")
    await expect(phone.get_by_text("您评了 4 星")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "visit-rated")
    assert (await Slot.get(id=slot.id)).remaining == 0
    await desk.reload()
    await expect(desk.get_by_test_id("visit-state")).to_contain_text("看到了")
    await resident.follow("看我的预约")
    await expect(phone.get_by_text("已预约")).to_be_visible()


async def test_a_visit_that_did_not_happen_says_why_and_offers_another_time(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    await tomorrow(name="刘明华", service_type="online", place="线上")
    desk = await at_the_desk(house, profile)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await desk.get_by_role("link", name="打开").click()
    await desk.get_by_text("没有看成").first.click()
    await desk.get_by_label("医生临时不能接诊").check()
    await screenshot(desk, "visit-not-happened-desk")
    await desk.get_by_role("button", name="记为没有看成").click()
    await expect(phone.get_by_text("医生临时有急事")).to_be_visible()
    place = phone.get_by_test_id("kept-place")
    await expect(place).to_contain_text("另一个在线的时间")
    await proper(phone, accessible)
    await screenshot(phone, "visit-not-happened")
    await resident.tap("不要这个号")
    await expect(place).to_have_attribute("data-status", "cancelled")
    await expect(phone.get_by_role("link", name="重新约")).to_be_visible()
    await proper(phone, accessible)
