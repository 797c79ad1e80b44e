"""问一问 in two browsers: a phone asks, the team finds it, answers, and begins by itself."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from family_doctor.contracts.models import Contract
from notifications.models import Communication
from people.models import Patient
from tests.browser.conftest import Arrive
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.plumbing.browsers import PHONE, Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_resident_asks_and_the_nurse_answers(
    house: House, profile: Profile, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    resident, known = await arrive("guiying", "王桂英")
    phone = resident.page
    await signed(await Patient.get(id=known.patient_id), await found_team())
    await resident.follow("我的家庭医生")
    await expect(phone.get_by_text("不是急诊,紧急请打 120")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-team-talk-door")
    await resident.follow("问一问")
    await expect(phone.get_by_text("这里是健康咨询,不是看病")).to_be_visible()
    await expect(phone.get_by_test_id("talk")).to_contain_text("说过的话保存三年")
    await expect(phone.get_by_role("link", name="约复诊")).to_be_visible()
    await phone.get_by_label("想对团队说的话").fill("降压药早上吃还是晚上吃?")
    await phone.get_by_test_id("chat-send").click()
    await expect(phone.get_by_test_id("talk")).to_contain_text("降压药早上吃还是晚上吃?")
    await expect(phone.get_by_role("button", name="发送")).not_to_have_attribute(
        "aria-busy", "true"
    )
    await proper(phone, accessible)
    await screenshot(phone, "h5-team-talk")

    nurse = await signed_in(house, profile, "nurse1")
    await nurse.goto(f"{house.address}/talks")
    line = nurse.get_by_test_id("family-talks")
    await expect(line).to_contain_text("等团队回复")
    await accessible(nurse)
    await screenshot(nurse, "family-talks")
    await nurse.set_viewport_size(PHONE)
    await accessible(nurse)
    await screenshot(nurse, "family-talks-phone")
    await line.get_by_role("link", name="回复").click()
    await nurse.get_by_test_id("chat-input").fill("早上吃,每天同一个时间。")
    await screenshot(nurse, "family-talk-phone")
    await nurse.get_by_test_id("chat-send").click()
    await expect(phone.get_by_text("早上吃,每天同一个时间。")).to_be_visible()
    await expect(nurse.locator("[data-chat-read]")).to_contain_text("已读")
    await nurse.set_viewport_size({"width": 1440, "height": 900})
    await accessible(nurse)
    await screenshot(nurse, "family-talk")
    await nurse.goto(f"{house.address}/talks")
    await expect(line).to_contain_text("回过了")

    doctor = await signed_in(house, profile, "team1")
    await doctor.goto(f"{house.address}/follow-ups/patients/{known.patient_id}")
    await doctor.get_by_role("button", name="在线沟通").click()
    await expect(doctor.get_by_text("降压药早上吃还是晚上吃?")).to_be_visible()
    await phone.goto(f"{house.address}/h5/#/")
    await resident.heading("家门口医院")
    await doctor.get_by_test_id("chat-input").fill("吃一周以后我们再量一次。")
    await doctor.get_by_test_id("chat-send").click()
    await expect(doctor.locator(".bubble[data-seq]", has_text="吃一周以后")).to_be_visible()
    await resident.follow("我的家庭医生")
    await expect(phone.get_by_text("1 条新消息")).to_be_visible()
    await proper(phone, accessible)
    contract = await Contract.get()
    assert not await Communication.filter(topic="team_wrote").exists(), "not away for long"

    team_page = f"{house.address}/family/{contract.team_id}/residents"
    await doctor.goto(team_page)
    await accessible(doctor)
    await screenshot(doctor, "family-residents-talk")
    await doctor.get_by_role("button", name="在线沟通").click()
    await expect(doctor.get_by_role("heading", level=1)).to_have_text("和王桂英的对话")

    await phone.goto(f"{house.address}/h5/#/family-doctor")
    await phone.get_by_text("换团队或者解约").click()
    await resident.tap("解约", exact=True)
    await resident.follow("看以前说过的话")
    await expect(phone.get_by_text("签约结束了,只能看。")).to_be_visible()
    await expect(phone.get_by_text("个工作日内回复")).to_have_count(0)
    await expect(phone.get_by_text("降压药早上吃还是晚上吃?")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "h5-team-talk-over")
    assert (await doctor.reload()) is not None
    await expect(doctor.get_by_text("没有找到这个对话")).to_be_visible()
