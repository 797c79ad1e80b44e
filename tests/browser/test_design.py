"""The design system in a real browser: reachable by everybody, and its small behaviours."""

import re
from collections.abc import Awaitable, Callable
from io import BytesIO

import pytest
from playwright.async_api import Page, expect
from pypdf import PdfReader

from core.gallery import SHEETS
from tests.plumbing.browsers import DESK, PHONE, Profile
from tests.plumbing.house import House

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

SMALL = {"width": 360, "height": 640}
SIDEWAYS = (
    "document.documentElement.scrollWidth - document.documentElement.clientWidth"  # pixels too wide
)


async def sheet(house: House, profile: Profile, name: str = "", **options: object) -> Page:
    page = await (await profile(**options)).new_page()
    await page.goto(f"{house.address}/design/{name}".rstrip("/"))
    return page


@pytest.mark.parametrize("name", SHEETS)
async def test_everybody_can_use_every_sheet(
    house: House,
    profile: Profile,
    accessible: Callable[[Page], Awaitable[None]],
    screenshot: Callable[[Page, str], Awaitable[None]],
    name: str,
) -> None:
    page = await sheet(house, profile, name)
    for size in (DESK, PHONE, SMALL):
        await page.set_viewport_size(size)
        await accessible(page)
        assert await page.evaluate(SIDEWAYS) <= 0, f"{size} scrolls sideways"
    await screenshot(page, f"design-{name or 'gallery'}")


@pytest.mark.parametrize("name", SHEETS)
async def test_large_text_breaks_nothing(house: House, profile: Profile, name: str) -> None:
    page = await sheet(house, profile, name, viewport=PHONE)
    await page.evaluate("document.documentElement.dataset.mode = 'elder'")
    assert await page.evaluate(SIDEWAYS) <= 0


