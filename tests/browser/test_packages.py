"""The administrator's page of a service package: what it says, how an item comes in and goes."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from family_doctor.packages.models import PackageItem, ServicePackage
from tests.browser.test_people import look_at, signed_in
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_package_is_made_filled_mended_and_emptied(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    page = await signed_in(house, profile, "admin1")
    await look_at(house, page, accessible, ["/service-packages"])
    await page.get_by_label("编码").fill("HTN B")
    await page.get_by_label("名称").fill("高血压😀服务包")
    await page.get_by_label("总价").fill("很多")
    await page.get_by_role("button", name="保存,再加服务").click()
    summary = page.locator("[data-error-summary]")
    await expect(summary).to_be_focused()
    said = [line.partition(":")[0] for line in await summary.locator("a").all_inner_texts()]
    assert said == ["编码", "给哪类人", "总价"], "in the order of the form"
    await expect(page.get_by_label("名称")).to_have_value("高血压😀服务包")
    await accessible(page)
    await page.get_by_label("编码").fill("HTN-B")
    await page.get_by_label("给哪类人").select_option("hypertension")
    await page.get_by_label("总价").fill("120")
    await page.get_by_label("其中医保付").fill("80")
    await page.get_by_role("button", name="保存,再加服务").dblclick()
    await expect(page.get_by_role("heading", level=1)).to_have_text("高血压😀服务包")
    assert await ServicePackage.all().count() == 1, "two clicks are one package"
    await expect(page.locator(".facts")).to_contain_text("不能签 加了服务才能签")

    await page.get_by_role("button", name="加进去").click()
    await expect(summary).to_be_focused()
    await accessible(page)
    await page.get_by_label("编码").fill("BP")
    await page.get_by_label("名称").fill("量血压")
    await page.get_by_label("一年几次").fill("4")
    await page.get_by_label("怎么做").select_option("clinic")
    await page.get_by_label("谁来做").select_option("nurse")
    await page.get_by_role("button", name="加进去").click()
    await expect(page.get_by_test_id("items")).to_contain_text("量血压")
    await expect(page.locator(".facts")).to_contain_text("120.00 元,医保付 80.00 元")
    await look_at(house, page, accessible, [page.url.removeprefix(house.address)])
    await screenshot(page, "service-package")
    await page.get_by_role("link", name="改名称和价格").click()
    await expect(page.get_by_label("其中医保付")).to_have_value("80")
    await accessible(page)
    await page.get_by_role("link", name="不改了").click()
    await page.get_by_role("button", name="去掉").click()
    await expect(page.get_by_role("dialog")).to_contain_text("不再有“量血压”")
    await page.get_by_role("dialog").get_by_role("button", name="去掉").click()
    await expect(page.get_by_text("还没有服务", exact=True)).to_be_visible()
    assert await PackageItem.all().count() == 0
    nowhere = await page.goto(
        f"{house.address}/service-packages/{'0' * 8}-0000-4000-8000-{'0' * 12}"
    )
    assert nowhere is not None
    assert nowhere.status == 404
