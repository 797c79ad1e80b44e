"""A pharmacist by keyboard: the next prescription, its check list, back to the doctor, let pass."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page, expect

from app.demo import people as demo
from core import clock
from people.models import Patient, Sex
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from tests.browser.test_people import signed_in
from tests.pharmacy.review.conftest import HERE, trained
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House
from tests.plumbing.prescriptions import signed

pytestmark = pytest.mark.browser


async def patient(name: str) -> UUID:
    """Somebody of a village clinic."""
    row = await Patient.create(
        id=uuid4(),
        name=name,
        sex=Sex.FEMALE,
        birth_date=date(1957, 3, 2),
        village="大槐树村",
        managing_organization_id=demo.organization_id("YH-T1-V1"),
        created_at=clock.now(),
        created_by=demo.practitioner_id("village1"),
    )
    return row.id


async def test_a_pharmacist_works_by_keyboard(
    house: House,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    await trained("pharmacist1")
    first = await signed(await patient("王秀兰"))
    long_ago = clock.now() - timedelta(minutes=47)
    await MedicationRequest.filter(id=first.id).update(signed_at=long_ago)
    second = await signed(await patient("李桂芳"), drugs=("苯磺酸氨氯地平片", "辛伐他汀片"))
    page = await signed_in(house, profile, "pharmacist1")
    await page.goto(f"{house.address}/")
    await expect(page.get_by_role("heading", name="审方", exact=True)).to_be_visible()
    await screenshot(page, "review-off-duty")
    await page.get_by_label("密码").fill(demo.PASSWORD)
    await page.keyboard.press("Enter")
    queue = page.get_by_test_id("review-queue")
    await expect(queue.get_by_role("listitem").first).to_contain_text("王**")
    await accessible(page)
    await screenshot(page, "review-queue")
    await page.keyboard.press("n")
    await expect(page).to_have_url(f"{house.address}{HERE}/{first.id}")
    await expect(page.locator("#record-panel")).to_be_visible()
    await accessible(page)
    await screenshot(page, "review-one")
    await page.keyboard.press("r")
    await page.get_by_label("剂量、用法和总量").check()
    reason = page.get_by_label("理由", exact=True)
    await reason.fill("请核对剂量,n 不是快捷键")
    await screenshot(page, "review-return")
    await page.get_by_role("button", name="退回医师").press("Enter")
    await expect(page.get_by_text("已退回医师,医师会收到提醒")).to_be_visible()
    assert (await MedicationRequest.get(id=first.id)).status is Status.RETURNED
    await page.wait_for_load_state()  # keys work once the page's script is there
    await page.keyboard.press("n")
    await expect(page).to_have_url(f"{house.address}{HERE}/{second.id}")
    await page.wait_for_load_state()
    for key in await page.locator("input[data-hotkey]").evaluate_all(
        "found => found.map(one => one.dataset.hotkey)"
    ):
        await page.keyboard.press(key)
    await page.keyboard.press("a")
    await page.get_by_role("dialog").get_by_role("button", name="通过并签名").press("Enter")
    await expect(page.get_by_text("已通过并签名,居民")).to_be_visible()
    await expect(page.get_by_text("没有待审的处方")).to_be_visible()
    assert (await MedicationRequest.get(id=second.id)).status is Status.ACTIVE
    await page.goto(f"{house.address}{HERE}/{second.id}")
    await screenshot(page, "review-decided")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
