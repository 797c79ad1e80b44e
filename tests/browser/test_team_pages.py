"""Small pages of a team's day, looked at: the duty phone, a call, a form that was wrong, the lead's
lines of 今天."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core import clock as time
from family_doctor.care_plan.models import Programme, Task
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from family_doctor.contracts import asking
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import DeskIn
from family_doctor.contracts.wording import agreement
from family_doctor.followup.models import FollowUp
from notifications.duty.models import DutyPhone
from notifications.models import CallTask
from notifications.service import tell
from notifications.sms import sandbox as played
from notifications.states import Call
from people import access as patients
from tests.browser.test_people import look_at, signed_in
from tests.family_doctor.conftest import offer
from tests.mini_program_api.phones import until
from tests.notifications.test_calls_walk import STOPPED
from tests.notifications.test_duty import code_of, gateway
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.clocks import HeldClock
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import Build, House

__all__ = ["gateway", "offer", "resident"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


def path_of(house: House, page: Page) -> str:
    return page.url.removeprefix(house.address)


async def test_a_duty_phone_is_proven_silenced_and_deleted(
    build_house: Build, gateway, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    url = str(gateway.make_url("")).rstrip("/")
    house = await build_house(sms_url=url, sms_secret=gateway.app[played.SANDBOX].options.secret)
    page = await signed_in(house, profile, "nurse1")
    await page.goto(f"{house.address}/sessions")
    await page.get_by_role("link", name="值班电话").click()
    await look_at(house, page, accessible, ["/duty-phone"])
    await page.get_by_label("手机号").fill("12345😀")
    await page.get_by_role("button", name="获取验证码").click()
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await expect(page.get_by_label("手机号")).to_have_value("12345😀")
    await accessible(page)
    await page.get_by_label("手机号").fill("13900000011")
    await page.get_by_role("button", name="获取验证码").click()
    await expect(page.get_by_role("heading", name="填验证码")).to_be_visible()
    await look_at(house, page, accessible, ["/duty-phone"])
    await screenshot(page, "duty-phone-code")
    await page.get_by_label("短信里的 6 位数字").fill(await code_of(house, "13900000011"))
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.get_by_test_id("duty-phone")).to_have_text("139****0011")
    await page.get_by_role("button", name="下班了,只发危急值").click()
    await expect(page.get_by_text("现在只发危急值", exact=False).first).to_be_visible()
    await look_at(house, page, accessible, ["/duty-phone"])
    await page.get_by_role("button", name="删除这个号码").click()
    await expect(page.get_by_role("dialog")).to_contain_text("也不再发短信给您")
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await expect(page.get_by_text("还没有登记")).to_be_visible()
    assert not await DutyPhone.filter(phone__not_isnull=True).exists()
    await page.get_by_role("link", name="我的登录").first.click()
    await page.wait_for_url(re.compile("/sessions$"))


async def test_a_call_is_made_from_its_page_and_the_way_back_harms_nobody(
    clock: HeldClock, house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    patient = await resident("李秀英")
    number, patient.phone = patient.phone, None
    await patient.save(update_fields=["phone"])
    assert await tell(patient.id, "Appointment/1/stopped", STOPPED) == 1
    await until(CallTask.all().count, bool)
    patient.phone = number
    await patient.save(update_fields=["phone"])
    page = await signed_in(house, profile, "village1")
    await look_at(house, page, accessible, ["/calls"])
    await page.get_by_role("link", name="李秀英").click()
    await expect(page.get_by_role("link", name=f"打 {number}")).to_be_visible()
    await look_at(house, page, accessible, [path_of(house, page)])
    await screenshot(page, "call")
    call = page.url
    await page.get_by_label("备注").fill("女儿接的😀𠮷")
    await page.get_by_role("button", name="通知到了").click()
    await expect(page.get_by_text("没有要打的电话")).to_be_visible()
    row = await CallTask.get()
    assert (row.status, row.note) == (Call.REACHED, "女儿接的😀𠮷")
    await page.go_back()
    assert page.url == call
    again = page.get_by_role("button", name="没有人接")
    if await again.count():
        await again.click()
    assert (await CallTask.get()).status is Call.REACHED, "what was told stays told"
    far = await signed_in(house, profile, "village2")
    refused = await far.goto(call)
    assert refused is not None
    assert refused.status == 404


async def test_a_form_that_was_wrong_counts_no_more_and_leads_to_the_next(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    patient = await resident("王秀兰", number="")
    await signed(patient, await found_team())
    began = time.today() - timedelta(days=90)
    entry = EnrolIn(programme=Programme.HYPERTENSION, began_from=began)
    await enrol(await actor("nurse1"), patient.id, entry)
    page = await signed_in(house, profile, "nurse1")
    await page.goto(f"{house.address}/follow-ups/patients/{patient.id}/records/new")
    await page.get_by_label("高压").fill("156")
    await page.get_by_label("低压").fill("92")
    await page.get_by_label("上门").check()
    await page.get_by_label("规律").check()
    await page.get_by_role("button", name="保存随访").click()
    await expect(page.get_by_test_id("action")).to_be_visible()
    found = path_of(house, page)
    await page.get_by_text("这张表记错了").click()
    await page.get_by_role("button", name="标为记错").click()
    await expect(page.locator("[data-error-summary]")).to_be_focused()
    await accessible(page)
    await screenshot(page, "follow-up-wrong")
    await page.get_by_label("怎么错的").fill("量的是他老伴")
    await page.get_by_role("button", name="标为记错").click()
    await expect(page.get_by_text("上次的随访表记错了")).to_be_visible()
    await look_at(house, page, accessible, [found])
    await expect(page.get_by_text("这张表记错了,不算数")).to_be_visible()
    await expect(page.get_by_test_id("action")).to_have_count(0)
    await screenshot(page, "follow-up-found-wrong")
    await page.get_by_role("link", name="重新填随访表").click()
    await expect(page.get_by_label("高压")).to_be_visible()
    assert (await FollowUp.get()).wrong_reason == "量的是他老伴"
    assert await Task.filter(patient_id=patient.id, status="requested").count() == 1


async def test_the_lead_s_lines_of_today_lead_to_the_contract(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, offer, resident
) -> None:
    package, team = await offer(), await found_team()
    patient = await resident("赵桂英", number="")
    village = await actor("village1")
    await patients.presented(village, patient.id)
    entry = DeskIn(
        team_id=team.id,
        package_ids=[package.id],
        text_version=agreement().version,
        signer="self",
        seen=True,
    )
    await asking.ask_at_desk(village, patient.id, entry)
    other = await signed_in(house, profile, "nurse1")
    asked = await Contract.get()
    await other.goto(f"{house.address}/contracts/{asked.id}")
    await expect(other.get_by_test_id("awaited")).to_contain_text("(责任医生)审核并签字")
    await accessible(other)
    page = await signed_in(house, profile, "team1")
    await look_at(house, page, accessible, ["/today"])
    await screenshot(page, "today-lead")
    line = page.get_by_role("listitem").filter(has_text="赵桂英")
    await expect(line).to_contain_text("等您审核")
    await line.get_by_role("link", name="去审核").click()
    await page.get_by_role("button", name="审核通过并签字").click()
    await page.get_by_role("button", name="签字", exact=True).click()
    await expect(page.get_by_test_id("contract")).to_have_attribute("data-status", "active")
    ends = time.today() + timedelta(days=12)
    await Contract.filter(id=asked.id).update(ends_on=ends)
    await look_at(house, page, accessible, ["/today"])
    await expect(page.get_by_text("团队要跟进的")).to_be_visible()
    await expect(page.get_by_role("link", name="联系续签").first).to_be_visible()
