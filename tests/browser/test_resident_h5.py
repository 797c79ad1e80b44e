"""A resident books from a phone: from sign-in to the queue, and what can go wrong on the way."""

import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, Route, expect

from booking import doors
from booking.models import Appointment
from booking.states import Status
from tests.browser.residents import SMALL, Resident, hour, soon, stop
from tests.browser.test_people import signed_in
from tests.mini_program_api.phones import id_number
from tests.plumbing.browsers import DESK, Profile
from tests.plumbing.house import House

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]
Shoot = Callable[[Page, str], Awaitable[None]]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_SMALL = """least => [...document.querySelectorAll("body *")].filter(element =>
    element.checkVisibility() && [...element.childNodes].some(node =>
      node.nodeType === 3 && node.data.trim())
    && parseFloat(getComputedStyle(element).fontSize) < least)
  .map(element => element.outerHTML.slice(0, 80))"""
NARROW = """[...document.querySelectorAll("a, button, input, select, summary, label.choice")]
  .filter(element => element.checkVisibility() && getComputedStyle(element).display !== "inline")
  .filter(element => element.getBoundingClientRect().height < 43.5)
  .filter(element => !element.closest("label.choice") || element.matches("label"))
  .map(element => element.outerHTML.slice(0, 80))"""


@pytest.fixture
async def resident(house: House, profile: Profile) -> Resident:
    """Somebody with a phone who has signed in."""
    made = Resident(house, await profile(viewport=SMALL, has_touch=True), "guiying")
    await made.sign_in()
    await expect(made.page.get_by_text("欢迎您")).to_be_visible()
    return made


async def proper(page: Page, accessible: Look, *, least: float = 17) -> None:
    """What every screen owes everybody."""
    await accessible(page)
    assert await page.evaluate(SIDEWAYS) <= 0, f"{page.url} scrolls sideways"
    assert await page.evaluate(TOO_SMALL, least) == [], page.url
    assert await page.evaluate(NARROW) == [], page.url


async def test_from_sign_in_to_the_queue_and_seen_at_the_outpatient_desk(
    house: House, profile: Profile, resident: Resident, accessible: Look, screenshot: Shoot
) -> None:
    schedule, starts_at = await soon()
    page = resident.page
    await proper(page, accessible)
    await resident.add_self()
    await proper(page, accessible)
    await screenshot(page, "h5-home")
    await resident.choose_time(schedule, starts_at)
    await expect(page.locator(".foot")).to_contain_text("15.00元")
    await expect(page.get_by_text("约上以后手机上不能取消")).to_be_visible()  # it begins so soon
    await proper(page, accessible)
    await resident.book_and_pay()
    await proper(page, accessible)
    await screenshot(page, "h5-booked")
    row = await Appointment.get()
    await expect(page.locator("svg.qr")).to_have_attribute("data-text", row.code)

    door = doors.code_of(schedule.organization_id, schedule.department)
    await resident.open(f"check-in?door={door}")
    await resident.tap("我到了,签到")
    await expect(page.get_by_test_id("queue-number")).to_have_text("1")
    await expect(page.get_by_test_id("queue-ahead")).to_have_text("下一个就是您")
    await proper(page, accessible)

    desk = await signed_in(house, profile, "scheduler1", viewport=DESK)
    day = f"{row.day:%Y-%m-%d}"
    await desk.goto(f"{house.address}/outpatient/queues/{schedule.id}?day={day}")
    line = desk.locator("#queue")
    await expect(line).to_contain_text("王桂英")
    await expect(line).to_contain_text("已签到")
    await expect(line).to_contain_text("已在线缴费")

    await desk.get_by_role("button", name="叫下一位").click()
    await expect(line).to_contain_text("正在叫号")
    await expect(page.get_by_text("到您了,请进诊室")).to_be_visible()
    await desk.get_by_role("button", name="开始就诊").click()
    await expect(line).to_contain_text("就诊中")
    await desk.get_by_role("button", name="就诊结束").click()
    await desk.get_by_text("已结束 1").click()
    await expect(line).to_contain_text("王桂英")
    assert (await Appointment.get()).status is Status.DONE
    await expect(page.get_by_text("已就诊").first).to_be_visible()
    await resident.open("inbox")
    await resident.follow("去看看")
    await resident.heading("预约")


async def test_ten_taps_on_the_button_are_one_appointment(
    house: House, profile: Profile, resident: Resident
) -> None:
    schedule, starts_at = await soon(fee_fen=0, places=9)
    await resident.add_self()
    await resident.choose_time(schedule, starts_at)
    await resident.page.get_by_role("button", name="确认预约").evaluate(
        "button => { for (let n = 0; n < 10; n += 1) button.click(); }"
    )
    await expect(resident.page.get_by_text("已预约")).to_be_visible()
    assert await Appointment.all().count() == 1

    other = await resident.context.new_page()  # a second tab knows them, and what they booked
    await other.goto(f"{house.address}/h5/")
    await expect(other.get_by_text("王桂英(本人)")).to_be_visible()
    await expect(other.get_by_role("link", name="查看预约")).to_be_visible()


async def test_a_line_that_breaks_while_booking_books_once(
    house: House, resident: Resident
) -> None:
    schedule, starts_at = await soon(places=9)
    await resident.add_self()
    await resident.choose_time(schedule, starts_at)
    page = resident.page
    lost = True

    async def lose_the_answer(route: Route) -> None:
        nonlocal lost
        if route.request.method == "POST" and lost:
            lost = False
            await route.fetch()  # it arrived there, its answer did not arrive here
            await route.abort("internetdisconnected")
        else:
            await route.continue_()

    await page.route("**/api/mp/v1/appointments", lose_the_answer)
    await resident.tap("确认,去付 15.00元")
    await expect(page.get_by_role("alert")).to_contain_text("网络不通")
    await resident.tap("确认,去付 15.00元")
    await resident.heading("付款")
    assert await Appointment.all().count() == 1


