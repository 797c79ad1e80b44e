"""The decoction room in a browser: a scanner, the board, the clock, a remake."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from pharmacy.decoction.models import Decoction
from tests.browser.test_people import look_at, signed_in
from tests.pharmacy.decoction.conftest import HERE, resident, room, to_decoct
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["resident", "room", "to_decoct"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shot = Callable[[Page, str], Awaitable[None]]


async def test_two_people_take_a_decoction_to_the_pot(
    house: House, profile: Profile, accessible: Look, screenshot: Shot, to_decoct: Callable
) -> None:
    prescription = await to_decoct()
    he = await signed_in(house, profile, "pharmacist1")
    await he.goto(f"{house.address}{HERE}")
    await he.get_by_label("标签号或处方号").fill(prescription.number)
    await he.keyboard.press("Enter")
    await expect(he.get_by_text("已接方")).to_be_visible()
    await he.get_by_role("button", name="调配完成").click()
    await expect(he.get_by_role("heading", name="待复核")).to_be_visible()
    row = await Decoction.get(open=prescription.id)
    luo = await signed_in(house, profile, "pharmacist2")
    await luo.goto(f"{house.address}{HERE}")
    await luo.get_by_label("标签号或处方号").fill(row.number)
    await luo.keyboard.press("Enter")
    await luo.get_by_label("称一剂").fill("60")
    await luo.get_by_role("button", name="复核通过").click()
    await expect(luo.get_by_text("误差超过 5%").first).to_be_visible()
    await screenshot(luo, "decoction-weighed-wrong")
    await luo.get_by_label("称一剂").fill("50.2")
    await luo.get_by_role("button", name="复核通过").click()
    await luo.get_by_label("锅号").fill("3")
    await luo.get_by_label("加水").fill("2000")
    await luo.get_by_role("button", name="开始浸泡").click()
    await expect(luo.get_by_text("还要 30 分钟").first).to_be_visible()
    await screenshot(luo, "decoction")
    await he.goto(f"{house.address}{HERE}")
    await screenshot(he, "decoctions")
    await he.goto(f"{house.address}{HERE}/wall")
    await expect(he.get_by_text("3 号锅")).to_be_visible()
    await screenshot(he, "decoction-wall")
    paths = [HERE, f"{HERE}/wall", f"{HERE}/{row.id}", f"{HERE}/{row.id}/label"]
    await look_at(house, he, accessible, paths)
