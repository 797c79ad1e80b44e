"""A doctor opens the day, goes into the next visit with one click, and reads the record there."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Page, ViewportSize, expect

from app.demo import people as demo
from care.encounter.states import Status
from care.record.models import VitalSign
from care.teleconsultation.models import Urgency
from care.teleconsultation.states import Status as Asked
from core import clock
from people import access
from people.models import GrantBasis
from tests.app.test_today import consultation, neighbours, visit
from tests.browser.test_people import signed_in
from tests.care.fhir.conftest import measured
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

NARROW = ViewportSize(width=1024, height=768)


async def test_one_click_from_the_day_into_the_visit_with_the_record_beside(
    house: House,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    people = await neighbours(5)
    patient = people[0]
    before = await visit(patient, Status.FINISHED, minutes=60 * 24 * 30)
    await (
        type(before)
        .filter(id=before.id)
        .update(began_at=before.asked_at, ended_at=before.asked_at, advice="继续吃药,少盐")
    )
    for days in (1, 8, 15, 22):
        await measured(
            patient, VitalSign.BLOOD_PRESSURE, str(138 + days), minutes=1440 * days, diastolic=86
        )
    now = await visit(patient, Status.WAITING, minutes=12)
    await access.grant(
        patient.id,
        basis=GrantBasis.VISIT,
        subject=f"Encounter/{now.id}",
        granted_by=UUID(int=1),
        practitioner_id=demo.practitioner_id("county1"),
    )
    await visit(people[1], Status.PLANNED, booked_for=clock.now() + timedelta(minutes=30))
    await consultation(people[2], Asked.OPINION_DRAFT, ended_at=clock.now())
    await consultation(people[3], Asked.ACCEPTED, urgency=Urgency.URGENT)
    page = await signed_in(house, profile, "county1")
    await page.set_viewport_size(NARROW)
    await page.goto(f"{house.address}/today")
    await expect(page.get_by_test_id("next")).to_contain_text("赵秀兰")
    await accessible(page)
    await screenshot(page, "today")
    await page.get_by_test_id("next").get_by_role("link", name="打开").click()
    await page.get_by_role("tab", name="健康档案").click()
    panel = page.locator("#record-panel")
    for words in ("血压", "以前的复诊和会诊", "继续吃药,少盐"):
        await expect(panel.get_by_text(words).first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await screenshot(page, "visit-record")
