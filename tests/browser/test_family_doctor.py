"""The family doctor from end to end, as resident, nurse, team leader and county doctor: a contract
is signed, a reading at home turns red, the team answers in time, a video visit follows from the
alert with both pictures, and the next contact is planned by the national table.

That an article goes to the village and the reads come back is `test_articles`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from care.encounter.models import Encounter
from core import clock
from family_doctor.alerts.models import Alert
from family_doctor.alerts.policy import params
from family_doctor.care_plan.models import Task
from family_doctor.leads.models import Lead
from family_doctor.talks.models import TeamTalk
from people.models import Patient
from tests.browser.conftest import GUIYING
from tests.browser.residents import SMALL, Resident
from tests.browser.test_online_visit import at_the_desk
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.care.encounter.conftest import diagnosed
from tests.family_doctor.conftest import offer
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team
from tests.plumbing.house import Build, House
from tests.plumbing.rooms import SECRET, Rooms

pytestmark = pytest.mark.browser
__all__ = ["offer"]

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
PATIENCE_MS = 60_000  # a busy machine is slow, not wrong
SEES = """() => [...document.querySelectorAll("video[data-testid=remote-video]")]
  .some(video => video.getVideoPlaybackQuality().totalVideoFrames > 5)"""


@pytest.fixture
async def hospital(build_house: Build, rooms: Rooms) -> House:
    """A house with a media node, so that people see each other."""
    node = await rooms.start_node()
    return await build_house(media_nodes=node.url, media_secret=SECRET)


@pytest.fixture
async def guiying(hospital: House, profile: Profile) -> AsyncIterator[Resident]:
    """王桂英 of 大槐树村, known by name, at her home page; the county has diagnosed her."""
    async with ClientSession() as session:
        made = Resident(hospital, await profile(viewport=SMALL, has_touch=True), "guiying")
        phone = await made.arrive(session, "王桂英", GUIYING)
        await Patient.filter(id=phone.patient_id).update(village="大槐树村")
        await diagnosed(phone.patient_id)
        yield made


async def sign(resident: Resident, lead: Page) -> None:
    """The resident asks and signs with a code, the team leader reviews and signs."""
    phone = resident.page
    await resident.follow("我的家庭医生")
    await resident.follow("选一个家庭医生团队")
    await resident.tap("我看完了,同意并申请")
    await resident.heading("签字")
    await resident.tap("获取验证码")
    await resident.tap("看演示短信")
    await resident.tap("签字", exact=True)
    await expect(phone.get_by_test_id("contract")).to_have_attribute("data-status", "applied")
    await lead.goto(f"{resident.house.address}/family")
    await lead.get_by_role("link", name="王桂英").click()
    await lead.get_by_role("button", name="审核通过并签字").click()
    await lead.get_by_role("button", name="签字", exact=True).click()
    await expect(lead.get_by_test_id("contract")).to_have_attribute("data-status", "active")


async def take_into_care(nurse: Page, house: House, patient: Patient) -> None:
    """The nurse takes her into the programme of hypertension."""
    await nurse.goto(f"{house.address}/follow-ups/patients/{patient.id}/plans/new")
    await nurse.get_by_label("高血压", exact=True).check()
    began = clock.today() - timedelta(days=400)
    await nurse.get_by_label("从哪天算起").fill(began.isoformat())
    await nurse.get_by_role("button", name="纳入管理").click()
    await expect(nurse.get_by_test_id("task")).to_be_visible()


async def measure(resident: Resident, systolic: str, diastolic: str) -> None:
    """A reading at home."""
    phone = resident.page
    await resident.open()
    await resident.follow("量血压、测血糖")
    await phone.get_by_label("高压").fill(systolic)
    await phone.get_by_label("低压").fill(diastolic)
    await resident.tap("记下")


async def ask_for_the_visit(resident: Resident) -> None:
    """From the message into the waiting room: questions, consent, evidence of the county."""
    phone = resident.page
    await resident.open("inbox")
    card = phone.locator("section", has_text="家庭医生团队请您视频复诊").first
    await card.get_by_role("link", name="去看看").click()
    await resident.follow("高血压")
    await phone.get_by_label("没有").first.check()
    await phone.get_by_label("血压大概是多少").fill("186/112")
    await phone.get_by_label("现在吃什么降压药").fill("氨氯地平,漏服两天")
    await phone.get_by_label("偶尔").check()
    await phone.get_by_label("视频").check()
    await resident.tap("下一步")
    await resident.tap("我看完了,同意")
    await resident.tap("进候诊室")
    await expect(phone.get_by_test_id("visit-ahead")).to_have_text("0")


async def see_each_other(resident: Resident, desk: Page) -> None:
    """The doctor calls, the resident comes, and each has the other's picture."""
    phone = resident.page
    await desk.get_by_role("button", name="叫下一位").click()
    await resident.tap("我来了,进去")
    await phone.get_by_test_id("join").click()
    visit = await Encounter.get()
    await desk.goto(f"{resident.house.address}/visits/{visit.id}/room")
    await desk.get_by_test_id("join").click()
    for page in (phone, desk):
        await page.wait_for_function(SEES, timeout=PATIENCE_MS)