async def test_without_a_line_the_page_says_so_and_goes_on_by_itself(resident: Resident) -> None:
    await resident.add_self()
    page = resident.page
    await resident.context.set_offline(True)
    await expect(page.get_by_text("没有网络,连上以后会自动继续")).to_be_visible()
    await resident.open("appointments")
    await resident.heading("没有网络")
    await expect(page.get_by_role("button", name="再试一次")).to_be_visible()
    await resident.context.set_offline(False)
    await resident.heading("我的预约")


async def test_back_and_reload_keep_the_place(resident: Resident) -> None:
    schedule, starts_at = await soon()
    await resident.add_self()
    await resident.choose_time(schedule, starts_at)
    page = resident.page
    await page.reload()
    await resident.heading("确认预约")
    await page.go_back()
    await expect(page.locator("a.slot")).to_be_visible()
    await resident.follow("返回")
    await expect(page.get_by_text("选哪一天")).to_be_visible()


async def test_what_was_typed_stays_and_what_is_wrong_is_said_beside_it(
    resident: Resident,
) -> None:
    page = resident.page
    await resident.follow("添加我自己")
    await resident.fill_in("您的", "王桂英", "110105194912310021", "138")
    await expect(page.locator("[data-field=id_number]")).to_contain_text("号码不对")
    await expect(page.locator("[data-field=phone]")).to_contain_text("11 位")
    await expect(page.get_by_label("证件号码")).to_be_focused()
    await expect(page.get_by_label("您的姓名")).to_have_value("王桂英")
    await page.reload()
    await expect(page.get_by_label("您的姓名")).to_have_value("王桂英")
    await expect(page.get_by_label("证件号码")).to_have_value("")  # never kept on the phone


async def test_a_parent_says_yes_by_the_code_on_their_own_phone(resident: Resident) -> None:
    await resident.add_self()
    page = resident.page
    await resident.open("family/add")
    await resident.follow("父母")
    await resident.fill_in("家人的", "王守义", id_number("19380505", 301), "13900000002")
    await resident.agree()
    await resident.heading("等家人同意")
    await page.get_by_label("验证码").fill("000000")
    await resident.tap("确定", exact=True)
    await expect(page.locator("[data-field=code]")).to_contain_text("验证码不对")
    await resident.tap("看演示短信")
    await expect(page.get_by_label("验证码")).to_have_value(re.compile(r"[1-9]\d*|0\d+"))
    await resident.tap("确定", exact=True)
    await expect(page.get_by_text("王守义(父母)")).to_be_visible()


async def test_the_health_card_lives_and_comes_back_from_the_background(
    resident: Resident,
) -> None:
    await resident.add_self()
    page = resident.page
    await page.clock.install()
    await resident.follow("健康卡")
    code = page.locator("svg.qr")
    first = await code.get_attribute("data-text")
    assert first
    assert first.startswith("v1.")
    await page.clock.fast_forward(52_000)
    await expect(code).not_to_have_attribute("data-text", first)


async def test_large_letters_are_kept_with_the_account(
    house: House, profile: Profile, resident: Resident, accessible: Look, screenshot: Shoot
) -> None:
    await soon()
    await resident.add_self()
    page = resident.page
    await resident.follow("我的")
    await resident.tap("换成大字版")
    await expect(page.get_by_text("现在是大字版")).to_be_visible()
    again = Resident(house, await profile(viewport=SMALL, has_touch=True), resident.name)
    await again.sign_in()
    await expect(again.page.get_by_text("王桂英(本人)")).to_be_visible()
    await expect(again.page.locator("html")).to_have_attribute("data-mode", "elder")
    for path in ("", "find", "card", "family", "family/desk", "appointments", "inbox", "account"):
        await again.open(path)
        await again.page.wait_for_load_state("networkidle")
        await proper(again.page, accessible, least=22)
    await again.open("")
    await expect(again.page.get_by_role("link", name="看医生")).to_be_visible()
    await screenshot(again.page, "h5-home-elder")
    await expect(again.page.get_by_role("link", name="候补")).to_be_hidden()


async def test_a_stopped_clinic_offers_another_time_or_the_money(resident: Resident) -> None:
    schedule, starts_at = await soon()
    await resident.add_self()
    await resident.choose_time(schedule, starts_at)
    await resident.book_and_pay()
    await stop(schedule)
    await resident.open("")
    await resident.follow("选新时间或退钱")
    await expect(resident.page.get_by_text("医院停诊,对不起")).to_be_visible()
    await expect(resident.page.get_by_role("link", name="换一个时间")).to_be_visible()
    await resident.tap("不看了,退 15.00元")
    await expect(resident.page.get_by_text("医院停诊,对不起")).to_be_hidden()


async def test_in_line_for_a_full_day(resident: Resident) -> None:
    schedule, starts_at = await soon(places=1)
    await schedule.slots.all().update(remaining=0)
    await resident.add_self()
    await resident.follow("看医生")
    await resident.follow("心内科")
    await resident.follow(schedule.name)
    await resident.follow("约满了")
    await resident.tap("排队候补")
    await resident.heading("候补")
    await expect(resident.page.get_by_text("您排在第一位")).to_be_visible()
    assert hour(starts_at)
    assert await Appointment.filter(status=Status.HELD).count() == 0
