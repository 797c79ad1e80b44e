"""An online visit in two browsers: a resident's phone and a doctor's desk."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from app.demo import people as demo
from people.models import Patient
from tests.browser.residents import SMALL, Resident
from tests.browser.test_people import signed_in
from tests.browser.test_resident_h5 import proper
from tests.care.encounter.conftest import diagnosed
from tests.care.pictures import jpeg
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]


async def at_the_desk(house: House, profile: Profile) -> Page:
    """county1 on shift."""
    page = await signed_in(house, profile, "county1")
    await page.goto(f"{house.address}/visits")
    await page.get_by_label("密码").fill(demo.PASSWORD)
    await page.get_by_role("button", name="开始接诊").click()
    await expect(page.get_by_role("button", name="叫下一位")).to_be_visible()
    return page


async def in_the_waiting_room(
    house: House, profile: Profile, accessible: Look
) -> tuple[Resident, Page]:
    """A resident with a diagnosis, from the home page into the line."""
    resident = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await resident.sign_in()
    await resident.add_self()
    await diagnosed((await Patient.get(name="王桂英")).id)
    page = resident.page
    await resident.follow("在线复诊")
    await proper(page, accessible)
    await resident.follow("刘明华")
    await resident.heading("复诊什么病")
    await resident.follow("高血压")
    await resident.heading("高血压复诊")
    await proper(page, accessible)
    await resident.tap("下一步")
    await expect(page.get_by_text("有问题还没有答")).to_be_visible()
    await page.get_by_label("没有").first.check()
    await page.get_by_label("血压大概是多少").fill("138/86")
    await page.get_by_label("现在吃什么降压药").fill("氨氯地平,每天一片")
    await page.get_by_label("偶尔").check()
    await resident.tap("下一步")
    await resident.heading("知情同意")
    await proper(page, accessible)
    await resident.tap("我看完了,同意")
    await expect(page.get_by_text("原发性高血压")).to_be_visible()
    await proper(page, accessible)
    await resident.tap("进候诊室")
    await expect(page.get_by_test_id("visit-ahead")).to_have_text("0")
    await proper(page, accessible)
    return resident, page


async def test_a_text_visit_with_a_picture_goes_over_to_video_and_is_finished(
    house: House, profile: Profile, accessible: Look, screenshot: Shoot
) -> None:
    desk = await at_the_desk(house, profile)
    await accessible(desk)
    resident, phone = await in_the_waiting_room(house, profile, accessible)
    await expect(desk.get_by_test_id("visit-line")).to_contain_text("王桂英")
    await desk.get_by_role("button", name="叫下一位").click()
    await expect(phone.get_by_text("医生叫您了").first).to_be_visible()
    await proper(phone, accessible)
    await phone.reload()  # the place and the call are kept
    await resident.tap("我来了,进去")
    await phone.get_by_test_id("chat-input").fill("医生好,药快吃完了")
    await phone.get_by_test_id("chat-send").click()
    await expect(desk.get_by_text("医生好,药快吃完了")).to_be_visible()
    await desk.get_by_test_id("chat-input").fill("最近血压多少?")
    await desk.get_by_test_id("chat-send").click()
    await expect(phone.get_by_test_id("talk")).to_contain_text("最近血压多少?")
    photo = {"name": "药盒.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    await phone.get_by_test_id("chat-file").set_input_files([photo])
    await expect(phone.locator(".talk__picture[src]")).to_be_visible()
    await proper(phone, accessible)
    await phone.get_by_test_id("chat-input").fill("这句写错了")
    await phone.get_by_test_id("chat-send").click()
    wrong = phone.locator(".talk__said", has_text="这句写错了")
    await wrong.get_by_role("button", name="撤回").click()
    await expect(phone.get_by_text("(已撤回)")).to_be_visible()
    await expect(desk.get_by_text("消息已撤回")).to_be_visible()
    await desk.locator(".bubble", has_text="药快吃完了").get_by_role("button", name="引用").click()
    await desk.get_by_test_id("chat-input").fill("好的,这次给您续上")
    await desk.get_by_test_id("chat-send").click()
    await expect(phone.locator(".talk__quote:visible")).to_have_text("我:医生好,药快吃完了")
    await phone.get_by_test_id("chat-input").fill("还想问一句")
    await proper(phone, accessible)
    await screenshot(phone, "visit-talk")
    await phone.reload()
    await expect(phone.get_by_test_id("chat-input")).to_have_value("还想问一句")

    await desk.get_by_role("button", name="改成视频").click()
    await expect(phone.get_by_role("link", name="进视频")).to_be_visible()
    await phone.get_by_role("link", name="进视频").click()
    await expect(phone.get_by_test_id("join")).to_be_enabled()
    assert len(phone.context.pages) == 1, "WeChat's web view opens no second window"
    await phone.get_by_role("link", name="返回").click()
    await expect(phone.get_by_test_id("visit")).to_have_attribute("data-status", "in_progress")

    await accessible(desk)
    await screenshot(desk, "visit-desk")
    await desk.get_by_label("符合复诊").check()
    await desk.get_by_label("理由").fill("本院确诊高血压,病情稳定")
    await desk.get_by_role("button", name="记下判断").click()
    await write_note(desk, screenshot)
    await desk.get_by_role("button", name="签名并结束复诊").click()
    await desk.get_by_role("dialog").get_by_role("button", name="签名并结束").click()
    await expect(desk.get_by_test_id("signed-note")).to_contain_text("I10 原发性高血压")
    await accessible(desk)
    await screenshot(desk, "visit-signed")
    summary = phone.get_by_test_id("summary")
    await expect(summary).to_contain_text("继续吃氨氯地平,一个月后再来。")
    await expect(summary).to_contain_text("原发性高血压")
    await expect(summary.get_by_role("link", name="再约这位医生")).to_be_visible()
    await proper(phone, accessible)
    await screenshot(phone, "visit-summary")
    here = phone.url
    await take_the_paper(resident, phone, accessible, screenshot)
    await phone.goto(f"{here}/talk")  # the doctor closed while they were writing
    await expect(phone.get_by_text("您刚才写的没有发出去")).to_be_visible()
    await expect(phone.get_by_test_id("unsent")).to_have_value("还想问一句")
    await proper(phone, accessible)
    await screenshot(phone, "visit-unsent")


async def take_the_paper(
    resident: Resident, phone: Page, accessible: Look, screenshot: Shoot
) -> None:
    """The signed note as a PDF, in the same window."""
    await resident.follow("病历(PDF")
    await expect(phone.get_by_test_id("paper-code")).to_be_visible()
    await phone.get_by_text("打不开怎么办").click()
    await proper(phone, accessible)
    await screenshot(phone, "visit-paper")
    async with phone.expect_response(lambda answer: "/h5/papers/" in answer.url) as told:
        await phone.get_by_role("button", name="打开病历").click()
    answer = await told.value
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert len(phone.context.pages) == 1, "WeChat's web view opens no second window"


async def write_note(desk: Page, screenshot: Shoot) -> None:
    """From the resident's answers to a whole note; the diagnosis is found by its initials."""
    form = desk.get_by_test_id("note-form")
    await form.get_by_role("button", name="填入居民说的").click()
    await expect(form.get_by_label("病史")).to_have_value(re.compile("138/86"))
    await expect(form.get_by_label("主要诊断")).to_have_value("I10.x00 原发性高血压")
    await form.get_by_label("主要诊断").fill("")
    await form.get_by_label("主要诊断").press_sequentially("gxy")
    await expect(form.get_by_role("option", name="I10 原发性高血压")).to_be_visible()
    await screenshot(desk, "visit-diagnosis")
    await form.get_by_label("主要诊断").press("Enter")
    await expect(form.get_by_label("主要诊断")).to_have_value("I10 原发性高血压")
    await form.get_by_label("检查所见").fill("家测血压 138/86")
    await form.get_by_label("处理意见").fill("继续氨氯地平 5 mg,每日一次")
    await form.get_by_label("检查:心电图").check()
    await form.get_by_label("给居民的嘱咐").fill("继续吃氨氯地平,一个月后再来。")
    await form.get_by_label("下次怎么看").select_option("online")
    await expect(form.locator("[data-autosave-state]")).to_contain_text("草稿已保存")
    await two_windows(desk, screenshot)


async def two_windows(desk: Page, screenshot: Shoot) -> None:
    """Another window of the same doctor: neither overwrites the other, the doctor decides."""
    other = await desk.context.new_page()
    await other.goto(desk.url)
    plan = desk.get_by_label("处理意见")
    await plan.fill("继续氨氯地平 5 mg,每日一次。低盐")
    state = desk.get_by_test_id("note-form").locator("[data-autosave-state]")
    async with desk.expect_response(lambda answer: answer.url.endswith("/note/draft")):
        await desk.evaluate("window.dispatchEvent(new Event('online'))")  # save now
    await other.get_by_label("病史").fill("另一个窗口写的")
    there = other.get_by_test_id("note-form").locator("[data-autosave-state]")
    await expect(there).to_contain_text("另一个窗口改过这份草稿")
    await other.get_by_role("button", name="保存草稿").click()
    await expect(other.get_by_text("另一个窗口保存的是这样")).to_be_visible()
    await screenshot(other, "visit-note-two-windows")
    await other.close()
    await expect(state).to_contain_text("草稿已保存")
