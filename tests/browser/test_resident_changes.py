"""When plans change: another time, the money back, a place from the line, the end of an account."""

import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from booking.models import Appointment, Payment, Schedule, Slot
from booking.states import Status
from people.models import Patient
from people.residents import agreements
from people.residents.models import AccountStatus, Bond, BondStatus, ResidentAccount
from tests.booking.conftest import new_slot
from tests.browser.conftest import Arrive
from tests.browser.residents import hour, later, stop
from tests.mini_program_api.phones import Phone, heard, id_number, settled

pytestmark = pytest.mark.browser


async def paid(phone: Phone, slot: Slot) -> str:
    """Book and pay over the API; the appointment's id."""
    body = {"slot_id": str(slot.id), "patient_id": phone.patient_id}
    made = (await phone.post("/appointments", body)).body
    await phone.pay((await phone.post(f"/appointments/{made['id']}/payment")).body)
    await settled(phone, made["id"], "booked")
    return str(made["id"])


async def test_after_a_stop_another_time_and_after_the_next_stop_the_money(arrive: Arrive) -> None:
    schedule, first = await later(days=2)
    second = await new_slot(schedule, first.starts_at.replace(hour=15), places=1)
    guiying, phone = await arrive("guiying", "王桂英")
    before = await paid(phone, first)
    page = guiying.page

    await stop(schedule, until=first.starts_at.replace(hour=12))
    await heard(phone, "医院停诊")
    await guiying.open("inbox")
    await expect(page.get_by_role("heading", name="医院停诊")).to_be_visible()
    await guiying.open("")
    await guiying.follow("选新时间或退钱")
    await expect(page.get_by_text("医院停诊,对不起")).to_be_visible()
    await guiying.follow("换一个时间")
    await expect(page.get_by_text("您在改约")).to_be_visible()
    await page.locator("a.row-link", has_text="个号").first.click()
    await page.locator("a.slot", has_text=hour(second.starts_at)).click()
    await guiying.heading("确认改约")
    await expect(page.get_by_text("原来付的钱跟到新的时间,不用再付")).to_be_visible()
    await guiying.tap("改到这个时间")
    await guiying.heading("预约")
    await expect(page.get_by_text("已预约")).to_be_visible()
    await expect(page.get_by_text("15.00元 已在线缴费")).to_be_visible()
    moved = await Appointment.get(slot_id=second.id)
    assert (moved.status, moved.payment) == (Status.BOOKED, Payment.ONLINE)
    await page.go_back()  # the old one: it says where it went, and offers nothing twice
    await guiying.open(f"appointments/{before}")
    await expect(page.get_by_role("link", name="换一个时间")).to_have_count(0)
    await expect(page.get_by_role("button", name="不看了,退 15.00元")).to_have_count(0)

    await stop(schedule, until=second.ends_at)
    await guiying.open(f"appointments/{moved.id}")
    await guiying.tap("不看了,退 15.00元")
    await expect(page.get_by_text("医院停诊,对不起")).to_be_hidden()
    await expect(page.get_by_text("退").first).to_be_visible()
    await guiying.open("inbox")
    told = page.get_by_role("heading", name="退款到账")
    for _ in range(20):
        if await told.count():
            break
        await page.wait_for_timeout(1000)
        await page.reload()
        await guiying.heading("消息")
    await expect(told).to_be_visible()


async def test_a_place_from_the_line_is_taken_or_let_go(arrive: Arrive) -> None:
    schedule, slot = await later(places=1)
    jianguo, first_phone = await arrive("jianguo", "李建国", id_number("19650101", 5))
    booked = await paid(first_phone, slot)
    guiying, phone = await arrive("guiying", "王桂英")
    wish = {"schedule_id": str(schedule.id), "day": f"{slot.day}", "patient_id": phone.patient_id}
    assert (await phone.post("/waiting-wishes", wish)).status == 201
    page = guiying.page
    await guiying.open("waiting")
    await expect(page.get_by_text("您排在第一位")).to_be_visible()

    await jianguo.open(f"appointments/{booked}/cancel")
    await expect(jianguo.page.get_by_text("全部原路退回微信")).to_be_visible()
    await jianguo.tap("确定取消")
    await jianguo.heading("预约")
    mine = wish | {"patient_id": first_phone.patient_id}
    assert (await first_phone.post("/waiting-wishes", mine)).status == 201

    await guiying.open("inbox")
    await guiying.follow("去看看")
    await guiying.open("waiting")
    await expect(page.get_by_text("有号了!还剩")).to_be_visible()
    await guiying.tap("不要了,给后面的人")
    await expect(page.get_by_text("没有在排队的候补")).to_be_visible()

    await jianguo.open("waiting")
    await expect(jianguo.page.get_by_text("有号了!还剩")).to_be_visible()
    await jianguo.tap("我要这个号")
    await jianguo.heading("付款")
    await jianguo.tap("微信支付 15.00元")
    await jianguo.tap("确认付款")
    await jianguo.heading("预约")
    await expect(jianguo.page.get_by_text("已预约")).to_be_visible()
    row = await Appointment.get(slot_id=slot.id, status=Status.BOOKED)
    assert str(row.patient_id) == first_phone.patient_id


