"""The office's pages about money, looked at."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from tests.browser.test_people import look_at, signed_in
from tests.payments import books
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shot = Callable[[Page, str], Awaitable[None]]


async def test_the_office_finds_a_refund_that_is_stuck_and_pays_it_by_hand(
    house: House, profile: Profile, accessible: Look, screenshot: Shot
) -> None:
    paid, refunded, stuck = await books.a_day()
    page = await signed_in(house, profile, "scheduler1")
    await page.goto(f"{house.address}/payments")
    await screenshot(page, "payments")
    await page.goto(f"{house.address}/payments/differences")
    await screenshot(page, "payments-differences")
    await page.goto(f"{house.address}/payments/{refunded.id}")
    await screenshot(page, "payment")
    await page.goto(f"{house.address}/payments")
    await page.get_by_role("link", name="彩超检查费,退").click()
    await screenshot(page, "payment-stuck")
    await page.get_by_label("怎么退的").fill("窗口退现金 120 元,收据 0012")
    await page.get_by_role("button", name="已另行退还").click()
    await page.get_by_role("dialog").get_by_role("button", name="已另行退还").click()
    await expect(page.get_by_text("已记下另行退还")).to_be_visible()
    paths = ["", "/differences", *(f"/{row}" for row in (paid.id, stuck.payment_id))]
    await look_at(house, page, accessible, [f"/payments{path}" for path in paths])
