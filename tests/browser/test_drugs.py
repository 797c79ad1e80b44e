"""Drugs from the approved prescription to the hand: a resident by phone, a dispenser by scanner."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core import clock
from pharmacy.dispensing.models import MedicationDispense
from tests.browser.conftest import Arrive
from tests.browser.test_resident_h5 import Shoot, proper
from tests.browser.test_scanning import opened, scan
from tests.mini_program_api.phones import until
from tests.pharmacy.formulary.conftest import new_drug, new_lot, new_pharmacy
from tests.pharmacy.orders.conftest import PREFIX, approved, trace
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
DESK = "/pharmacy/dispensing"


async def scanned(desk: Page, code: str, seen: str) -> None:
    """Scan until it is seen, as people do: a busy machine types slower than any scanner."""
    for _ in range(3):
        await scan(desk, code)
        with suppress(AssertionError):
            await expect(desk.get_by_text(seen).first).to_be_visible(timeout=8_000)
            return
    await expect(desk.get_by_text(seen).first).to_be_visible()


async def test_paid_on_the_phone_picked_by_scanner_and_fetched_with_the_code(
    house: House, arrive: Arrive, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    place = await new_pharmacy(hours="每天 8:00 到 20:00", address="健康路 1 号")
    await new_pharmacy("YH-T1", "township", name="青石药房")
    drug = await new_drug(trace_prefix=PREFIX)
    await new_drug("B1", "格列本脲片", trace_prefix="8999999", strength="2.5mg")
    await new_lot(place, drug, 100)
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    later = clock.now() + timedelta(days=1)
    rx = await approved(known.phone.patient_id, drug, units=56, valid_until=later)

    await guiying.open()
    await page.reload()
    await expect(page.get_by_text("1 张在办")).to_be_visible()
    await screenshot(page, "drugs-home")
    await guiying.follow("选怎么拿药,去付款")
    await guiying.heading("处方")
    await expect(page.get_by_text("每天早上 1 次")).to_be_visible()
    await expect(page.get_by_text("处方药须凭处方在药师指导下购买和使用。")).to_be_visible()
    await proper(page, accessible)
    await screenshot(page, "drugs-approved")
    await guiying.follow("选怎么拿药")
    await expect(page.get_by_test_id("way-door")).to_contain_text("不能选")
    await guiying.follow("选药房")
    await expect(page.get_by_test_id("pharmacy")).to_have_count(2)
    await proper(page, accessible)
    await screenshot(page, "drugs-pharmacies")
    await guiying.tap("在这家取")
    await expect(page.get_by_test_id("price")).to_contain_text("49.00元")
    await proper(page, accessible)
    await screenshot(page, "drugs-price")
    await guiying.tap("微信支付 49.00元")
    await guiying.heading("演示收银台")
    await guiying.tap("确认付款")
    here = page.get_by_test_id("prescription")
    await expect(here).to_have_attribute("data-status", "paid", timeout=15_000)

    async def at_the_desk() -> object:
        return await MedicationDispense.get_or_none(request_id=rx.id)

    await until(at_the_desk, lambda found: found is not None)  # type: ignore[arg-type, return-value]
    desk = await opened(house, await profile(), "pharmacist1", DESK)
    await accessible(desk)
    await desk.get_by_role("link", name=str(rx.number)).click()
    await desk.get_by_role("button", name="开始配药").click()
    field = desk.get_by_label("扫药盒上的追溯码")
    await expect(field).to_be_focused()
    await scanned(desk, trace(1, "8999999"), "扫错药了")
    await screenshot(desk, "drugs-wrong")
    await scanned(desk, trace(1), "28 / 56 片")
    await scan(desk, "010812345600001017271231" + "10L1|21A7")
    await expect(desk.get_by_text("齐了 56 片")).to_be_visible()
    await accessible(desk)
    await screenshot(desk, "drugs-picked")
    await desk.get_by_role("button", name="拣齐了,交给另一人核对").click()
    await expect(desk.get_by_test_id("ten")).to_be_visible()

    second = await opened(
        house, await profile(), "pharmacist2", desk.url.removeprefix(house.address)
    )
    for box in await second.get_by_role("checkbox").all():
        await box.check()
    await accessible(second)
    await screenshot(second, "drugs-ten")
    await second.get_by_role("button", name="十项都核对过,通知居民来取").click()
    await expect(second.get_by_role("heading", name="发药")).to_be_visible()
    await second.goto(f"{second.url.split('?')[0]}/label")
    await screenshot(second, "drugs-label")

    await expect(here).to_have_attribute("data-status", "ready", timeout=20_000)
    await proper(page, accessible)
    await screenshot(page, "drugs-code")
    code = re.sub(r"\D", "", await page.get_by_test_id("pick-up-code").inner_text())
    await desk.goto(house.address + DESK)
    await scan(desk, f"QY{code}")
    await expect(desk.get_by_role("heading", name="发药")).to_be_visible()
    await screenshot(desk, "drugs-hand-over")
    await desk.get_by_role("button", name="药已交给本人").click()
    await expect(desk.get_by_text("已发药。")).to_be_visible()
    await expect(here).to_have_attribute("data-status", "picked_up", timeout=20_000)
    await screenshot(page, "drugs-done")
