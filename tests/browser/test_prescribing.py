"""A doctor in a visit writes a prescription: found by initials, counted, refused, signed."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from core import clock as time
from pharmacy.prescribing.models import Category, MedicationRequest, PrescriptionTemplate
from pharmacy.prescribing.states import Status
from tests.browser.test_people import signed_in
from tests.pharmacy.prescribing.conftest import desk, drug, line, phone, visit
from tests.pharmacy.prescribing.test_pages import allergic_to
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["desk", "phone", "visit"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def add(page: Page, words: str, name: str) -> None:
    """Find a drug and put it on the prescription with the Enter key."""
    search = page.get_by_label("加药")
    await search.press_sequentially(words)
    await expect(page.get_by_role("button", name=re.compile(name)).first).to_be_visible()
    await search.press("Enter")
    await expect(page.get_by_test_id("rx-line").filter(has_text=name)).to_be_visible()


async def write(page: Page, place: int, **boxes: str) -> None:
    """Fill a line."""
    line = page.get_by_test_id("rx-line").nth(place)
    await line.get_by_label("每次").fill(boxes["dose"])
    await line.get_by_label("单位").select_option(boxes["unit"])
    await line.get_by_label("频次").select_option(boxes["often"])
    await line.get_by_label("天数").fill(boxes["days"])


async def test_amlodipine_for_28_days_is_counted_as_it_is_written_and_signed(
    visit: tuple[object, str, object],
    house: House,
    profile: Profile,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    for code in ("W001", "W003", "W004", "W005", "W006", "W007"):
        await drug(code)
    await drug("W001", new="X1", generic_name="某安定片", controlled="psychotropic_2")
    page = await signed_in(house, profile, "county1")
    await page.goto(f"{house.address}/visits/{visit[2]}#prescription")
    await add(page, "氨氯地平", "苯磺酸氨氯地平片")
    await expect(page.get_by_label("每次")).to_be_focused()
    await write(page, 0, dose="5", unit="mg", often="qd", days="28")
    await expect(page.get_by_test_id("rx-supply")).to_have_text("共 1 盒(28 片)")
    await expect(page.get_by_test_id("rx-checks")).to_contain_text("12.60 元")
    await accessible(page)
    await screenshot(page, "prescription-writing")

    sign = page.get_by_role("button", name="签名,送药师审核")
    yes = page.get_by_role("dialog").get_by_role("button", name="签名")
    await add(page, "安定", "某安定片")
    await write(page, 1, dose="5", unit="mg", often="qn", days="7")
    await sign.click()
    await yes.click()
    await expect(page.get_by_text("某安定片是特殊管理的药品,不能在网上开").first).to_be_visible()
    await expect(page.get_by_text("一般处方不超过 7 天").first).to_be_visible()
    await accessible(page)
    await screenshot(page, "prescription-refused")
    await page.get_by_role("button", name="删掉某安定片").click()
    await expect(page.get_by_test_id("rx-line")).to_have_count(1)
    await page.get_by_label("长期处方(4 到 12 周)").check()
    await page.get_by_label("诊断明确").check()
    await sign.click()
    await yes.click()
    shown = page.get_by_test_id("signed-prescription")
    await expect(shown).to_contain_text("等药师审核")
    await expect(shown).to_contain_text("长期处方")
    await accessible(page)
    await screenshot(page, "prescription-signed")
    row = await MedicationRequest.get(status=Status.ON_HOLD)
    assert (row.long_term, row.content["lines"][0]["quantity"]) == (True, 28)


async def test_a_template_with_a_sixth_drug_and_an_allergy_are_refused_and_pieces_are_apart(
    visit: tuple[Any, str, object],
    house: House,
    profile: Profile,
    accessible: Look,
    screenshot: Shoot,
) -> None:
    doctor = await actor("county1")
    products = [await drug(f"W00{n}") for n in (1, 3, 4, 5, 6, 8)]
    await PrescriptionTemplate.create(
        owner_id=doctor.practitioner_id,
        organization_id=doctor.organization_id,
        category=Category.WESTERN,
        title="六种药",
        content={"lines": [line(one, dose="1", dose_unit="片") for one in products]},
        made_by=doctor.practitioner_id,
        created_at=time.now(),
    )
    await allergic_to(visit[0].patient_id, "缬沙坦")
    page = await signed_in(house, profile, "county1")
    await page.goto(f"{house.address}/visits/{visit[2]}#prescription")
    await page.get_by_role("button", name="六种药").click()
    await expect(page.get_by_test_id("rx-line")).to_have_count(6)
    await expect(page.get_by_test_id("rx-checks")).to_contain_text("缬沙坦")
    await page.get_by_role("button", name="签名,送药师审核").click()
    await page.get_by_role("dialog").get_by_role("button", name="签名").click()
    await expect(page.get_by_text("一张处方最多 5 种药,现在有 6 种").first).to_be_visible()
    await expect(page.get_by_text(re.compile("缬沙坦.*过敏.*请写明理由")).first).to_be_visible()
    await screenshot(page, "prescription-six")

    for code in ("Y001", "Y002", "Y003"):
        await drug(code)
    await page.get_by_role("link", name="中药饮片").click()
    for words, name in (("麻黄", "麻黄"), ("桂枝", "桂枝")):
        search = page.get_by_label("加一味")
        await search.press_sequentially(words)
        await expect(page.get_by_role("button", name=re.compile(name)).first).to_be_visible()
        await search.press("Enter")
        await expect(page.get_by_test_id("rx-line").filter(has_text=name)).to_be_visible()
        await page.get_by_test_id("rx-line").last.get_by_label("每剂克数").fill("9")
    await page.get_by_label("付数").fill("7")
    await expect(page.get_by_test_id("rx-supply").first).to_have_text("共 63 g")
    await accessible(page)
    await screenshot(page, "prescription-pieces")
