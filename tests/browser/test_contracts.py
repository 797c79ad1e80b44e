"""A contract in two browsers: the resident's phone and the team leader's desk."""

import re

import pytest
from playwright.async_api import expect

from core import clock as time
from family_doctor.contracts.models import Contract
from people.models import Patient
from tests.browser.conftest import Arrive
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import Look, Shoot, proper
from tests.family_doctor.conftest import offer
from tests.people.conftest import resident as resident_of_village
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team
from tests.plumbing.house import House

pytestmark = pytest.mark.browser
__all__ = ["offer", "resident_of_village"]


async def test_choose_sign_review_serve_and_confirm(
    house: House,
    profile: Profile,
    arrive: Arrive,
    offer,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    team = await found_team()
    await offer()
    await offer("HTN", "hypertension")
    resident, known = await arrive("guiying", "王桂英")
    await Patient.filter(id=known.patient_id).update(village="大槐树村")
    phone = resident.page
    await resident.follow("我的家庭医生")
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor-none")
    await resident.follow("选一个家庭医生团队")
    await expect(phone.get_by_text("负责您的村")).to_be_visible()
    await phone.get_by_text("看看团队里有谁").click()
    await phone.get_by_text("HTN 包").click()
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor-new")
    await resident.tap("我看完了,同意并申请")
    await resident.heading("签字")
    await resident.tap("获取验证码")
    await expect(phone.get_by_role("status").filter(has_text="验证码发到")).to_be_visible()
    await resident.tap("看演示短信")
    await expect(phone.get_by_label("验证码")).to_have_value(re.compile(r"\d{6}"))
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor-sign")
    await resident.tap("签字", exact=True)
    await expect(phone.get_by_test_id("contract")).to_have_attribute("data-status", "applied")
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor-applied")

    desk = await signed_in(house, profile, "team1")
    await desk.goto(f"{house.address}/family")
    await expect(desk.get_by_test_id("applications")).to_contain_text("王桂英")
    await accessible(desk)
    await screenshot(desk, "family-console")
    await desk.get_by_role("link", name="王桂英").click()
    await accessible(desk)
    await screenshot(desk, "contract-applied")
    await desk.get_by_role("button", name="审核通过并签字").click()
    await desk.get_by_role("button", name="签字", exact=True).click()
    await expect(desk.get_by_test_id("contract")).to_have_attribute("data-status", "active")
    row = await Contract.get(team_id=team.id)
    nurse = await signed_in(house, profile, "nurse1")
    await nurse.goto(f"{house.address}/contracts/{row.id}")
    await nurse.get_by_label("哪一项").select_option(index=1)
    await nurse.get_by_label("上门").check()
    await nurse.get_by_label("做了什么").fill("上门量了血压,教了怎么记。")
    await nurse.get_by_role("button", name="记下来").click()
    await expect(nurse.get_by_test_id("records")).to_contain_text("等居民确认")
    await accessible(nurse)
    await screenshot(nurse, "contract-active")
    for path in ("residents", "overdue"):
        await desk.goto(f"{house.address}/family/{team.id}/{path}")
        await accessible(desk)
        await screenshot(desk, f"family-{path}")

    await phone.reload()
    await expect(phone.get_by_test_id("to-confirm")).to_contain_text("上门量了血压")
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor-confirm")
    await resident.tap("做过,我确认")
    await expect(phone.get_by_test_id("to-confirm")).to_have_count(0)
    await proper(phone, accessible)
    await screenshot(phone, "h5-family-doctor")
    assert (await Contract.get(id=row.id)).starts_on == time.today()


async def test_the_clinic_and_the_administrator(
    house: House, profile: Profile, offer, resident_of_village, accessible: Look, screenshot: Shoot
) -> None:
    team, patient = await found_team(), await resident_of_village()
    package = await offer()
    village = await signed_in(house, profile, "village1")
    await village.goto(f"{house.address}/patients/{patient.id}")
    await village.get_by_role("link", name="家庭医生签约").click()
    await accessible(village)
    await screenshot(village, "contract-desk")
    await village.get_by_label("BASE 包").check()
    await village.get_by_label("证件核对过").check()
    await village.get_by_role("button", name="居民签字").click()
    await expect(village.get_by_test_id("contract")).to_have_attribute("data-status", "applied")
    admin = await signed_in(house, profile, "admin1")
    for path in ("teams", f"teams/{team.id}", "service-packages", f"service-packages/{package.id}"):
        await admin.goto(f"{house.address}/{path}")
        await accessible(admin)
        await screenshot(admin, f"admin-{path.split('/')[0]}-{'one' if '/' in path else 'all'}")
