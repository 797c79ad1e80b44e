"""A child's book is copied at the desk and on a phone; the parent reads what is next."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from aiohttp import ClientSession
from playwright.async_api import Page, ViewportSize, expect

from core import clock
from family_doctor.followup.rules.dates import months_after
from family_doctor.immunization import recording, service
from family_doctor.immunization.schemas import ImmunizationIn
from people.models import Patient
from tests.browser.residents import Resident
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.mini_program_api.phones import id_number
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

__all__ = ["resident"]
pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
PHONE = ViewportSize(width=390, height=844)


def born() -> date:
    """Eight months and some days ago: 麻腮风 and 乙脑 are due."""
    return months_after(clock.today(), -8) - timedelta(days=5)


async def copied(patient: Patient) -> None:
    """The book up to seven months, without the second dose of 乙肝."""
    nurse, day = await actor("nurse1"), born()
    book = [
        ("hepb:1", 0), ("bcg:1", 0), ("ipv:1", 2), ("dtap:1", 2), ("ipv:2", 3), ("dtap:2", 4),
        ("bopv:3", 4), ("dtap:3", 6), ("mpsv-a:1", 6),
    ]  # fmt: skip
    for dose, months in book:
        entry = ImmunizationIn(
            id=uuid4(), dose=dose, given_on=months_after(day, months), origin="book"
        )
        await recording.record_dose(nurse, patient.id, entry)


async def test_the_nurse_copies_the_book_and_sees_who_is_late(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot, resident
) -> None:
    team = await found_team()
    child = await resident("李小宝", born=born(), number="")
    await resident("王小妹", born=born(), number="")
    for one in await Patient.all():
        await signed(one, team)
    page = await signed_in(house, profile, "nurse1")
    await page.goto(f"{house.address}/follow-ups")
    await page.get_by_role("link", name="孩子打疫苗").click()
    await page.get_by_role("link", name="还没对证 2").click()
    await page.get_by_role("link", name="李小宝").click()
    await expect(page.get_by_text("还没对过接种证", exact=True)).to_be_visible()
    await accessible(page)
    await screenshot(page, "vaccination-child-new")
    await page.get_by_label("哪种疫苗,第几剂").select_option(label="乙肝疫苗 第 2 剂")
    await page.get_by_label("哪天打的").fill(f"{clock.today() + timedelta(days=1)}")
    await page.get_by_role("button", name="记下", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("不能在今天以后")
    await expect(page.get_by_label("哪种疫苗,第几剂")).to_have_value("hepb:2")
    await page.get_by_label("哪天打的").fill(f"{months_after(born(), 1)}")
    await page.get_by_label("批号").fill("B2026031")
    await page.get_by_role("button", name="记下", exact=True).click()
    await expect(page.get_by_test_id("given")).to_contain_text("批号 B2026031")
    await page.get_by_text("记错了").click()
    await page.get_by_label("怎么错的").fill("看成了姐姐的证")
    await page.get_by_role("button", name="标为记错").click()
    await expect(page.get_by_text("记错的 1 条")).to_be_visible()
    await copied(child)
    await page.get_by_role("link", name="照接种证抄").click()
    second = page.get_by_label("乙肝疫苗第 2 剂")
    await second.fill(f"{born() - timedelta(days=1)}")
    await page.get_by_role("button", name="记下", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("出生以后")
    await accessible(page)
    await screenshot(page, "vaccination-book")
    await second.fill("")
    await page.get_by_role("button", name="记下", exact=True).click()
    await page.get_by_role("button", name="证上的都记全了").click()
    await expect(page.get_by_test_id("book")).to_contain_text("对过接种证")
    await expect(page.get_by_test_id("now")).to_contain_text("麻腮风疫苗第 1 剂")
    await accessible(page)
    await screenshot(page, "vaccination-child")
    await page.goto(f"{house.address}/follow-ups/immunizations?shown=late")
    await expect(page.get_by_test_id("children")).to_contain_text("乙肝疫苗第 2 剂")
    await accessible(page)
    await screenshot(page, "vaccination-list")
    await page.set_viewport_size(PHONE)
    await accessible(page)
    await screenshot(page, "vaccination-list-phone")
    await page.get_by_role("link", name="李小宝").click()
    await accessible(page)
    await screenshot(page, "vaccination-child-phone")
    await page.goto(f"{house.address}/follow-ups/patients/{child.id}")
    await expect(page.get_by_test_id("vaccination")).to_contain_text("乙肝疫苗第 2 剂(过期没打)")
    await screenshot(page, "vaccination-resident-phone")


async def test_the_parent_reads_what_is_due_where_and_what_was_given(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    async with ClientSession() as session:
        made = Resident(house, await profile(viewport=PHONE, has_touch=True), "guiying")
        phone = await made.arrive(session, "李小花", id_number("19900301", 2))
        await Patient.filter(id=phone.patient_id).update(birth_date=born())
        child = await Patient.get(id=phone.patient_id)
        await signed(child, await found_team())
        page = made.page
        await made.open(f"family/{child.id}/immunizations")
        await expect(page.get_by_text("带给村医或家庭医生团队看一次")).to_be_visible()
        await proper(page, accessible)
        await screenshot(page, "h5-vaccination-new")
        await copied(child)
        await service.compare(await actor("nurse1"), child.id)
        await page.goto(f"{house.address}/h5/")
        await page.reload()
        await page.get_by_role("link", name="打疫苗").click()
        await expect(page.get_by_test_id("due")).to_contain_text("麻腮风疫苗第 1 剂")
        await expect(page.get_by_test_id("due")).to_contain_text("乡镇卫生院的预防接种门诊")
        await proper(page, accessible)
        await screenshot(page, "h5-vaccination")
        await page.evaluate("document.documentElement.dataset.mode = 'elder'")
        await screenshot(page, "h5-vaccination-elder")
