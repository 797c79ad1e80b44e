"""A resident finds on their phone who opened their record, and whom to call about it."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, expect

from people import access
from tests.browser.residents import SMALL, Resident
from tests.mini_program_api.phones import id_number
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser


async def test_she_sees_the_emergency_of_last_night(
    house: House,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
) -> None:
    wang = Resident(house, await profile(viewport=SMALL, has_touch=True), "wang")
    async with ClientSession() as session:
        phone = await wang.arrive(session, "王桂英", id_number("19600312", 402))
    patient_id = UUID(phone.patient_id)
    doctor = await actor("village2")
    await access.break_glass(doctor, patient_id, reason="路边昏迷,要看过敏史")
    await access.open_patient(doctor, patient_id, purpose="record")
    await wang.open("card")
    await wang.tap("谁看过病历", "link")
    await wang.heading("谁看过病历")
    line = wang.page.locator("section.card")
    await expect(line).to_have_count(1)
    for words in (doctor.name, "紧急打开", "路边昏迷,要看过敏史", "还在核查", "看了病历"):
        await expect(line.get_by_text(words).first).to_be_visible()
    await expect(wang.page.get_by_text("12345")).to_be_visible()
    await expect(wang.page.get_by_role("link", name="投诉")).to_be_visible()
    await accessible(wang.page)
    await screenshot(wang.page, "resident-openings")
    await wang.open("family")
    await wang.heading("家人")
    await wang.page.locator("a.row-link", has_text="王桂英").last.click()
    await expect(wang.page.get_by_role("link", name="谁看过病历")).to_be_visible()
