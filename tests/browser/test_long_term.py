"""Eight weeks at once: the doctor asks for the resident's word, the resident reads and agrees."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_prescribing import add, write
from tests.browser.test_resident_h5 import proper
from tests.pharmacy.prescribing.conftest import desk, drug, phone, visit
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["desk", "phone", "visit"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_eight_weeks_are_agreed_to_on_the_phone(
    visit: tuple[Any, str, object],
    house: House,
    profile: Profile,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    await drug()
    doctor = await signed_in(house, profile, "county1")
    await doctor.goto(f"{house.address}/visits/{visit[2]}#prescription")
    await add(doctor, "氨氯地平", "苯磺酸氨氯地平片")
    await write(doctor, 0, dose="5", unit="mg", often="qd", days="56")
    await doctor.get_by_label("长期处方(4 到 12 周)").check()
    await doctor.get_by_label("诊断明确").check()
    await doctor.get_by_label("评估").fill("血压平稳半年,没有不舒服")
    await doctor.get_by_label("居民怎么确认").select_option("phone")
    await doctor.get_by_label("费别").select_option("医保")
    await accessible(doctor)
    await screenshot(doctor, "long-term-writing")
    await doctor.get_by_role("button", name="签名,送药师审核").click()
    await doctor.get_by_role("dialog").get_by_role("button", name="签名").click()
    shown = doctor.get_by_test_id("signed-prescription")
    await expect(shown).to_contain_text("等居民在手机上看说明、确认")
    await screenshot(doctor, "long-term-signed")

    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "li")
    await resident.carry(visit[0])
    page = resident.page
    await resident.follow("看说明,确认")
    await expect(page.get_by_test_id("agreement")).to_contain_text("要用 56 天的药,请先看")
    await proper(page, accessible)
    await screenshot(page, "long-term-resident")
    await resident.tap("我看完了,同意")
    await expect(page.get_by_text("居民已在手机上确认")).to_be_visible()
    await doctor.get_by_role("link", name="打开").click()
    await expect(doctor.get_by_text("居民已在手机上确认")).to_be_visible()