async def test_from_the_contract_to_the_next_contact(
    hospital: House,
    guiying: Resident,
    profile: Profile,
    offer,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    await found_team()
    await offer()
    phone, house = guiying.page, hospital.address
    lead = await signed_in(hospital, profile, "team1")
    await sign(guiying, lead)
    nurse = await signed_in(hospital, profile, "nurse1")
    patient = await Patient.get(name="王桂英")
    await take_into_care(nurse, hospital, patient)

    await nurse.goto(f"{house}/alerts")
    await measure(guiying, "186", "112")
    await expect(phone.get_by_role("link", name="打 120")).to_be_visible()
    await nurse.get_by_test_id("alerts").get_by_role("link").click()
    await nurse.get_by_label("复述测到的数").fill("186/112")
    await nurse.get_by_role("button", name="我来接").click()
    await expect(nurse.get_by_test_id("alert")).to_have_attribute("data-status", "acknowledged")
    alert = await Alert.get()
    assert alert.acknowledged_at - alert.raised_at < params().to_doctor, (
        "before anybody else is asked"
    )
    await nurse.get_by_label("打通了电话,已交代").check()
    await nurse.get_by_label("怎么说的、怎么处理的").fill("没有头痛胸闷,请她马上视频复诊")
    await nurse.get_by_role("button", name="记下").click()
    await expect(nurse.get_by_test_id("alert")).to_have_attribute("data-status", "handled")
    await accessible(nurse)
    await screenshot(nurse, "alert-leads-on")

    desk = await at_the_desk(hospital, profile)
    await nurse.get_by_role("link", name="约视频复诊").click()
    await nurse.get_by_label("现在:刘明华正在线接诊").check()
    await accessible(nurse)
    await screenshot(nurse, "lead-visit")
    await nurse.get_by_role("button", name="请居民来复诊").click()
    await expect(nurse.get_by_test_id("leads")).to_contain_text("居民还没来")
    await guiying.open("inbox")
    await expect(phone.get_by_text("家庭医生团队请您视频复诊")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-lead-visit")
    await ask_for_the_visit(guiying)
    await see_each_other(guiying, desk)
    await nurse.reload()
    await expect(nurse.get_by_test_id("leads")).to_contain_text("看诊中")
    assert (await Lead.get()).origin == f"Alert/{alert.id}"

    await nurse.get_by_label("后来怎么样了").fill("视频复诊调了药,两周内随访")
    await nurse.get_by_role("button", name="结案").click()
    await nurse.goto(f"{house}/follow-ups/patients/{patient.id}")
    await expect(nurse.get_by_test_id("task")).to_contain_text("危急值之后随访")
    await accessible(nurse)
    await screenshot(nurse, "task-leads-on")
    await nurse.get_by_role("button", name="在线沟通").first.click()
    await expect(nurse.get_by_role("heading", level=1)).to_have_text("和王桂英的对话")
    assert await TeamTalk.exists(patient_id=patient.id)
    await nurse.goto(f"{house}/follow-ups/patients/{patient.id}/records/new")
    await nurse.get_by_label("高压").fill("156")
    await nurse.get_by_label("低压").fill("92")
    await nurse.get_by_label("视频").check()
    await nurse.get_by_label("规律").check()
    await nurse.get_by_role("button", name="保存随访").click()
    await expect(nurse.get_by_test_id("action")).to_contain_text("两周内再随访")
    due = await Task.get(patient_id=patient.id, status="requested")
    assert due.due == clock.today() + timedelta(days=14), "公卫规范: not controlled, once more"
