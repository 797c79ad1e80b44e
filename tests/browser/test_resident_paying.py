"""The money's way home: WeChat's notice that never comes, and the way back from the cashier."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from booking.models import Appointment, Slot
from booking.states import Status
from core import clock
from payments.models import Payment
from payments.states import Status as Paid
from tests.booking.conftest import new_slot
from tests.browser.conftest import Arrive, Known
from tests.browser.residents import later, soon
from tests.browser.test_resident_h5 import proper
from tests.plumbing.house import House
from wechat.models import SubscribeCredit
from wechat.sandbox import SANDBOX, Sandbox

pytestmark = pytest.mark.browser

Look = Callable[[Page], Awaitable[None]]


def sandbox_of(house: House) -> Sandbox:
    """WeChat as this house's demo plays it."""
    found = [app[SANDBOX] for app in house.app._subapps if SANDBOX in app]
    return found[0]


def lose_notices(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on WeChat takes money and tells nobody."""
    gone = asyncio.Event()
    gone.set()
    monkeypatch.setattr(sandbox_of(house).postman, "post", lambda *_: gone)


async def held(known: Known) -> str:
    """A place that waits for its money, and its pay page."""
    _, slot = await later()
    body = {"slot_id": str(slot.id), "patient_id": known.phone.patient_id}
    made = (await known.phone.post("/appointments", body)).body
    await known.resident.open(f"pay/{made['id']}")
    await known.resident.heading("付款")
    return str(made["id"])


async def nobody_else_looks() -> None:
    """The house's own round would ask WeChat in twenty seconds; not in this test."""
    await Payment.all().update(due_at=clock.now() + timedelta(hours=1))


async def test_a_notice_that_never_comes_is_not_missed(
    house: House, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_notices(house, monkeypatch)
    known = await arrive("guiying", "王桂英")
    guiying = known.resident
    await held(known)
    await guiying.tap("微信支付 15.00元")
    await guiying.heading("演示收银台")
    await nobody_else_looks()
    await guiying.tap("确认付款")
    await guiying.heading("预约")
    await expect(guiying.page.get_by_text("已预约")).to_be_visible(timeout=10_000)
    assert (await Payment.get()).status is Paid.PAID


async def test_who_comes_back_from_a_silent_cashier_sees_what_is_true(
    house: House, arrive: Arrive, monkeypatch: pytest.MonkeyPatch, accessible: Look
) -> None:
    """The mini program's own page took the payment: nothing came back, not even a word."""
    lose_notices(house, monkeypatch)
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    path = f"/appointments/{await held(known)}"
    await guiying.tap("微信支付 15.00元")
    await guiying.heading("演示收银台")
    await nobody_else_looks()
    await page.go_back()
    await guiying.heading("正在确认")
    await accessible(page)
    await guiying.heading("付款")  # nothing was paid: one may pay again
    await guiying.tap("微信支付 15.00元")
    await guiying.heading("演示收银台")
    await known.phone.pay((await known.phone.post(f"{path}/payment")).body)
    await page.go_back()
    await guiying.heading("预约")
    await expect(page.get_by_text("已预约")).to_be_visible(timeout=10_000)
    assert await Payment.all().count() == 1


async def test_paid_and_the_page_was_lost_then_the_list_finds_out(
    house: House, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WeChat closed the page after the cashier; later somebody opens it again from the chat."""
    lose_notices(house, monkeypatch)
    known = await arrive("guiying", "王桂英")
    path = f"/appointments/{await held(known)}"
    await known.phone.pay((await known.phone.post(f"{path}/payment")).body)
    await nobody_else_looks()
    await known.resident.page.close()
    known.resident.page = await known.resident.context.new_page()
    await known.resident.open("")
    await known.resident.follow("我的预约")
    await known.resident.follow("去付款 15.00元")
    await known.resident.heading("预约")
    await expect(known.resident.page.get_by_text("已预约")).to_be_visible(timeout=10_000)


async def test_a_hold_that_ran_out_says_so_and_leads_on(arrive: Arrive) -> None:
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    await held(known)
    await Appointment.all().update(hold_expires_at=clock.now() - timedelta(seconds=1))
    await guiying.heading("超过付款时间了")
    await expect(page.get_by_text("没有付过的不扣钱")).to_be_visible()
    assert (await Appointment.get()).status is Status.EXPIRED
    await guiying.follow("重新约")
    await expect(page.get_by_text("选哪一天")).to_be_visible()


async def test_after_booking_wechat_may_be_asked_to_remind(
    arrive: Arrive, accessible: Look
) -> None:
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    _, slot = await later(fee_fen=0)
    body = {"slot_id": str(slot.id), "patient_id": known.phone.patient_id}
    made = (await known.phone.post("/appointments", body)).body
    await guiying.open(f"appointments/{made['id']}")
    await expect(page.get_by_role("heading", name="要不要微信提醒您?")).to_be_visible()
    await accessible(page)
    await guiying.tap("要,微信提醒我")
    await page.get_by_label("叫到您的号").uncheck()
    await accessible(page)
    await guiying.tap("允许")
    await expect(page.get_by_text("好了,到时候微信提醒您")).to_be_visible()
    credits: Any = await SubscribeCredit.filter(credits=1).values_list("template_id", flat=True)
    assert sorted(credits) == ["tmpl-appointment-changed", "tmpl-appointment-reminder"]
    await page.reload()  # what was agreed to is not asked again
    await guiying.heading("预约")
    await expect(page.get_by_role("button", name="要,微信提醒我")).to_be_visible()
    await expect(page.locator("section.card li", has_text="前一天晚上提醒")).to_have_count(0)
    await guiying.tap("不用了")
    await page.reload()
    await expect(page.get_by_text("要带什么")).to_be_visible()
    await expect(page.get_by_role("button", name="要,微信提醒我")).to_have_count(0)


async def test_in_a_browser_that_is_not_wechat_nobody_is_asked(arrive: Arrive) -> None:
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    _, slot = await later(fee_fen=0)
    body = {"slot_id": str(slot.id), "patient_id": known.phone.patient_id}
    made = (await known.phone.post("/appointments", body)).body
    await page.add_init_script(
        """addEventListener("DOMContentLoaded", () =>
             document.querySelector("meta[name=doorstep-demo]")?.remove())"""
    )
    await guiying.open(f"appointments/{made['id']}")
    await page.reload()
    await expect(page.get_by_text("要带什么")).to_be_visible()
    await expect(page.get_by_role("heading", name="要不要微信提醒您?")).to_have_count(0)


async def test_who_goes_back_and_books_again_is_led_to_what_they_hold(arrive: Arrive) -> None:
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    await held(known)
    slot = await Slot.get()
    other = await new_slot(await slot.schedule, slot.starts_at + timedelta(hours=1))
    await guiying.open(f"doctors/{(await slot.schedule).practitioner_id}/{slot.day}/{other.id}")
    await guiying.heading("确认预约")
    await expect(page.get_by_role("link", name="看我的预约")).to_be_hidden()
    await guiying.tap("确认,去付 15.00元")
    await expect(page.get_by_role("alert")).to_contain_text("已经有预约")
    await guiying.follow("看我的预约")
    await guiying.follow("去付款 15.00元")
    await guiying.heading("付款")
    assert await Appointment.all().count() == 1


async def test_after_a_crash_of_the_house_the_same_tap_goes_on_by_itself(arrive: Arrive) -> None:
    """The key of the tap is held by a process that died; the page waits instead of the person."""
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    await held(known)
    busy = 2

    async def still_running(route: Route) -> None:
        nonlocal busy
        busy -= 1
        if busy < 0:
            await route.continue_()
            return
        problem = {"code": "still_running", "detail": "上一次提交还在处理,请稍等几秒。"}
        headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
        await route.fulfill(status=409, headers=headers, body=json.dumps(problem))

    await page.route("**/payment", still_running)
    await guiying.tap("微信支付 15.00元")
    await expect(page.get_by_role("button", name="正在打开微信支付…")).to_be_visible()
    await guiying.heading("演示收银台")
    assert await Payment.all().count() == 1


async def test_the_new_pages_fit_large_letters_too(arrive: Arrive, accessible: Look) -> None:
    known = await arrive("guiying", "王桂英")
    guiying, page = known.resident, known.resident.page
    schedule, _ = await soon(fee_fen=0)
    body = {"slot_id": str((await schedule.slots.all().first()).id)}
    body["patient_id"] = known.phone.patient_id
    made = (await known.phone.post("/appointments", body)).body
    await known.phone.call("PUT", "/me/elder-mode", json={"on": True})
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    for path, sign in (
        ("family/add/parent", "只让我办几样"),
        (f"appointments/{made['id']}", "要不要微信提醒您?"),
        ("check-in", "用摄像头扫签到码"),
        (f"family/{known.phone.patient_id}", "现在没有别人替您办事"),
    ):
        await guiying.open(path)
        await expect(page.get_by_text(sign)).to_be_visible()
        await page.locator("details.fold").evaluate_all(
            "folds => folds.forEach(f => f.open = true)"
        )
        await proper(page, accessible, least=22)
