"""A driver at a door, with one thumb and no signal."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from pharmacy.delivery import receipts
from pharmacy.delivery.models import Parcel
from tests.browser.residents import SMALL
from tests.browser.test_people import signed_in
from tests.pharmacy.dispatch.conftest import hands, packed, phone, shop
from tests.pharmacy.dispatch.test_door import with_driver
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["hands", "packed", "phone", "shop"]

pytestmark = pytest.mark.browser


async def test_what_was_typed_without_a_signal_is_sent_when_there_is_one(
    house: House,
    packed: Any,
    hands: Any,
    clock: Any,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    it, _ = await with_driver(packed, hands)
    page = await signed_in(house, profile, "driver1", viewport=SMALL, has_touch=True)
    await page.goto(f"{house.address}/runs")
    await screenshot(page, "driver-runs")
    await page.get_by_role("link", name="李秀英").click()
    await accessible(page)
    await screenshot(page, "driver-bag")
    clock.move(minutes=5)
    await page.context.set_offline(True)
    await page.get_by_label("记录仪现在的温度").first.fill("5.4")
    await page.get_by_label("收药码").fill(receipts.code_of(it.parcel.id))
    await page.get_by_role("button", name="交给他了").click()
    await expect(page.get_by_text("没有信号,填的内容留着")).to_be_visible()
    await screenshot(page, "driver-offline")
    assert (await Parcel.get(id=it.parcel.id)).ended_at is None
    await page.context.set_offline(False)
    await expect(page.get_by_role("heading", name="今天送完的")).to_be_visible(timeout=20_000)
    assert (await Parcel.get(id=it.parcel.id)).ended_at is not None
