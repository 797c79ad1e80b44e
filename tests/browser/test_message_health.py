"""The operator's page of messages, looked at."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from notifications.models import Channel
from notifications.states import Delivery, Stage
from tests.booking.conftest import new_patients
from tests.browser.test_people import look_at, signed_in
from tests.notifications.health import kept
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shot = Callable[[Page, str], Awaitable[None]]


async def test_an_operator_mends_and_sends_again(
    house: House, profile: Profile, accessible: Look, screenshot: Shot
) -> None:
    (patient,) = await new_patients(1)
    await kept.some(patient, 4)
    told = await kept.message(patient.id, 9, status=Stage.INBOX, topic="appointment_reminder")
    await kept.tried(told, Delivery.NO_CONSENT, "wechat_no_credit", Channel.WECHAT)
    await kept.tried(told, Delivery.REFUSED, "no_phone")
    page = await signed_in(house, profile, "admin1")
    await look_at(house, page, accessible, ["/message-health", "/message-health?hours=168"])
    await page.goto(f"{house.address}/message-health")
    await screenshot(page, "message-health")
    await page.get_by_label("改好了什么").fill("短信服务商恢复了")
    await page.get_by_role("button", name="重新发送 4 条").click()
    await page.get_by_role("dialog").get_by_role("button", name="重新发送").click()
    await expect(page.get_by_text("已重新发送")).to_be_visible()
    await page.get_by_text("暂停短信").click()
    await page.get_by_role("textbox", name="为什么暂停").fill("短信服务商检修")
    await page.get_by_role("button", name="暂停", exact=True).click()
    await expect(page.get_by_text("短信 已暂停", exact=True)).to_be_visible()
    await look_at(house, page, accessible, ["/message-health"])
    await screenshot(page, "message-health-held")
    await expect(page.get_by_test_id("channels").get_by_text("公众号")).to_be_visible()
    await page.get_by_text("暂停公众号").click()
    await page.get_by_role("textbox", name="为什么暂停").first.fill("公众号在换密钥😀")
    await page.get_by_role("button", name="暂停", exact=True).first.click()
    await expect(page.get_by_text("公众号 已暂停", exact=True)).to_be_visible()
    await look_at(house, page, accessible, ["/message-health"])
    await screenshot(page, "message-health-official-held")
    await page.get_by_role("button", name="恢复公众号").click()
    await expect(page.get_by_text("公众号 已暂停", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="恢复短信").click()
    await expect(page.get_by_text("等着的消息马上开始发")).to_be_visible()
