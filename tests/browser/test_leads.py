"""From a task to a referral note, and to a visit at a time that is kept: desk and phone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from booking.models import ServiceType
from core import clock
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from people.models import Patient
from tests.booking.conftest import new_schedule, new_slot
from tests.browser.conftest import Arrive
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_task_leads_to_a_kept_time_and_to_a_referral_note(
    house: House, profile: Profile, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    resident, known = await arrive("guiying", "王桂英")
    phone = resident.page
    patient = await Patient.get(id=known.patient_id)
    await signed(patient, await found_team())
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=clock.today() - timedelta(days=90))
    await enrol(await actor("nurse1"), patient.id, entry)
    schedule = await new_schedule(fee_fen=0, service_type=ServiceType.ONLINE, place="线上")
    await new_slot(schedule, clock.now() + timedelta(hours=3), places=3)
    reading = {"measured_at": clock.now().isoformat(), "systolic": "162", "diastolic": "98"}
    assert (await known.post(f"/patients/{patient.id}/readings", reading)).status == 201

    village = await signed_in(house, profile, "village1")
    await village.goto(f"{house.address}/follow-ups/patients/{patient.id}")
    await village.get_by_role("link", name="约视频复诊").click()
    await village.get_by_label("约时间:刘明华").check()
    await village.get_by_role("button", name="请居民来复诊").click()
    await expect(village.get_by_test_id("leads")).to_contain_text("约视频复诊")
    await resident.open("inbox")
    card = phone.locator("section", has_text="家庭医生团队请您视频复诊").first
    await card.get_by_role("link", name="去看看").click()
    await expect(phone.get_by_text("给您留着")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-lead-kept")
    await resident.tap("要这个号")
    await expect(phone.get_by_role("link", name="去在线复诊")).to_be_visible()
    await village.reload()
    await expect(village.get_by_test_id("leads")).to_contain_text("约好了")

    await village.get_by_role("link", name="写转诊单").click()
    await expect(village.get_by_label("为什么转")).to_contain_text("血压 162/98 mmHg")
    await expect(village.get_by_test_id("known")).to_contain_text("在管:高血压")
    await accessible(village)
    await screenshot(village, "lead-referral")
    await village.get_by_label("转到哪里").select_option(label="云河县人民医院 心内科")
    await village.get_by_role("button", name="写好了,请居民同意").click()
    await expect(village.get_by_test_id("leads")).to_contain_text("等居民同意")
    await accessible(village)
    await screenshot(village, "task-led-on")
    await resident.open("inbox")
    card = phone.locator("section", has_text="医生建议您转诊").first
    await card.get_by_role("link", name="去看看").click()
    await expect(phone.get_by_test_id("referral-request")).to_contain_text("心内科")
    await proper(phone, accessible)
    await screenshot(phone, "h5-lead-referral")
    await resident.tap("同意")
    await expect(phone.get_by_test_id("referral-request")).to_have_attribute(
        "data-status", "submitted"
    )
    heart = await signed_in(house, profile, "county1")
    await heart.goto(f"{house.address}/referrals")
    await heart.get_by_role("link", name="王桂英").click()
    await expect(heart.get_by_test_id("referral-summary")).to_contain_text("测到:血压 162/98")
    await accessible(heart)
    await screenshot(heart, "lead-referral-received")


async def test_a_task_is_taken_handed_over_and_put_back_into_the_inbox(
    house: House, profile: Profile, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    _, known = await arrive("guiying", "王桂英")
    patient = await Patient.get(id=known.patient_id)
    await signed(patient, await found_team())
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=clock.today() - timedelta(days=90))
    await enrol(await actor("nurse1"), patient.id, entry)
    nurse, village = [await signed_in(house, profile, who) for who in ("nurse1", "village1")]
    for whose, count in (("inbox", 1), ("mine", 0)):
        await nurse.goto(f"{house.address}/follow-ups?whose={whose}")
        await expect(nurse.get_by_role("link", name="王桂英")).to_have_count(count)
    await nurse.goto(f"{house.address}/follow-ups/patients/{patient.id}")
    await nurse.get_by_role("button", name="我来办").click()
    await expect(nurse.get_by_test_id("owner")).to_have_text("郑小燕在办")
    await nurse.get_by_text("交给别人").click()
    await nurse.get_by_label("谁来办").select_option(index=3)
    chosen = await nurse.get_by_label("谁来办").locator("option:checked").inner_text()
    await accessible(nurse)
    await screenshot(nurse, "task-hand-over")
    await nurse.get_by_role("button", name="交接").click()
    await expect(nurse.get_by_test_id("owner")).to_have_text(f"{chosen}在办")
    await village.goto(f"{house.address}/follow-ups?whose=mine")
    await expect(village.get_by_text(f"{chosen}在办")).to_be_visible()
    await accessible(village)
    await screenshot(village, "follow-ups-mine")
    await village.get_by_role("link", name="王桂英").click()
    await village.get_by_text("交给别人").click()
    await village.get_by_label("谁来办").select_option(label="放回团队,谁有空谁办")
    await village.get_by_role("button", name="交接").click()
    await expect(village.get_by_test_id("owner")).to_contain_text("还没人领")
    await nurse.goto(f"{house.address}/follow-ups?whose=inbox")
    await expect(nurse.get_by_role("link", name="王桂英")).to_be_visible()
