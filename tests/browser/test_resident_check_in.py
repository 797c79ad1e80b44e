"""At the door: the camera reads the sign; who has none, or says no, types its eight signs."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import ClientSession
from playwright.async_api import BrowserContext, Page, expect

from booking import doors
from booking.models import Appointment, Schedule
from tests.browser.conftest import GUIYING
from tests.browser.residents import SMALL, Resident, soon
from tests.browser.test_h5_words import call
from tests.browser.test_scanning import film
from tests.mini_program_api.phones import Phone
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

__all__ = ["film"]

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Film = Callable[[str], Awaitable[BrowserContext]]
NO_CAMERA = """() => { navigator.mediaDevices.getUserMedia =
  () => Promise.reject(new DOMException("no", "NotAllowedError")); }"""


async def at_the_door(house: House, context: BrowserContext, schedule: Schedule) -> Resident:
    """Somebody with an appointment in half an hour, on the page for checking in."""
    made = Resident(house, context, "guiying")
    async with ClientSession() as session:
        phone: Phone = await made.arrive(session, "王桂英", GUIYING)
        slot: Any = await schedule.slots.all().first()
        body = {"slot_id": str(slot.id), "patient_id": phone.patient_id}
        assert (await phone.post("/appointments", body)).status == 201
    await made.page.set_viewport_size(SMALL)
    await made.open("check-in")
    await made.heading("签到")
    return made


async def test_the_camera_reads_the_sign_at_the_door(
    house: House, film: Film, accessible: Look
) -> None:
    schedule, _ = await soon(fee_fen=0)
    code = doors.code_of(schedule.organization_id, schedule.department)
    context = await film(f"{house.address}/h5/#/check-in?door={code}")
    guiying = await at_the_door(house, context, schedule)
    fetched: list[str] = []
    guiying.page.on("request", lambda request: fetched.append(request.url))
    await accessible(guiying.page)
    assert not any("vendor/qr" in url for url in fetched)
    await guiying.tap("用摄像头扫签到码")
    await expect(guiying.page.get_by_test_id("queue-number")).to_have_text("1")
    assert (await Appointment.get()).checked_in_at is not None


async def test_another_code_is_said_to_be_another(house: House, film: Film) -> None:
    schedule, _ = await soon(fee_fen=0)
    guiying = await at_the_door(house, await film("https://example.org/pay/1"), schedule)
    await guiying.tap("用摄像头扫签到码")
    await expect(guiying.page.get_by_text("这不是签到码")).to_be_visible()
    await guiying.tap("关掉摄像头")
    await expect(guiying.page.get_by_role("button", name="用摄像头扫签到码")).to_be_visible()


async def test_who_refuses_the_camera_types(
    house: House, profile: Profile, accessible: Look
) -> None:
    schedule, _ = await soon(fee_fen=0)
    guiying = await at_the_door(house, await profile(viewport=SMALL), schedule)
    page = guiying.page
    await page.evaluate(NO_CAMERA)
    await guiying.tap("用摄像头扫签到码")
    await expect(page.get_by_text("手机没有让这个页面用摄像头")).to_be_visible()
    await accessible(page)
    await guiying.tap("我到了,签到")
    await expect(page.get_by_role("alert")).to_contain_text("把 8 位签到码填上")
    code = doors.code_of(schedule.organization_id, schedule.department)
    await page.get_by_label("签到码", exact=True).fill("ABCD EFGH")
    await guiying.tap("我到了,签到")
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_label("签到码", exact=True).fill(f"{code[:4].lower()} {code[4:].lower()}")
    await guiying.tap("我到了,签到")
    await expect(page.get_by_test_id("queue-number")).to_have_text("1")


async def test_what_a_sign_says(house: House, profile: Profile) -> None:
    page = await (await profile()).new_page()
    await page.goto(f"{house.address}/h5/")
    for text, code in {
        "https://a.example/h5/#/check-in?door=ABCD2345": "ABCD2345",
        "https://a.example/h5/#/check-in?x=1&door=ABCD2345": "ABCD2345",
        "abcd 2345": "ABCD2345",
        "https://a.example/h5/#/check-in?door=": "",
        "https://pay.example/ABCD2345": "",
        "v1.abc.def": "",
        "": "",
    }.items():
        assert await call(page, house, "camera", "doorOf", text) == code
