"""Signing in, registering and administering in a real browser, with and without script."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from app.demo import accounts
from app.demo import people as demo
from app.settings import SETTINGS
from core import db
from people.models import Account, Patient
from people.residents.models import Bond, BondStatus
from tests.plumbing.browsers import DESK, PHONE, Profile
from tests.plumbing.house import Build, House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


async def signed_in(house: House, profile: Profile, username: str, **options: object) -> Page:
    page = await (await profile(**options)).new_page()
    await page.goto(f"{house.address}/login?next=/sessions")
    await page.get_by_label("用户名").fill(username)
    await page.get_by_label("密码").fill(demo.PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await page.wait_for_url(re.compile("/(sessions|second-factor.*)$"))
    return page


async def look_at(house: House, page: Page, accessible: Look, paths: list[str]) -> None:
    for path in paths:
        await page.goto(house.address + path)
        for size in (DESK, PHONE):
            await page.set_viewport_size(size)
            await accessible(page)
            assert await page.evaluate(SIDEWAYS) <= 0, f"{path} at {size} scrolls sideways"


async def test_everybody_can_use_the_pages_of_a_village_doctor(
    house: House, profile: Profile, accessible: Look
) -> None:
    async with db.atomic():
        await demo.move_in_residents()
    patient = demo.patient_id("YH-T1-V1", 0)
    page = await signed_in(house, profile, "village1")
    paths = ["/patients", "/patients/new", "/patients/emergency", "/sessions", "/password"]
    paths += [f"/patients/{patient}/contact", f"/patients/{patient}/disclosure"]
    await look_at(house, page, accessible, [*paths, "/reauthentication?next=/patients"])


async def test_everybody_can_use_the_pages_of_an_administrator(
    house: House, profile: Profile, accessible: Look
) -> None:
    account = await Account.get(username="county1")
    page = await signed_in(house, profile, "admin1")
    paths = ["/staff", "/staff/new", f"/staff/{account.id}", "/emergency-accesses"]
    await look_at(house, page, accessible, paths)
    await page.goto(f"{house.address}/staff/{account.id}")
    await page.get_by_role("button", name="重置密码").click()
    await page.get_by_role("button", name="重置", exact=True).click()
    await expect(page.get_by_test_id("temporary-password")).to_have_text(re.compile(r"^[\w-]{14}$"))
    await accessible(page)


async def test_everybody_can_use_the_pages_about_residents_phones(
    house: House, profile: Profile, accessible: Look
) -> None:
    async with db.atomic():
        await demo.move_in_residents()
        await accounts.create(house.app[SETTINGS])
    bond = await Bond.get(status=BondStatus.PENDING)
    page = await signed_in(house, profile, "village1")
    paths = [f"/bonds/{bond.id}/confirmation", f"/bonds/{bond.id}/revocation", "/account-desk"]
    paths += [f"/patients/{bond.patient_id}/accounts", "/account-desk/texts/privacy"]
    await look_at(house, page, accessible, paths)
    await page.goto(f"{house.address}/patients/{bond.patient_id}/accounts")
    await page.get_by_role("link", name=re.compile("^停用")).click()
    await page.get_by_label("本人不愿意再让这个微信代办").check()
    await page.get_by_role("button", name="停用").click()
    await expect(page.get_by_text("还没有微信能替他")).to_be_visible()


async def test_the_first_sign_in_of_production_shows_its_qr_code(
    build_house: Build, profile: Profile, accessible: Look
) -> None:
    house = await build_house(demo=False)
    page = await signed_in(house, profile, "village1")
    picture = page.get_by_alt_text("绑定二维码", exact=False)
    await expect(picture).to_be_visible()
    assert await picture.evaluate("image => image.naturalWidth") > 0
    await look_at(house, page, accessible, ["/second-factor/enrolment"])


@pytest.mark.parametrize("script", [True, False])
async def test_a_resident_is_registered_found_and_shown_for_a_reason(
    house: House, profile: Profile, script: bool
) -> None:
    page = await signed_in(house, profile, "village1", java_script_enabled=script)
    await page.goto(f"{house.address}/patients/new")
    await page.get_by_label("姓名", exact=True).fill("张桂英")
    await page.get_by_label("证件号码", exact=False).fill("110105194912310021")
    await page.get_by_role("button", name="登记", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("校验不通过")
    await page.get_by_label("证件号码", exact=False).fill("11010519491231002x")
    await page.get_by_role("button", name="登记", exact=True).click()
    await page.wait_for_url(re.compile("/patients/[0-9a-f-]{36}"))
    patient = await Patient.get()
    await page.goto(f"{house.address}/patients")
    await page.get_by_role("searchbox").fill("11010519491231002X")
    await page.get_by_role("searchbox").press("Enter")
    await expect(page.get_by_role("rowheader", name="张桂英")).to_be_visible()
    assert "1101051949" not in page.url
    await page.goto(f"{house.address}/patients/{patient.id}/disclosure")
    await page.get_by_label("证件号码").check()
    await page.get_by_label("为什么要看").fill("填转诊单")
    await page.get_by_role("button", name="显示").click()
    await expect(page.locator("#disclosure")).to_contain_text("11010519491231002X")


async def test_an_open_page_leads_to_the_sign_in_page_when_its_session_ends(
    house: House, profile: Profile
) -> None:
    page = await signed_in(house, profile, "county1")
    await page.goto(f"{house.address}/desk")
    other = await signed_in(house, profile, "county1")
    await other.get_by_role("button", name="退出其他所有设备").click()
    await page.wait_for_url(re.compile(r"/login\?next="))
