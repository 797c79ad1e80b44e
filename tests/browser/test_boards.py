"""The boards in Chromium: a lead looks at the day and goes from a number to its people; the bureau
reads the county; pictures are drawn under the house's policy and have their tables."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, ViewportSize, expect

from tests.browser.test_people import signed_in
from tests.family_doctor.boards.town import settle
from tests.people.conftest import resident
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team
from tests.plumbing.house import House

__all__ = ["resident"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
DRAWN = """() => [...document.querySelectorAll("[data-chart] canvas")].map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(data).size;
})"""


async def looked_at(page: Page, accessible: Look) -> None:
    for size in (DESK, PHONE):
        await page.set_viewport_size(size)
        await accessible(page)
        wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, page.url
    await page.set_viewport_size(DESK)


async def test_from_the_day_to_a_number_and_the_people_behind_it(
    clock, house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    clock.move(days=18)
    town = await settle(await found_team(), resident)
    page = await signed_in(house, profile, "team1")
    await page.goto(f"{house.address}/boards")
    await expect(page.get_by_role("heading", name="今日团队")).to_be_visible()
    await looked_at(page, accessible)
    await screenshot(page, "board-day")
    await page.locator("main").get_by_role("link", name="1 件").first.click()
    await expect(page.get_by_text("超期 10 天")).to_be_visible()

    await page.goto(f"{house.address}/boards")
    await page.get_by_role("navigation", name="看板").get_by_role("link").nth(1).click()
    await expect(page.locator("[data-chart] canvas")).to_have_count(4)
    assert all(colours > 10 for colours in await page.evaluate(DRAWN)), "a picture is empty"
    await looked_at(page, accessible)
    await screenshot(page, "board-township")
    await page.get_by_text("怎么算的:高血压控制率").click()
    await expect(page.get_by_text("12 个月里最近一次随访血压低于 140/90")).to_be_visible()
    await page.get_by_text("看表:控制率").click()
    await expect(page.get_by_role("cell", name="40.0 %(2 / 5 人)").last).to_be_visible()
    await accessible(page)
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="下载 Excel").click()
    assert (await begun.value).suggested_filename == "boards-2026-11.xlsx"

    await page.get_by_label("看哪段时间").select_option("2026-10")
    await page.get_by_role("button", name="看", exact=True).click()
    await expect(page.get_by_text("3 / 5 人").first).to_be_visible()
    await page.go_back()
    await page.locator("main").get_by_role("link", name="40.0 %").first.click()
    await expect(page.get_by_test_id("people").get_by_role("row")).to_have_count(5)
    await looked_at(page, accessible)
    await screenshot(page, "board-people")
    someone = f"/follow-ups/patients/{town.people['丙'].id}"
    await expect(page.get_by_role("link", name="丙某")).to_have_attribute("href", someone)


async def test_the_bureau_reads_the_county(
    clock, house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    clock.move(days=18)
    await settle(await found_team(), resident)
    page = await signed_in(house, profile, "supervisor1")
    await page.goto(f"{house.address}/boards")
    await expect(page.get_by_role("heading", name="全县家庭医生看板")).to_be_visible()
    await expect(page.get_by_text("一组不满 5 人的不显示")).to_be_visible()
    await looked_at(page, accessible)
    await screenshot(page, "board-county")
    await expect(page.locator("main a[href*='/people']")).to_have_count(0)
    await page.get_by_role("link", name="青石镇中心卫生院").first.click()
    await expect(page.get_by_test_id("control")).to_contain_text("大槐树村")
    await page.emulate_media(media="print")
    await accessible(page)
