"""A nurse types a slip with the keyboard alone, is asked about a unit, and reads the course."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from core import clock
from people.access import presented
from tests.browser.conftest import Arrive
from tests.browser.test_people import signed_in
from tests.care.conftest import resident
from tests.care.laboratory.test_walk import panel, slip_of
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["resident"]
pytestmark = pytest.mark.browser

Screenshot = Callable[[Page, str], Awaitable[None]]
Accessible = Callable[[Page], Awaitable[None]]


async def test_a_slip_is_typed_beside_its_picture(
    house: House,
    profile: Profile,
    resident: Callable[..., Awaitable[object]],
    accessible: Accessible,
    screenshot: Screenshot,
) -> None:
    patient = await resident()
    slip = await slip_of(house, patient)
    doctor = await house.signed_in("village1")
    here = f"/patients/{patient.id}"
    for days, value in ((500, "98"), (300, "104"), (120, "109")):
        day = (clock.today() - timedelta(days=days)).isoformat()
        results = panel(creatinine=value, hba1c="7.1", ldl="2.9") | {"taken_on": day}
        assert (await doctor.post(f"{here}/laboratory-reports", results)).status == 303
    page = await signed_in(house, profile, "village1")
    await page.goto(f"{house.address}/attachments/{slip.id}")
    await page.get_by_role("link", name="照着录入化验结果").click()
    await expect(page.get_by_role("heading", name="记化验结果")).to_be_visible()
    await page.get_by_label("哪家医院化验的").fill("云河县人民医院检验科")
    await page.get_by_label("肌酐 Cr", exact=True).fill("1.3")
    await page.keyboard.press("Enter")
    await page.keyboard.type("8.1")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.type("390")
    await accessible(page)
    await screenshot(page, "laboratory-entry")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_role("alert")).to_contain_text("是不是 1.3 mg/dL")
    await expect(page.get_by_label("肌酐的单位", exact=True)).to_have_value("mg/dL")
    await expect(page.get_by_label("尿酸 UA", exact=True)).to_have_value("390")
    await accessible(page)
    await screenshot(page, "laboratory-asked")
    await page.get_by_role("button", name="保存").click()
    await expect(page.get_by_text("114.9 μmol/L")).to_be_visible()
    await accessible(page)
    await screenshot(page, "laboratory-report")
    await page.goto(f"{house.address}{here}/laboratory")
    await expect(page.get_by_role("img", name="肌酐变化")).to_be_visible()
    await accessible(page)
    await screenshot(page, "laboratory")
    await page.goto(f"{house.address}{here}")
    await screenshot(page, "laboratory-record")


async def test_results_on_the_phone(
    house: House, arrive: Arrive, accessible: Accessible, screenshot: Screenshot
) -> None:
    known = await arrive("guiying", "王桂英")
    await presented(await actor("village1"), known.phone.patient_id)
    doctor = await house.signed_in("village1")
    path = f"/patients/{known.phone.patient_id}/laboratory-reports"
    typed = panel(ldl="4.1", hdl="1.2", urine_protein="1+", creatinine="1.0")
    assert (await doctor.post(path, typed | {"creatinine_unit": "mg/dL"})).status == 303
    page = known.resident.page
    await page.goto(f"{house.address}/h5/#/family/{known.phone.patient_id}/laboratory")
    await expect(page.get_by_text("比参考高").first).to_be_visible()
    await expect(page.get_by_text("不一定是病")).to_have_count(1)
    await accessible(page)
    await screenshot(page, "h5-laboratory")
