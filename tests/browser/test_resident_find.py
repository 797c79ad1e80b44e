"""Somebody says what hurts, and is led to a doctor who can be booked."""

import pytest
from playwright.async_api import Route, expect

from tests.booking.conftest import new_schedule, new_slot
from tests.browser.residents import SMALL, Resident, later
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser


@pytest.fixture
async def resident(house: House, profile: Profile) -> Resident:
    """Somebody who looks for a doctor, in a county with heart and general doctors."""
    _, slot = await later()
    general = await new_schedule("township1", department="general_practice", name="陈志远")
    await new_slot(general, slot.starts_at)
    made = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await made.sign_in()
    await made.add_self()
    await made.follow("看医生")
    return made


async def test_every_suggested_complaint_leads_to_somebody_who_can_be_booked(
    resident: Resident,
) -> None:
    chips = resident.page.get_by_role("group", name="常见的不舒服").get_by_role("button")
    await expect(chips).to_have_count(8)
    for chip in await chips.all():
        words = await chip.inner_text()
        await chip.click()
        await expect(resident.page.get_by_role("heading", name=f"“{words}”可以看")).to_be_visible()
        await expect(resident.page.get_by_role("heading", name="医生", exact=True)).to_be_visible()


async def test_a_department_without_places_is_said_to_have_none(resident: Resident) -> None:
    await resident.tap("头晕")
    lines = resident.page.locator(".rows").first.locator("li")
    await expect(lines.nth(0)).to_contain_text("全科可以先看这里")
    await expect(lines.nth(1)).to_contain_text("现在没有开放预约")


async def test_what_is_not_found_leaves_the_departments_in_sight(resident: Resident) -> None:
    page = resident.page
    await page.get_by_role("searchbox").fill("😀")
    await resident.tap("找", exact=True)
    await expect(page.get_by_role("heading", name="没有找到“😀”")).to_be_visible()
    await expect(page.get_by_role("heading", name="按科室找")).to_be_visible()
    await resident.follow("心内科")
    await resident.heading("心内科")


async def test_the_line_breaks_while_looking(resident: Resident) -> None:
    page = resident.page

    async def broken(route: Route) -> None:
        await route.abort("internetdisconnected")

    await page.route("**/api/mp/v1/search", broken)
    await resident.tap("头晕")
    await expect(page.get_by_role("alert")).to_contain_text("网络不通")
    await expect(page.get_by_text("正在找…")).to_have_count(0)
    await expect(page.get_by_role("heading", name="按科室找")).to_be_visible()
    await page.unroute("**/api/mp/v1/search", broken)
    await resident.tap("头晕")
    await expect(page.get_by_role("heading", name="“头晕”可以看")).to_be_visible()
