"""The village doctor records a death with its paper, corrects the day, and takes it back."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, ViewportSize, expect

from core import clock
from tests.browser.test_people import signed_in
from tests.people.conftest import resident
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["resident"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_recorded_corrected_and_taken_back(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    patient = await resident(number="")
    page = await signed_in(house, profile, "village1")
    await page.goto(f"{house.address}/patients/{patient.id}")
    await page.get_by_role("link", name="登记去世").click()
    await accessible(page)
    await page.get_by_role("button", name="登记去世").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await accessible(page)
    day = clock.today() - timedelta(days=3)
    await page.get_by_label("去世日期").fill(day.isoformat())
    await page.get_by_label("居民死亡医学证明").check()
    await page.get_by_label("凭证说明").fill("编号 4403,儿子带来原件")
    await screenshot(page, "death-form")
    await page.get_by_role("button", name="登记去世").click()
    await expect(page.get_by_text(f"已故({day})").first).to_be_visible()
    await accessible(page)
    await screenshot(page, "death-record")
    await page.set_viewport_size(ViewportSize(width=390, height=844))
    await page.get_by_role("link", name="看凭证,更正或撤销").click()
    await page.get_by_text("更正日期或凭证").click()
    other = day - timedelta(days=1)
    await page.get_by_label("去世日期").fill(other.isoformat())
    await page.get_by_label("为什么更正").fill("看错了一天")
    await accessible(page)
    await page.get_by_role("button", name="保存更正").click()
    await expect(page.get_by_text(f"已故({other})").first).to_be_visible()
    await page.goto(f"{house.address}/patients/{patient.id}/death")
    await screenshot(page, "death-phone")
    await page.get_by_text("登记错了,本人在世").click()
    await page.get_by_label("怎么核实的").fill("见到本人,核对了身份证")
    await page.get_by_role("button", name="撤销登记").click()
    await expect(page.get_by_role("link", name="登记去世")).to_be_visible()
    await expect(page.get_by_text("已故(")).to_have_count(0)
