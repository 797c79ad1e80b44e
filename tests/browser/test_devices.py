"""A village doctor registers a monitor, measures with it, and says whose a reading is."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from care.record.models import Observation
from core import clock
from devices.sandbox import Instrument, glucose, pressure
from tests.browser.test_people import signed_in
from tests.people.conftest import Resident, resident
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser
__all__ = ["resident"]

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_a_reading_finds_its_resident(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident: Resident
) -> None:
    await resident()
    page = await signed_in(house, profile, "village1")
    await page.goto(f"{house.address}/devices/all")
    await accessible(page)
    await page.get_by_role("link", name="登记设备").first.click()
    await accessible(page)
    await screenshot(page, "device-new")
    await page.get_by_label("编号").fill("yh-bp-0007")
    await page.get_by_label("血压计", exact=True).check()
    await page.get_by_label("厂家").fill("云河医疗")
    await page.get_by_label("型号").fill("BP-3G")
    await page.get_by_role("button", name="登记,生成密钥").click()
    key = await page.get_by_test_id("device-key").inner_text()
    await accessible(page)
    await screenshot(page, "device-key")
    instrument = Instrument("YH-BP-0007", key)

    await page.goto(f"{house.address}/devices")
    await expect(page.get_by_text("没有等处理的读数")).to_be_visible()
    held = await instrument.post(house.address, pressure("1", clock.now(), 186, 112, pulse=88))
    assert held[0] == 202
    line = page.get_by_test_id("device-messages").get_by_role("link")
    await expect(line).to_be_visible(timeout=20_000)
    await expect(page.get_by_text("危急值", exact=True).last).to_be_visible()
    await accessible(page)
    await screenshot(page, "device-readings")
    await line.click()
    await page.get_by_role("searchbox").fill("张桂英")
    await page.get_by_role("button", name="找居民").click()
    await accessible(page)
    await screenshot(page, "device-reading")
    await page.get_by_role("button", name="记入张桂英的病历").click()
    await expect(page.get_by_text("已记入这位居民的病历。")).to_be_visible()
    assert await Observation.filter(code="blood_pressure").count() == 1

    patient = (await Observation.get(code="blood_pressure")).patient_id
    await page.goto(f"{house.address}/patients/{patient}#measured")
    await screenshot(page, "record-measured")
    await page.get_by_role("link", name="用设备给他(她)量").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("用哪台给张桂英量?")
    await accessible(page)
    await screenshot(page, "device-for-patient")
    await page.get_by_role("button", name="用这台量").click()
    await expect(page.get_by_text("正在给张桂英量").first).to_be_visible()

    await page.goto(f"{house.address}/devices/all")
    await accessible(page)
    await screenshot(page, "devices")
    await page.get_by_role("link", name="云河医疗 BP-3G").click()
    await page.get_by_role("searchbox").fill("张桂英")
    await page.get_by_role("button", name="找居民").click()
    await accessible(page)
    await screenshot(page, "device-who")
    await page.get_by_role("button", name="给张桂英量").click()
    await expect(page.get_by_test_id("device-who")).to_contain_text("正在给张桂英量")
    sent = await instrument.post(house.address, pressure("2", clock.now(), 148, 90, battery=14))
    assert sent[0] == 201
    sugar = await instrument.post(house.address, glucose("3", clock.now(), 108))
    assert sugar[0] == 422
    await page.reload()
    await page.get_by_text("换密钥、丢失、停用").click()
    await accessible(page)
    await screenshot(page, "device")
    await page.goto(f"{house.address}/devices?shown=all")
    await accessible(page)
    await screenshot(page, "device-readings-all")
