"""An article goes from the nurse to the phones of the village, and the reads come back."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, ViewportSize, expect

from people.models import Patient
from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.notifications.education.test_walk import WRITTEN
from tests.plumbing.browsers import Profile
from tests.plumbing.families import found_team, signed
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
WALL = ViewportSize(width=1600, height=900)


async def test_an_article_goes_to_the_village_and_the_reads_come_back(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await resident.sign_in()
    await resident.add_self()
    await signed(await Patient.all().first(), await found_team())

    nurse = await signed_in(house, profile, "nurse1")
    await nurse.goto(f"{house.address}/articles")
    await accessible(nurse)
    await nurse.get_by_role("link", name="写文章").click()
    await nurse.get_by_label("类别").select_option(WRITTEN["subject"])
    for label, name in (
        ("题目", "title"), ("一句话说清楚", "summary"), ("正文", "body"),
        ("问题", "question"), ("选项", "choices"), ("为什么", "explanation"),
    ):  # fmt: skip
        await nurse.get_by_label(label).first.fill(WRITTEN[name])
    await accessible(nurse)
    await screenshot(nurse, "article-write")
    await nurse.get_by_role("button", name="保存并送审").click()
    await expect(nurse.get_by_test_id("article")).to_have_attribute("data-status", "in-review")

    lead = await signed_in(house, profile, "team1")
    await lead.goto(nurse.url)
    await accessible(lead)
    await screenshot(lead, "article-review")
    await lead.get_by_role("button", name="通过").click()
    await expect(lead.get_by_text("已通过,到日子自动发布")).to_be_visible()
    for _ in range(100):
        await lead.reload()
        if await lead.get_by_role("link", name="推送给居民").count():
            break
        await lead.wait_for_timeout(200)
    await lead.get_by_role("link", name="推送给居民").click()
    await accessible(lead)
    await screenshot(lead, "article-send")
    await lead.get_by_role("button", name="开始推送").click()
    await expect(lead.get_by_test_id("campaign")).to_be_visible()

    phone = resident.page
    await phone.goto(f"{house.address}/h5/#/")
    await resident.follow("健康知识")
    await resident.heading("健康知识")
    await proper(phone, accessible)
    await screenshot(phone, "articles")
    await phone.get_by_role("link", name="少吃一勺盐").last.click()
    await expect(phone.get_by_text("少放酱油")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "article-read")
    await resident.tap("5 克")
    await expect(phone.get_by_text("答对了")).to_be_visible()

    await lead.reload()
    await expect(lead.get_by_text("1 个账号")).to_be_visible()
    await accessible(lead)
    await screenshot(lead, "campaign")
    wall = await (await profile(viewport=WALL)).new_page()
    await wall.goto(f"{house.address}/screen/health")
    await expect(wall.get_by_test_id("screen")).to_contain_text("少吃一勺盐")
    await accessible(wall)
    await screenshot(wall, "health-screen")
    await resident.follow("发给家人看")
    await expect(phone.get_by_test_id("read")).to_contain_text("少放酱油")
    await expect(phone.get_by_text("医生工作台")).to_have_count(0)
    await proper(phone, accessible)
    await screenshot(phone, "article-shared")
    await lead.goto(nurse.url)
    await lead.get_by_role("button", name="下架").click()
    await expect(lead.get_by_role("dialog")).to_contain_text("分享出去的链接也打不开")
    await lead.get_by_role("dialog").get_by_role("button", name="下架").click()
    await expect(lead.get_by_role("heading", level=1)).to_have_text("健康教育")
    await phone.reload()
    await expect(phone.get_by_text("可能已经下架")).to_be_visible()
    await expect(phone.get_by_text("医生工作台")).to_have_count(0)
    await proper(phone, accessible)
    await phone.get_by_role("link", name="看别的健康知识").click()
    await expect(phone.get_by_role("heading", name="健康知识")).to_be_visible()
