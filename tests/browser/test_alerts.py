"""A reading at home turns red on the phone and on the team's screen, and somebody answers it."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from family_doctor.alerts.models import Alert
from people.models import Patient
from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_reading_at_home_turns_red_and_the_team_answers(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await resident.sign_in()
    await resident.add_self()
    await signed(await Patient.all().order_by("-created_at").first(), await found_team())
    village = await signed_in(house, profile, "village1")
    await village.goto(f"{house.address}/alerts")
    await expect(village.get_by_text("现在没有危急值")).to_be_visible()

    phone = resident.page
    await phone.goto(f"{house.address}/h5/#/")
    await resident.follow("量血压、测血糖")
    await resident.heading("血压血糖")
    await proper(phone, accessible)
    for systolic, diastolic in (("128", "78"), ("１３２", "82")):
        await phone.get_by_label("高压").fill(systolic)
        await phone.get_by_label("低压").fill(diastolic)
        await resident.tap("记下")
        said = phone.get_by_text("已记下:血压", exact=False)
        await expect(said).to_contain_text(f"{int(systolic)}/{diastolic} mmHg")
        one = phone.locator(".results__one").first
        await expect(one).to_contain_text(f"{int(systolic)}/{diastolic} mmHg")
    await proper(phone, accessible)
    await screenshot(phone, "readings")
    await phone.get_by_label("高压").fill("186")
    await phone.get_by_label("低压").fill("112")
    await resident.tap("记下")
    await expect(phone.get_by_role("link", name="打 120")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "reading-red")

    line = village.get_by_test_id("alerts").get_by_role("link")
    await expect(line).to_be_visible(timeout=20_000)
    await accessible(village)
    await screenshot(village, "alerts")
    await line.click()
    await village.get_by_label("复述测到的数").fill("186/112")
    await accessible(village)
    await screenshot(village, "alert")
    await village.get_by_role("button", name="我来接").click()
    await expect(village.get_by_test_id("alert")).to_have_attribute("data-status", "acknowledged")
    await village.get_by_label("打通了电话,已交代").check()
    await village.get_by_label("怎么说的、怎么处理的").fill("漏服两天药,已补服,没有头痛")
    await village.get_by_role("button", name="记下").click()
    await village.get_by_role("button", name="结案").click()
    await expect(village.locator("[data-error-summary]")).to_contain_text("后来怎么样了")
    again = village.get_by_text("又做了别的,再记一次")
    await again.click()
    await expect(village.get_by_label("已上门")).to_be_visible()
    await accessible(village)
    await again.click()
    await village.get_by_label("后来怎么样了").fill("复测 150/90,明早来诊室")
    await accessible(village)
    await screenshot(village, "alert-handled")
    await village.get_by_role("button", name="结案").click()
    await expect(village.get_by_text("已结案。")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_text("已经处理").first).to_be_visible()
    assert await Alert.all().count() == 1
