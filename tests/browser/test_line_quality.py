"""The county's page about lines, looked at."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from app.demo import lines
from app.demo.people import organization_id
from app.settings import SETTINGS
from rtc.quality.models import CallQuality, QualitySample
from tests.browser.test_people import look_at, signed_in
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = [pytest.mark.browser, pytest.mark.one_database]

Look = Callable[[Page], Awaitable[None]]
Shot = Callable[[Page, str], Awaitable[None]]


async def test_the_county_finds_the_village_that_needs_a_better_line(
    house: House, profile: Profile, accessible: Look, screenshot: Shot
) -> None:
    await lines.create(house.app[SETTINGS])
    page = await signed_in(house, profile, "supervisor1")
    await page.goto(f"{house.address}/line-quality?weeks=12")
    await screenshot(page, "line-quality")
    await expect(page.get_by_role("row").filter(has_text="下沟村卫生室")).to_contain_text(
        "该换线路"
    )
    await page.get_by_role("link", name="下沟村卫生室").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("下沟村卫生室")
    await screenshot(page, "line-quality-clinic")
    clinic = organization_id("YH-T1-V3")
    kept = await QualitySample.all().order_by("-at").first()
    assert kept
    call = await CallQuality.filter(organization_id=clinic).order_by("-began_at").first()
    assert call
    await page.get_by_role("table").last.get_by_role("link").first.click()
    await expect(page.get_by_text("每分钟的通话评分")).to_be_visible()
    await screenshot(page, "line-quality-call")
    paths = ["", "?weeks=52", f"/{clinic}", f"/{organization_id('YH-T2-V2')}", f"/calls/{call.id}"]
    await look_at(house, page, accessible, [f"/line-quality{path}" for path in paths])
