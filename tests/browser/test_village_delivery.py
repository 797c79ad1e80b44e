"""Hypertension, four weeks more, to the village clinic: from the doctor's form into the hand."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from pharmacy.delivery import receipts
from pharmacy.delivery.models import Parcel
from pharmacy.formulary.models import Pharmacy
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_prescribing import add, write
from tests.browser.test_scanning import scan
from tests.care.pictures import jpeg
from tests.pharmacy.dispensing.conftest import Desk, dispense_of
from tests.pharmacy.formulary.conftest import new_lot, new_pharmacy
from tests.pharmacy.orders.conftest import came, trace
from tests.pharmacy.orders.test_whole_chain import reviewed
from tests.pharmacy.prescribing.conftest import desk, drug, phone, visit
from tests.pharmacy.shipping.conftest import parcel_of
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["desk", "phone", "visit"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def test_four_weeks_of_amlodipine_to_the_village_clinic(
    visit: tuple[Any, str, object],
    house: House,
    profile: Profile,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    li = visit[0]
    place, tablets = await new_pharmacy(phone="0539-5550110"), await drug()
    await Pharmacy.filter(id=place.id).update(delivers=True)
    await new_lot(place, tablets, 280)

    async def seen(page: Page, name: str) -> None:
        await accessible(page)
        await screenshot(page, name)

    doctor = await signed_in(house, profile, "county1")
    await doctor.goto(f"{house.address}/visits/{visit[2]}#prescription")
    await add(doctor, "氨氯地平", "苯磺酸氨氯地平片")
    await write(doctor, 0, dose="5", unit="mg", often="qd", days="28")
    await doctor.get_by_label("长期处方(4 到 12 周)").check()
    await doctor.get_by_label("诊断明确").check()
    await doctor.get_by_role("button", name="签名,送药师审核").click()
    await doctor.get_by_role("dialog").get_by_role("button", name="签名").click()
    await expect(doctor.get_by_test_id("signed-prescription")).to_contain_text("等药师审核")
    rx = await MedicationRequest.get(status=Status.ON_HOLD)
    await reviewed(house, rx)

    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "li")
    await resident.carry(li)
    await resident.open(f"medicines/{rx.id}")
    await resident.follow("选怎么拿药")
    await resident.follow("选卫生室")
    await resident.tap("送到大槐树村卫生室")
    await resident.tap("微信支付")
    await resident.tap("确认付款")
    here = resident.page.get_by_test_id("prescription")
    await expect(here).to_have_attribute("data-status", "paid", timeout=20_000)
    row = await dispense_of(rx)
    first = Desk(await house.signed_in("pharmacist1"), row)
    await first.post("picking")
    assert (await first.scan(trace(1, tablets.trace_prefix)))[0] == 303
    await first.post("picked")

    second = await signed_in(house, profile, "pharmacist2")
    await second.goto(f"{house.address}{first.path}")
    for box in await second.get_by_role("checkbox").all():
        await box.check()
    await second.get_by_role("button", name="十项都核对过,去封袋").click()
    await expect(second.get_by_label("封签号")).to_be_focused()
    photo = {"name": "seal.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    await second.get_by_label("封签的照片").set_input_files(photo)
    await second.get_by_label("封签号").fill("FQ26112201")
    await seen(second, "village-seal")
    await second.get_by_role("button", name="封好了").click()
    await expect(second.get_by_test_id("seal-number")).to_have_text("FQ26112201")
    await seen(second, "village-sealed")
    await second.get_by_role("link", name="去送药台").click()
    await expect(second.get_by_test_id("clinics")).to_contain_text("1 袋")
    await seen(second, "village-dispatch")
    await expect(second.get_by_label("封签号")).to_be_focused()
    await scan(second, "FQ26112201")
    await expect(second.get_by_test_id("count")).to_have_text("1 袋")
    await seen(second, "village-batch")
    batch = second.url
    await second.goto(f"{batch}/list")
    await seen(second, "village-list")
    await second.goto(batch)
    await second.get_by_label("送药员").select_option(label="石永强")
    await second.get_by_role("button", name="已经交给他").click()
    await expect(second.get_by_test_id("batch")).to_have_attribute("data-status", "handed_over")
    parcel = await parcel_of(await row.order)
    for path in (f"parcels/{parcel.id}", f"parcels/{parcel.id}/bag-label", "returns"):
        await second.goto(f"{house.address}/pharmacy/{path}")
        await seen(second, f"village-{path.rpartition('/')[2][:9]}")

    driver = await signed_in(house, profile, "driver1")
    await driver.goto(f"{house.address}/")
    await expect(driver.get_by_test_id("runs")).to_contain_text("大槐树村卫生室")
    await seen(driver, "village-runs")
    await driver.get_by_role("link", name="大槐树村卫生室").click()
    await expect(driver.get_by_test_id("stop")).to_contain_text("FQ26112201")
    await seen(driver, "village-stop")

    village = await signed_in(house, profile, "village1")
    await village.goto(f"{house.address}/village-parcels")
    await seen(village, "village-coming")
    await village.get_by_role("link", name="点收").click()
    await expect(village.get_by_label("看封签是好的")).to_be_focused()
    await scan(village, "FQ26112201")
    await expect(village.get_by_test_id("bags")).to_contain_text("收到了")
    await seen(village, "village-take-in")
    await village.get_by_role("button", name="点收完了").click()
    await expect(village.get_by_test_id("waiting")).to_contain_text("李秀英")
    await seen(village, "village-shelf")
    await village.goto(f"{house.address}/clinic")
    await seen(village, "village-home")
    await village.get_by_role("link", name="包药等居民来取").click()

    await resident.page.reload()
    code = receipts.code_of(parcel.id)
    await expect(resident.page.get_by_text(f"{code[:3]} {code[3:]}")).to_be_visible()
    await screenshot(resident.page, "village-phone")

    await village.get_by_role("link", name="交给居民").click()
    await village.get_by_label("收药码").fill("000000" if code != "000000" else "111111")
    await village.get_by_role("button", name="交给他了").click()
    await expect(village.get_by_text("收药码不对").first).to_be_visible()
    await seen(village, "village-wrong-code")
    await village.get_by_label("收药码").fill(code)
    await village.get_by_role("button", name="交给他了").click()
    await expect(village.get_by_text("已交给居民。")).to_be_visible()
    await came(li, rx.id, "received")
    await expect(here).to_have_attribute("data-status", "received", timeout=20_000)
    await screenshot(resident.page, "village-received")
    assert (await Parcel.get(id=parcel.id)).ended_at is not None
