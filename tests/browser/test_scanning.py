"""Codes come from a scanner that types like a keyboard, or from the camera."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from uuid import UUID

import pytest
import segno
from playwright.async_api import Browser, BrowserContext, Page, Playwright, expect

from app.demo import people as demo
from core import db
from people import sessions
from people.cards import service as cards
from people.models import Patient
from tests.people.conftest import actor
from tests.plumbing.browsers import FLAGS, PHONE, Profile, chromium_path, new_profile
from tests.plumbing.house import Build, House

pytestmark = pytest.mark.browser

CHECK_IN = "/outpatient/check-in"
PRESS = """([text, key, typed]) => {
  const target = document.activeElement;
  const press = (code, plain) => target.dispatchEvent(new KeyboardEvent("keydown", {
    key: key || plain, code, bubbles: true, cancelable: true, isComposing: Boolean(key) }));
  for (const letter of text) {
    const kind = /\\d/.test(letter) ? "Digit" : "Key";
    press(letter === "." ? "Period" : kind + letter.toUpperCase(), letter);
  }
  if (typed) target.value = typed;
  press("Enter", "Enter");
}"""
Look = Callable[[Page], Awaitable[None]]
Film = Callable[[str], Awaitable[BrowserContext]]


@pytest.fixture
async def county(build_house: Build) -> House:
    """The house with a resident who has a card; codes live long, because browsers start slowly."""
    house = await build_house(health_card_code_seconds=600)
    async with db.atomic():
        await demo.move_in_residents()
    await cards.issue(await actor("village1"), _resident())
    return house


def _resident() -> UUID:
    return demo.patient_id("YH-T1-V1", 0)


async def code() -> str:
    return (await cards.dynamic_code(await actor("village1"), _resident())).qr_text


async def opened(house: House, context: BrowserContext, username: str, path: str) -> Page:
    """A page of somebody who is signed in."""
    visitor = await house.signed_in(username)
    await context.add_cookies(
        [{"name": sessions.COOKIE, "value": visitor.token, "url": house.address}]
    )
    page = await context.new_page()
    await page.goto(house.address + path)
    return page


async def scan(page: Page, text: str) -> None:
    """What a wedge scanner does: fast keys, then Enter."""
    await page.keyboard.type(text)
    await page.keyboard.press("Enter")


async def test_a_scanner_types_into_the_field(county: House, profile: Profile) -> None:
    page = await opened(county, await profile(), "scheduler1", CHECK_IN)
    await scan(page, await code())
    name = (await Patient.get(id=_resident())).name
    await expect(page.get_by_role("heading", name=re.compile(name))).to_be_visible()
    await expect(page.get_by_text("今天没有预约")).to_be_visible()


async def test_a_scanner_types_while_nothing_has_the_focus(county: House, profile: Profile) -> None:
    page = await opened(county, await profile(), "scheduler1", CHECK_IN)
    await page.get_by_role("heading", level=1).click()
    await page.evaluate(PRESS, [await code(), "", ""])
    await expect(page.get_by_text("今天没有预约")).to_be_visible()


async def test_a_scanner_types_through_an_input_method(county: House, profile: Profile) -> None:
    """Pinyin swallows letters and makes 。 of dots; the keys themselves are still right."""
    page = await opened(county, await profile(), "scheduler1", CHECK_IN)
    await page.evaluate(PRESS, [await code(), "Process", "微1。零儿"])
    await expect(page.get_by_text("今天没有预约")).to_be_visible()


async def test_people_who_type_slowly_are_left_alone(county: House, profile: Profile) -> None:
    page = await opened(county, await profile(), "scheduler1", CHECK_IN)
    await page.keyboard.type("ABCD234567", delay=90)
    await expect(page.get_by_label("预约码、健康卡或身份证号")).to_have_value("ABCD234567")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("没有这个预约码")


async def test_a_scanner_on_the_search_page_opens_the_record(
    county: House, profile: Profile
) -> None:
    page = await opened(county, await profile(), "county1", "/patients")
    await page.evaluate(PRESS, [await code(), "", ""])  # its keys come together on any machine
    await page.wait_for_url(re.compile(f"/patients/{_resident()}$"))


@pytest.fixture
async def film(calm: None, playwright: Playwright, tmp_path: Path) -> AsyncIterator[Film]:
    """`await film(text)`: a browser whose camera sees a QR code."""
    browsers: list[Browser] = []

    async def open_browser(text: str) -> BrowserContext:
        file = tmp_path / "camera.y4m"
        file.write_bytes(picture_of(text))
        camera = f"--use-file-for-fake-video-capture={file}"
        chromium = await playwright.chromium.launch(
            executable_path=chromium_path(), args=[*FLAGS, camera]
        )
        browsers.append(chromium)
        return await new_profile(chromium, {"viewport": PHONE})

    yield open_browser
    await asyncio.gather(*(browser.close() for browser in browsers))


def picture_of(text: str, width: int = 640, height: int = 480) -> bytes:
    """Two frames of YUV4MPEG2 with the code in the middle of a grey wall."""
    matrix = [list(row) for row in segno.make(text, error="m", micro=False).matrix]
    scale = 300 // (len(matrix) + 8)
    side = scale * (len(matrix) + 8)
    left, top = (width - side) // 2, (height - side) // 2
    wall = [bytearray(b"\x90" * width) for _ in range(height)]
    for y in range(side):
        for x in range(side):
            row, column = y // scale - 4, x // scale - 4
            inside = 0 <= row < len(matrix) and 0 <= column < len(matrix)
            wall[top + y][left + x] = 0x18 if inside and matrix[row][column] else 0xE8
    frame = b"FRAME\n" + b"".join(wall) + b"\x80" * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420\n".encode() + frame * 2


async def test_the_camera_reads_a_card(county: House, film: Film, accessible: Look) -> None:
    context = await film(await code())
    page = await opened(county, context, "scheduler1", CHECK_IN)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    await accessible(page)
    assert not any("vendor/qr" in url for url in fetched)
    await page.get_by_role("button", name="用摄像头扫").click()
    await expect(page.get_by_text("今天没有预约")).to_be_visible()
    assert page.url == county.address + CHECK_IN


async def test_without_a_camera_the_page_says_what_to_do(county: House, profile: Profile) -> None:
    page = await opened(county, await profile(), "scheduler1", CHECK_IN)
    await page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia =
          () => Promise.reject(new DOMException("no", "NotFoundError")); }"""
    )
    await page.get_by_role("button", name="用摄像头扫").click()
    await expect(page.get_by_text("这台设备没有摄像头")).to_be_visible()
    await page.get_by_role("button", name="关掉摄像头").click()
    await expect(page.get_by_role("button", name="用摄像头扫")).to_be_visible()


async def test_everybody_can_use_the_pages_of_cards(
    county: House, profile: Profile, accessible: Look, screenshot: Callable[..., Awaitable[None]]
) -> None:
    here = f"/patients/{_resident()}/health-card"
    for username, paths in {
        "village1": [here, f"{here}/print", "/patients", "/bookings/new"],
        "scheduler1": [CHECK_IN, "/outpatient/walk-in"],
        "admin1": ["/card-alerts", "/patients/suspects"],
    }.items():
        page = await opened(county, await profile(), username, paths[0])
        for path in paths:
            await page.goto(county.address + path)
            await accessible(page)
            await screenshot(page, "cards-" + re.sub(r"[^a-z]+", "-", path.split("/")[-1]))
