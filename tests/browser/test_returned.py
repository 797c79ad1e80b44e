"""A prescription that the pharmacist sends back: rewritten by its doctor, or confirmed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_prescribing import write
from tests.browser.test_resident_h5 import proper
from tests.pharmacy.prescribing.conftest import desk, phone, visit
from tests.pharmacy.prescribing.test_service import signed
from tests.pharmacy.review.conftest import HERE, on_duty, trained
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["desk", "phone", "visit"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
WHY = "睡前再加量会头晕,请核对用量"


async def take(page: Page, house: House, row: MedicationRequest) -> None:
    """The pharmacist takes the next one from the queue."""
    await page.goto(f"{house.address}{HERE}")
    await page.wait_for_load_state()
    await page.keyboard.press("n")
    await expect(page).to_have_url(f"{house.address}{HERE}/{row.id}")
    await page.wait_for_load_state()


async def send_back(page: Page, house: House, row: MedicationRequest) -> None:
    """The pharmacist takes it and sends it back with a reason."""
    await take(page, house, row)
    await page.keyboard.press("r")
    await page.get_by_label("剂量、用法和总量").check()
    await page.get_by_label("理由", exact=True).fill(WHY)
    await page.get_by_role("button", name="退回医师").click()
    await expect(page.get_by_text("已退回医师,医师会收到提醒")).to_be_visible()


async def sign(page: Page) -> None:
    """The pharmacist ticks what software could not judge, and lets it pass."""
    for box in await page.locator("input[name=fit]").all():
        await box.check()
    await page.keyboard.press("a")
    await page.get_by_role("dialog").get_by_role("button", name="通过并签名").click()
    await expect(page.get_by_text("已通过并签名,居民")).to_be_visible()


@pytest.fixture
async def pharmacist(house: House, profile: Profile) -> Page:
    """On duty, in a browser."""
    await trained("pharmacist1")
    await on_duty(house, "pharmacist1")
    return await signed_in(house, profile, "pharmacist1")


async def test_the_doctor_rewrites_what_the_pharmacist_returned_and_the_resident_reads_it(
    visit: tuple[Any, str, object],
    house: House,
    profile: Profile,
    pharmacist: Page,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    first = await signed(visit)
    await send_back(pharmacist, house, first)

    doctor = await signed_in(house, profile, "county1")
    await doctor.goto(f"{house.address}/prescriptions")
    await accessible(doctor)
    await screenshot(doctor, "returned-list")
    await doctor.get_by_role("link", name="去处理").click()
    await expect(doctor.get_by_text(WHY)).to_be_visible()
    await accessible(doctor)
    await screenshot(doctor, "returned-read")
    await doctor.get_by_role("button", name="改处方(写新的一版)").click()
    await expect(doctor.get_by_text(f"改写 {first.number}(第 1 版)")).to_be_visible()
    await write(doctor, 0, dose="2.5", unit="mg", often="qd", days="7")
    await screenshot(doctor, "returned-rewriting")
    await doctor.get_by_role("button", name="签名,送药师审核").click()
    await doctor.get_by_role("dialog").get_by_role("button", name="签名").click()
    await expect(doctor.get_by_text(f"{first.number}-2").first).to_be_visible()
    second = await MedicationRequest.get(version=2)
    assert second.replaces_id == first.id
    await take(pharmacist, house, second)
    await sign(pharmacist)
    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "li")
    await resident.carry(visit[0])
    await resident.follow("选怎么拿药,去付款")
    here = resident.page.get_by_test_id("prescription")
    await expect(here).to_contain_text(str(second.number))
    await expect(resident.page.get_by_text("每次半片(2.5mg)")).to_be_visible()
    await proper(resident.page, accessible)
    await screenshot(resident.page, "returned-resident")
    assert (await MedicationRequest.get(id=first.id)).status is Status.REPLACED
    await resident.follow("处方笺(PDF")
    await expect(resident.page.get_by_test_id("paper-code")).to_be_visible()
    await proper(resident.page, accessible)
    await screenshot(resident.page, "prescription-paper")


async def test_the_doctor_stands_by_it_with_a_second_signature(
    visit: tuple[Any, str, object],
    house: House,
    profile: Profile,
    pharmacist: Page,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    row = await signed(visit)
    await send_back(pharmacist, house, row)
    doctor = await signed_in(house, profile, "county1")
    await doctor.goto(f"{house.address}/prescriptions/{row.id}")
    await doctor.get_by_text("不改,再次签名").click()
    await doctor.get_by_label("为什么不改").fill("用这个量三年,血压稳定,没有头晕")
    await doctor.get_by_role("button", name="再次签名").click()
    await expect(doctor.get_by_text("已再次签名,处方回到药师那里审核")).to_be_visible()
    await take(pharmacist, house, row)
    await expect(pharmacist.get_by_text("医师坚持原方")).to_be_visible()
    await accessible(pharmacist)
    await screenshot(pharmacist, "returned-confirmed")
    await sign(pharmacist)
    row = await MedicationRequest.get(id=row.id)
    assert row.status is Status.ACTIVE
    assert row.second_signature_id not in (None, row.signature_id)
