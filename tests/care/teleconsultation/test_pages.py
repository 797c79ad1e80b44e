"""The pages in a real browser: accessible, live, and keeping what was typed."""

import pytest
from playwright.async_api import expect

from people import sessions
from tests.care.teleconsultation.conftest import DECISION, OPINION

pytestmark = pytest.mark.browser


@pytest.fixture
def open_page(story, profile):
    """`await open_page("village1", path)`: a browser of that person at that page."""

    async def go(username, path):
        context = await profile()
        visitor = await story.person(username)
        await context.add_cookies(
            [{"name": sessions.COOKIE, "value": visitor.token, "url": story.house.address}]
        )
        page = await context.new_page()
        await page.goto(f"{story.house.address}{path}")
        return page

    return go


async def test_pages_are_accessible_before_and_while_somebody_is_asked(
    story, open_page, accessible, screenshot
):
    consultation_id = await story.draft()
    here = f"/consultations/{consultation_id}"
    village = await open_page("village1", f"{here}/request")
    await village.get_by_label("约个时间视频").check()
    await village.get_by_label("主要专科", exact=True).select_option("cardiology")
    await expect(village.get_by_text("今天 14:00").first).to_be_visible()
    for path in (f"{here}/request", "/clinic", "/consultations", "/consultations/new"):
        await village.goto(f"{story.house.address}{path}")
        await accessible(village)
        await screenshot(
            village,
            "teleconsultation" + path.replace(str(consultation_id), "one").replace("/", "-"),
        )
    asked = await story.ask()
    county = await open_page("county1", "/desk")
    for path in ("/desk", "/calendar", "/roster", f"/consultations/{asked}"):
        await county.goto(f"{story.house.address}{path}")
        await accessible(county)
    for username, path in {
        "supervisor1": "/oversight/consultations",
        "scheduler1": "/roster",
    }.items():
        await accessible(await open_page(username, path))


async def test_pages_are_accessible_from_the_opinion_to_the_report(story, open_page, accessible):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await story.do("county1", f"{here}/closure")
    county = await open_page("county1", f"{here}/opinion")
    await accessible(county)
    await story.do("county1", f"{here}/opinion", OPINION)
    village = await open_page("village1", here)
    await accessible(village)
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    await expect(village.get_by_test_id("report")).to_be_visible()
    await accessible(village)


async def test_the_desk_and_the_village_see_each_other_move(story, open_page):
    county = await open_page("county1", "/desk")
    await expect(county.get_by_text("现在没有等待的会诊")).to_be_visible()
    consultation_id = await story.ask()
    await expect(county.get_by_test_id("desk-queue")).to_contain_text("王**")
    village = await open_page("village1", f"/consultations/{consultation_id}")
    await expect(village.get_by_test_id("standing")).to_contain_text("等刘明华 副主任医师应答")
    await county.get_by_test_id("desk-queue").get_by_role("link").click()
    await county.get_by_test_id("accept").click()
    await expect(village.get_by_test_id("enter-room")).to_be_visible()


async def test_a_closed_browser_keeps_the_opinion(story, open_page):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    page = await open_page("county1", f"{here}/opinion")
    await page.get_by_label("所见与分析").fill("写到一半就关了浏览器")
    await page.close(run_before_unload=True)
    again = await open_page("county1", f"{here}/opinion")
    for _ in range(20):
        if await again.get_by_label("所见与分析").input_value():
            break
        await again.reload()
    await expect(again.get_by_label("所见与分析")).to_have_value("写到一半就关了浏览器")


async def test_the_checklist_shrinks_as_the_form_is_filled(story, open_page):
    consultation_id = await story.draft()
    page = await open_page("village1", f"/consultations/{consultation_id}/request")
    gate = page.get_by_test_id("quality-gate")
    await expect(gate).to_contain_text("写清主诉")
    await page.get_by_label("主要专科", exact=True).select_option("cardiology")
    await page.get_by_label("主诉").fill("胸闷 3 天")
    await expect(gate).not_to_contain_text("写清主诉")
    await expect(page.get_by_test_id("fee")).to_have_text("40.00 元")
    await page.get_by_label("希望的职称").select_option("主任医师")
    await expect(page.get_by_test_id("fee")).to_have_text("80.00 元")
