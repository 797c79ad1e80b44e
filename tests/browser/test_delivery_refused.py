"""A refused parcel on the phone: way and address chosen, the road seen, the drugs waiting."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core import clock
from pharmacy.delivery.models import Fault, Parcel, Why
from pharmacy.delivery.sandbox import SANDBOX
from pharmacy.delivery.states import Status as Road
from pharmacy.dispensing import picking, service
from pharmacy.dispensing.rules import TEN
from pharmacy.orders.models import MedicationOrder
from pharmacy.shipping import returns
from pharmacy.shipping.returns import Found
from tests.browser.conftest import Arrive
from tests.browser.test_resident_h5 import Shoot, proper
from tests.browser.test_scanning import opened
from tests.pharmacy.delivery.test_courier import play
from tests.pharmacy.delivery.test_courier import until as comes
from tests.pharmacy.dispensing.conftest import dispense_of
from tests.pharmacy.formulary.conftest import new_drug, new_lot, new_pharmacy
from tests.pharmacy.orders.conftest import PREFIX, approved, sound, trace
from tests.pharmacy.orders.test_walk import quiet
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]


async def checked(rx: object) -> Parcel:
    """Picked by one pharmacist, checked by another; its parcel has the courier's number."""
    row = await dispense_of(rx)
    one, other = await actor("pharmacist1"), await actor("pharmacist2")
    await service.take(one, row)
    line = (await picking.pick_list(row))[0]
    await picking.scan(one, row, trace(1))
    assert line.remaining == 28
    await service.finish(one, row)
    await service.check(other, row, TEN)
    async with asyncio.timeout(30):
        while (parcel := await Parcel.first()) is None:
            await asyncio.sleep(0.05)
    return await comes(parcel, lambda found: found.tracking_number)


async def test_a_refused_parcel_waits_at_the_pharmacy(
    house: House, arrive: Arrive, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    place = await new_pharmacy(hours="每天 8:00 到 20:00", phone="0539-5550110", delivers=True)
    drug = await new_drug(trace_prefix=PREFIX)
    await new_lot(place, drug, 100)
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    later = clock.now() + timedelta(days=1)
    rx = await approved(known.phone.patient_id, drug, valid_until=later)
    for app in house.app._subapps:
        if SANDBOX in app:
            app[SANDBOX].options.pace = 0.01

    await guiying.open(f"medicines/{rx.id}")
    await guiying.follow("选怎么拿药")
    await expect(page.get_by_test_id("way-village")).to_contain_text("不收")
    await expect(page.get_by_test_id("way-door")).to_contain_text("8.00元")
    await proper(page, accessible)
    await screenshot(page, "delivery-ways")
    await guiying.follow("选卫生室")
    await proper(page, accessible)
    await screenshot(page, "delivery-clinics")
    await page.go_back()
    await guiying.follow("选地址")
    await guiying.follow("写地址")
    await guiying.tap("保存")
    await expect(page.get_by_text("请选乡镇。")).to_be_visible()
    await page.get_by_label("收药人手机号").fill("13800000001")
    await page.get_by_label("乡镇、街道").select_option("青石镇")
    await page.get_by_label("村、社区").select_option("大槐树村")
    await page.get_by_label("几组、门牌,怎么走").fill("3 组,村委会东边第二家")
    await proper(page, accessible)
    await screenshot(page, "delivery-address")
    await guiying.tap("保存")
    await expect(page.get_by_test_id("addresses")).to_contain_text("青石镇 大槐树村 3 组")
    await proper(page, accessible)
    await screenshot(page, "delivery-door")
    await guiying.tap("送到这个地址")
    await expect(page.get_by_test_id("price")).to_contain_text("32.50元")
    await proper(page, accessible)
    await screenshot(page, "delivery-price")
    await guiying.tap("微信支付 32.50元")
    await guiying.tap("确认付款")
    here = page.get_by_test_id("prescription")
    await expect(here).to_have_attribute("data-status", "paid", timeout=15_000)

    parcel = await checked(rx)
    await play(house, parcel, "1", before_s=60)
    await play(house, parcel, "5", before_s=40)
    await expect(here).to_have_attribute("data-status", "on_the_way", timeout=20_000)
    await expect(page.get_by_text("快递员正在派送,请留意电话")).to_be_visible(timeout=20_000)
    await proper(page, accessible)
    await screenshot(page, "delivery-road")
    await play(house, parcel, "14", before_s=20)
    await comes(parcel, lambda found: found.status is Road.REFUSED)
    office = await opened(house, await profile(), "pharmacist1", "/pharmacy/dispatch")
    await expect(office.get_by_test_id("stuck")).to_contain_text("快递没有送到人手里")
    await accessible(office)
    await screenshot(office, "dispatch-stuck")
    await office.get_by_test_id("stuck").get_by_role("link").click()
    await expect(office.get_by_role("link", name="打给收药人")).to_be_visible()
    await accessible(office)
    await screenshot(office, "parcel-stuck")
    await play(house, parcel, "4", before_s=5)
    await comes(parcel, lambda found: found.status is Road.RETURNED)
    found = Found(why=Why.REFUSED, fault=Fault.RESIDENT, sound=True)
    await returns.inspect(await actor("pharmacist1"), parcel, found)
    await expect(here).to_have_attribute("data-status", "back", timeout=20_000)
    await expect(here).to_contain_text("给您留着")
    await expect(page.get_by_test_id("pick-up-code")).to_be_visible()
    await page.get_by_text("药有问题").click()
    await proper(page, accessible)
    await screenshot(page, "delivery-back")
    await guiying.tap("告诉药房")
    await expect(page.get_by_test_id("trouble")).to_contain_text("已经告诉药房")
    order = await MedicationOrder.get(request_id=rx.id)
    desk = await opened(house, await profile(), "pharmacist1", "/pharmacy/dispensing")
    await expect(desk.get_by_test_id("troubles")).to_contain_text("没收到")
    await desk.goto(f"{house.address}/pharmacy/orders/{order.id}")
    await accessible(desk)
    await desk.get_by_label("答复居民").fill("药在药房,给您留着。")
    await screenshot(desk, "delivery-trouble")
    await desk.get_by_role("button", name="发给居民").click()
    await expect(page.get_by_test_id("trouble")).to_contain_text("给您留着", timeout=20_000)
    await guiying.open("addresses")
    await proper(page, accessible)
    await screenshot(page, "delivery-addresses")
    await quiet()
    await sound()
