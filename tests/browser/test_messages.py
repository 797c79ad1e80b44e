"""How one is told: 提醒设置 on the phone, 电话通知 and 值班电话 at the desk and on a phone."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, ViewportSize, expect

from core import clock
from notifications.models import (
    Attempt,
    CallTask,
    Channel,
    Communication,
    Preference,
    Receipt,
)
from notifications.service import Message, tell
from notifications.states import Delivery
from people.models import Patient
from tests.browser.conftest import Arrive
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.mini_program_api.phones import until
from tests.people.conftest import resident as living
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House
from wechat.models import Follower
from wechat.official import followers
from wechat.sandbox import PREFIX
from wechat.sandbox.world import official_openid_of

__all__ = ["living"]
pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
PHONE = ViewportSize(width=390, height=844)
STOPPED = Message(
    "visit_terminated", "医生结束了问诊", "李秀英:请到县医院当面看。", {"patient": "李**"}
)


async def test_a_resident_chooses_how_to_be_told(
    house: House, arrive: Arrive, accessible: Look, screenshot: Shoot
) -> None:
    resident, _ = await arrive("guiying", "王桂英")
    page = resident.page
    await resident.open("reminders")
    await resident.heading("提醒设置")
    visits = page.locator("section", has=page.get_by_role("heading", name="看病和预约"))
    await expect(visits.get_by_label("短信")).to_be_checked()
    await expect(visits.get_by_label("公众号消息")).to_have_count(0)
    await proper(page, accessible)
    await screenshot(page, "reminders")

    async with ClientSession() as session:  # now the hospital's account is followed
        url = f"{house.address}{PREFIX}/followers"
        assert (await session.post(url, json={"name": "guiying"})).status == 200
    await followers.heard(official_openid_of("guiying"), came=True)
    await until(Follower.exclude(unionid=None).count, bool)
    await page.reload()
    await resident.heading("提醒设置")
    await expect(visits.get_by_label("公众号消息")).to_be_checked()
    await visits.get_by_label("公众号消息").uncheck()
    await until(Preference.filter(channel="official", group="visits").count, bool)
    law = page.locator("section", has=page.get_by_role("heading", name="谁看了我的病历"))
    for way in await law.get_by_role("checkbox").all():
        await expect(way).to_be_disabled()
    await proper(page, accessible)
    await screenshot(page, "reminders-followed")
    await page.reload()
    await expect(visits.get_by_label("公众号消息")).not_to_be_checked()


async def test_somebody_is_called_because_no_message_reached_them(
    house: House, profile: Profile, living: object, accessible: Look, screenshot: Shoot
) -> None:
    patient = await living("李秀英")  # type: ignore[operator]
    await Patient.filter(id=patient.id).update(phone=None)
    await tell(patient.id, "Encounter/1/terminated", STOPPED)
    await until(CallTask.all().count, bool)
    for name, size in (("desk", ViewportSize(width=1440, height=900)), ("phone", PHONE)):
        page = await signed_in(house, profile, "village1", viewport=size)
        await page.goto(f"{house.address}/calls")
        await accessible(page)
        await screenshot(page, f"calls-{name}")
        await page.get_by_role("link", name="李秀英").click()
        await expect(page.get_by_text("之前试过")).to_be_visible()
        await accessible(page)
        await screenshot(page, f"call-{name}")
    await page.get_by_label("备注").fill("到家里说了")
    await page.get_by_role("button", name="通知到了").click()
    await expect(page.get_by_text("没有要打的电话")).to_be_visible()
    await accessible(page)
    assert (await CallTask.get()).note == "到家里说了"


async def test_a_doctor_gives_the_number_that_rings_at_night(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    page = await signed_in(house, profile, "village1", viewport=PHONE)
    await page.get_by_role("link", name="值班电话").first.click()
    await page.get_by_label("手机号").fill("13900000011")
    await page.get_by_role("button", name="获取验证码").click()
    await expect(page.get_by_label("短信里的 6 位数字")).to_be_visible()
    await accessible(page)
    await screenshot(page, "duty-code")
    await page.get_by_label("短信里的 6 位数字").fill("12345")
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.get_by_text("验证码不对").first).to_be_visible()
    await accessible(page)
    async with (
        ClientSession() as session,
        session.get(f"{house.address}/sandbox/sms/messages?phone=13900000011") as answer,
    ):
        text = (await answer.json())["items"][0]["text"]
    code = text.partition("验证码 ")[2][:6]
    await page.get_by_label("短信里的 6 位数字").fill(code)
    await page.get_by_role("button", name="验证", exact=True).click()
    await expect(page.get_by_test_id("duty-phone")).to_have_text("139****0011")
    await accessible(page)
    await page.get_by_role("button", name="下班了,只发危急值").click()
    await expect(page.get_by_role("button", name="上班了,什么都发")).to_be_visible()
    await accessible(page)
    await screenshot(page, "duty-phone")
    await page.set_viewport_size(ViewportSize(width=1440, height=900))
    await screenshot(page, "duty-desk")


async def test_who_comes_by_a_wechat_message_has_tapped_it(
    house: House, arrive: Arrive, accessible: Look
) -> None:
    resident, phone = await arrive("guiying", "王桂英")
    account = UUID(phone.account_id)
    await tell(UUID(phone.patient_id), "Encounter/1/terminated", STOPPED)
    row = await Communication.get(recipient_id=account, topic=STOPPED.topic)
    await Attempt.create(
        communication_id=row.id,
        channel=Channel.WECHAT,
        status=Delivery.SENT,
        account_id=account,
        at=clock.now(),
    )
    page = resident.page
    await page.goto(f"{house.address}/h5/?m={row.id}#/inbox")
    await resident.heading("消息")
    await until(Receipt.filter(communication_id=row.id, kind="tapped").count, bool)
    assert "m=" not in page.url
    assert page.url.endswith("#/inbox")
    await proper(page, accessible)
    await until(Receipt.filter(communication_id=row.id, kind="read").count, bool)
