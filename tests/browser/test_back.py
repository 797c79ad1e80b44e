"""The browser's back and reload after a form that came back: the page, never its warning."""

import pytest
from playwright.async_api import expect

from core import clock
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from family_doctor.followup.models import FollowUp
from tests.browser.test_people import signed_in
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

__all__ = ["resident"]

pytestmark = pytest.mark.browser


async def test_back_and_reload_lead_to_the_page_of_the_form(
    house: House, profile: Profile, resident
) -> None:
    person = await resident("张桂英", number="")
    await signed(person, await found_team())
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=clock.today())
    await enrol(await actor("nurse1"), person.id, entry)
    page = await signed_in(house, profile, "nurse1")
    form = f"{house.address}/follow-ups/patients/{person.id}/records/new"
    await page.goto(form)
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_text("请先改好这几处")).to_be_visible()
    await expect(page).to_have_url(form)
    await page.reload()
    await expect(page.get_by_label("高压")).to_be_visible()
    await expect(page.get_by_text("请先改好这几处")).to_have_count(0)

    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_text("请先改好这几处")).to_be_visible()
    await page.get_by_label("高压").fill("132")
    await page.get_by_label("低压").fill("80")
    await page.get_by_label("上门").check()
    await page.get_by_label("规律").check()
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_test_id("action")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_label("高压")).to_be_visible()
    await expect(page).to_have_url(form)
    assert await FollowUp.all().count() == 1