async def test_buttons_and_links_are_large_enough(house: House, profile: Profile) -> None:
    page = await sheet(house, profile, viewport=PHONE)
    small = await page.evaluate(
        """[...document.querySelectorAll(
             '.button:not(.button--small), .input, .choice, .tabs__tab, .tabbar__link, summary')]
           .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44)
           .map(e => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


async def test_the_error_summary_takes_the_focus_and_leads_on(
    house: House, profile: Profile
) -> None:
    page = await sheet(house, profile)
    summary = page.locator("[data-error-summary]")
    await expect(summary).to_be_focused()
    await expect(summary.locator("a").last).to_have_text(re.compile("缓急"))
    await summary.get_by_role("link", name="身份证号少了一位").click()
    await expect(page.get_by_label("身份证号")).to_be_focused()


async def test_the_keyboard_searches_and_walks(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    await page.get_by_role("heading", name="设计系统").click()
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    assert await page.get_by_role("searchbox").input_value() == ""
    links = page.locator("ul.list .list__link")
    await links.first.focus()
    await page.keyboard.press("ArrowDown")
    await expect(links.nth(1)).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowUp")
    await expect(links.first).to_be_focused()


async def test_tabs_follow_the_arrows(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    tabs = page.get_by_role("tab")
    await expect(page.locator("#t-files")).to_be_hidden()
    await tabs.first.focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#t-files")).to_be_visible()
    await expect(page.locator("#t-record")).to_be_hidden()
    await page.keyboard.press("End")
    await expect(tabs.last).to_have_attribute("aria-selected", "true")


async def test_without_script_nothing_is_out_of_reach(house: House, profile: Profile) -> None:
    page = await sheet(house, profile, java_script_enabled=False)
    for part in ("#t-record", "#t-files", "#t-chat"):
        await expect(page.locator(part)).to_be_visible()
    await expect(page.locator("#g-dialog")).to_be_hidden()
    await page.get_by_role("link", name="打开对话框").click()
    await expect(page.locator("#g-dialog")).to_be_visible()
    await page.get_by_role("link", name="关闭").click()
    await expect(page.locator("#g-dialog")).to_be_hidden()


async def test_a_dialog_keeps_and_returns_the_focus(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    opener = page.get_by_role("link", name="打开对话框")
    await opener.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await expect(page.get_by_role("heading", name="退回补充资料")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(opener).to_be_focused()


async def test_what_cannot_be_undone_is_asked_once_and_sent_once(
    house: House, profile: Profile
) -> None:
    page = await sheet(house, profile)
    sent: list[str] = []

    async def keep(route: object, request: object) -> None:
        sent.append(request.method)  # type: ignore[attr-defined]
        await route.fulfill(status=204)  # type: ignore[attr-defined]

    await page.route("**/design*", keep)
    submit = page.locator("form[data-confirm] button[type=submit]")
    await submit.click()
    await page.get_by_role("button", name="先不").click()
    assert sent == []
    await submit.click()
    await page.get_by_role("dialog").get_by_role("button", name="提交", exact=True).click()
    await expect(submit).to_have_text("正在提交…")
    await submit.click()
    assert sent == ["POST"]


async def test_a_signature_is_a_picture_until_it_is_cleared(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    value = page.locator("input[name=consent_signature]")
    canvas = page.locator("#f-consent_signature")
    await canvas.scroll_into_view_if_needed()
    box = await canvas.bounding_box()
    assert box
    assert await value.input_value() == ""
    await page.mouse.move(box["x"] + 40, box["y"] + 60)
    await page.mouse.down()
    await page.mouse.move(box["x"] + 140, box["y"] + 90, steps=8)
    await page.mouse.up()
    assert re.match(r"data:image/png;base64,\w{100}", await value.input_value())
    dark = await canvas.evaluate(
        "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(v => v > 0)"
    )
    assert dark
    await page.get_by_role("button", name="重写").click()
    assert await value.input_value() == ""


async def test_a_picture_opens_over_the_page(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    await page.get_by_role("tab", name="文件").click()
    await page.get_by_role("link", name="心电图").click()
    await expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    await page.get_by_role("button", name="关闭").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_counter_counts_and_never_cuts(house: House, profile: Profile) -> None:
    page = await sheet(house, profile)
    await page.get_by_label("主诉").fill("晕" * 203)
    await expect(page.locator("[data-count-for=f-complaint]")).to_have_text(re.compile("超出 3 字"))
    assert len(await page.get_by_label("主诉").input_value()) == 203


async def test_a_draft_is_saved_and_a_lost_line_is_told(house: House, profile: Profile) -> None:
    page = await sheet(house, profile, "room")
    drafts: list[str] = []
    broken = True

    async def take(route: object, request: object) -> None:
        drafts.append(request.post_data)  # type: ignore[attr-defined]
        await route.fulfill(status=500 if broken else 204)  # type: ignore[attr-defined]

    await page.route("**/design/draft", take)
    await page.get_by_role("tab", name="意见").click()
    await page.get_by_label("会诊意见").fill("加用氨氯地平")
    state = page.locator("[data-autosave-state]")
    await expect(state).to_have_text(re.compile("还没有保存"))
    broken = False
    await page.get_by_label("处理建议").fill("两周后复测")
    await expect(state).to_have_text(re.compile(r"草稿已保存 \d\d:\d\d"))
    assert "once=" not in drafts[-1]
    assert drafts[-1].count("opinion=") == 1


async def test_a_report_prints_as_one_sheet_of_a4(house: House, profile: Profile) -> None:
    page = await sheet(house, profile, "paper")
    paper = PdfReader(BytesIO(await page.pdf(prefer_css_page_size=True)))
    assert len(paper.pages) == 1
    width, height = (float(side) * 25.4 / 72 for side in paper.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)
    await page.emulate_media(media="print")
    await expect(page.get_by_role("button", name="打印")).to_be_hidden()
    await page.set_viewport_size({"width": 680, "height": 960})  # A4 between its margins
    await expect(page.get_by_role("columnheader", name="参考")).to_be_visible()


async def test_a_dialog_stands_in_the_middle_and_on_a_phone_at_the_thumb(
    house: House, profile: Profile
) -> None:
    page = await sheet(house, profile)
    await page.get_by_role("link", name="打开对话框").click()
    box = await page.get_by_role("dialog").bounding_box()
    assert box
    assert abs(box["y"] - (DESK["height"] - box["y"] - box["height"])) <= 1
    await page.set_viewport_size(PHONE)
    box = await page.get_by_role("dialog").bounding_box()
    assert box
    assert box["width"] == PHONE["width"]
    assert abs(box["y"] + box["height"] - PHONE["height"]) <= 1