async def test_the_account_ends_and_what_the_law_keeps_stays(arrive: Arrive) -> None:
    _, slot = await later(fee_fen=0)
    guiying, phone = await arrive("guiying", "王桂英")
    body = {"slot_id": str(slot.id), "patient_id": phone.patient_id}
    made = (await phone.post("/appointments", body)).body
    page = guiying.page
    await guiying.open("account")
    await page.get_by_text("换一个微信,或者不用了").click()
    await guiying.follow("注销账号")
    await expect(page.get_by_text("看病记录和付款记录。法律要求医院保存")).to_be_visible()
    await guiying.tap("确定注销")
    await expect(page.get_by_role("alert")).to_contain_text("还有没看的预约或候补")
    await phone.post(f"/appointments/{made['id']}/cancellation")
    await guiying.tap("确定注销")
    await guiying.heading("选择演示用户")

    account = await ResidentAccount.get(id=phone.account_id)
    assert (account.status, account.openid, account.phone) == (AccountStatus.CLOSED, None, None)
    assert (await Bond.get(account_id=account.id)).status is BondStatus.ENDED
    assert await Patient.filter(id=phone.patient_id, name="王桂英").exists()
    assert await Appointment.filter(id=made["id"]).exists()
    assert (await phone.get("/me")).status == 401
    kept = await page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "王桂英" not in kept
    assert phone.token not in kept
    async with page.expect_response("**/api/mp/v1/me"):
        await page.go_back()  # nothing of her shows behind the back button either
    await guiying.heading("选择演示用户")
    await guiying.sign_in()
    await guiying.heading("我的")  # where the back button had led
    await guiying.open("")
    await expect(page.get_by_role("link", name="添加我自己")).to_be_visible()  # a new account


async def test_a_text_in_a_new_version_is_read_before_something_new_begins(
    arrive: Arrive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, slot = await later(fee_fen=0)
    guiying, _ = await arrive("guiying", "王桂英")
    publish(tmp_path / "agreements", monkeypatch, "privacy", "2")
    page = guiying.page
    path = f"doctors/{slot.schedule_id}/{slot.day}/{slot.id}"
    practitioner = (await Schedule.get(id=slot.schedule_id)).practitioner_id
    await guiying.open(path.replace(str(slot.schedule_id), str(practitioner)))
    await guiying.heading("确认预约")
    await guiying.tap("确认预约")
    await guiying.heading("说明换新了")
    await expect(page.get_by_text("新的一条:位置只用来排队")).to_be_visible()
    assert await Appointment.all().count() == 0
    await guiying.tap("我看完了,同意")
    await guiying.heading("确认预约")  # back where the button was pressed
    await guiying.tap("确认预约")
    await expect(page.get_by_text("已预约")).to_be_visible()
    await guiying.open("agreements/privacy")
    await expect(page.get_by_text("第 2 版")).to_be_visible()


def publish(folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, version: str) -> None:
    """The house releases a new version of a text."""
    shutil.copytree(agreements.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    text = (folder / f"{kind}.1.md").read_bytes() + "\n\n新的一条:位置只用来排队。\n".encode()
    (folder / f"{kind}.{version}.md").write_bytes(text)
    sums: Any = (folder / "SHA256SUMS").read_text()
    (folder / "SHA256SUMS").write_text(f"{sums}{sha256(text).hexdigest()}  {kind}.{version}.md\n")
    monkeypatch.setattr(agreements, "HERE", folder)


async def test_a_session_that_ran_out_costs_the_same_person_nothing(arrive: Arrive) -> None:
    guiying, phone = await arrive("guiying", "王桂英")
    page = guiying.page
    await guiying.open("family/add/child")
    await guiying.fill_in("家人的", "王小明", id_number("20190301", 7), "13800000001")
    await guiying.heading("说明 1 / 3")
    await phone.delete("/session")
    for number in (2, 3):
        await guiying.tap("我看完了,同意")
        await guiying.heading(f"说明 {number} / 3")
    await guiying.tap("我看完了,同意并提交")
    await expect(page.get_by_text("登录过期了")).to_be_visible()
    await page.get_by_label("用别的名字登录").fill("guiying")
    await guiying.tap("用这个名字登录")
    await guiying.heading("说明 3 / 3")
    await guiying.tap("我看完了,同意并提交")
    await expect(page.get_by_text("王小明(孩子)")).to_be_visible()


async def test_somebody_else_on_the_same_phone_finds_nothing_of_the_one_before(
    arrive: Arrive,
) -> None:
    await arrive("jianguo", "李建国", id_number("19650101", 5))
    guiying, phone = await arrive("guiying", "王桂英")
    page = guiying.page
    await guiying.open("family/add/child")
    await guiying.fill_in("家人的", "王小明", id_number("20190301", 7), "13800000001")
    await guiying.heading("说明 1 / 3")
    await phone.delete("/session")
    await guiying.open("appointments")
    await expect(page.get_by_text("登录过期了")).to_be_visible()
    await page.get_by_label("用别的名字登录").fill("jianguo")
    await guiying.tap("用这个名字登录")
    await expect(page.get_by_text("李建国(本人)")).to_be_visible()
    await guiying.open("family/add/child")
    await expect(page.get_by_label("家人的姓名")).to_have_value("")
    await expect(page.get_by_label("证件号码")).to_have_value("")
