"""The office's pages over HTTP: who may see what, sums that add up, tasks done once."""

import pytest

from core.audit import AuditEvent
from payments.models import Difference, Refund
from payments.states import Clearing, RefundStatus
from tests.booking.conftest import new_patients
from tests.care.teleconsultation.conftest import words_of
from tests.payments import books


@pytest.fixture
async def day(clock, house):
    return await books.a_day()


async def read(visitor, path, status=200):
    answer = await visitor.get(path)
    assert answer.status == status, path
    return await answer.text()


async def test_a_day_with_its_sums_and_without_full_names(house, day):
    office = await house.signed_in("scheduler1")
    text = await read(office, "/payments")
    words = words_of(text)
    assert "155.01 元" in words, "15 + 20 + 120 + 0.01 came"
    assert "-20.00 元" in words
    assert "135.01 元" in words
    assert "王**" in words
    assert "王秀兰" not in words
    assert "1 笔退款退不出去" in words
    assert "2 条对账差异" in words
    for path in ("/payments?day=2026-11-01", "/payments?day=nonsense", "/payments?day=2099-01-01"):
        await read(office, path)
    assert "没有订单" in words_of(await read(office, "/payments?day=2026-11-01"))
    nav = words_of(text)
    assert "微信收款" in nav


@pytest.mark.parametrize("username", ["village1", "county1", "supervisor1", "pharmacist1"])
async def test_others_have_no_door(house, day, username):
    visitor = await house.signed_in(username)
    for path in ("/payments", "/payments/differences", f"/payments/{day[0].id}"):
        await read(visitor, path, 403)


async def test_one_payment_with_its_story(house, day):
    paid, refunded, _ = day
    office = await house.signed_in("scheduler1")
    words = words_of(await read(office, f"/payments/{refunded.id}"))
    for part in ("下单", "已到账", "由微信通知确认", "要退 20.00 元", "已退回 20.00 元"):
        assert part in words
    assert "王秀兰" not in words
    seen = AuditEvent.filter(action="payment.open", patient_id=refunded.patient_id)
    assert await seen.count() == 1
    assert f"/bookings/{paid.subject.partition('/')[2]}" in await read(
        office, f"/payments/{paid.id}"
    )
    admin = await house.signed_in("admin1")
    assert "/bookings/" not in await read(admin, f"/payments/{paid.id}")


async def test_another_house_sees_only_its_own(house, day):
    other = await books.payment((await new_patients(1))[0], house="YH-T1", fen=77700)
    office = await house.signed_in("scheduler1")
    assert "777.00" not in await read(office, "/payments")
    await read(office, f"/payments/{other.id}", 404)
    admin = await house.signed_in("admin1")
    assert "777.00" in await read(admin, "/payments")
    await read(admin, f"/payments/{other.id}")


async def test_a_stuck_refund_is_settled_by_hand_with_a_note(house, day):
    stuck = day[2]
    office = await house.signed_in("scheduler1")
    page = f"/payments/{stuck.payment_id}"
    assert "银行卡或零钱收不了款" in words_of(await read(office, page))
    answer = await office.post(f"{page}/refunds/{stuck.id}/settlement", {"note": "退"})
    assert answer.status == 422
    assert "至少写 4 个字" in words_of(await answer.text())
    for status in (303, 409):
        answer = await office.post(
            f"{page}/refunds/{stuck.id}/settlement", {"note": "窗口退现金,收据 0012"}
        )
        assert answer.status == status
    assert (await Refund.get(id=stuck.id)).status is RefundStatus.BY_HAND
    assert "窗口退现金" in words_of(await read(office, page))


async def test_a_stuck_refund_is_tried_again(house, day):
    stuck = day[2]
    office = await house.signed_in("scheduler1")
    answer = await office.post(f"/payments/{stuck.payment_id}/refunds/{stuck.id}/retry")
    assert answer.status == 303
    assert (await Refund.get(id=stuck.id)).status is not RefundStatus.STUCK
    answer = await office.post(f"/payments/{day[0].id}/refunds/{stuck.id}/retry")
    assert answer.status == 404, "not a refund of this payment"


async def test_a_difference_is_handled_with_a_note(house, day):
    office = await house.signed_in("scheduler1")
    words = words_of(await read(office, "/payments/differences"))
    assert "微信账单有收款,我们没有" in words
    assert "退款金额不一致" in words
    assert "19,435.00 元(128 笔)" in words
    row = await Difference.filter(status=Clearing.OPEN).first()
    path = f"/payments/differences/{row.id}/note"
    assert (await office.post(path, {"note": ""})).status == 422
    assert (await office.post(path, {"note": "食堂的收款,已核对"})).status == 303
    assert (await office.post(path, {"note": "食堂的收款,又一次"})).status == 409
    assert "食堂的收款,已核对" in words_of(await read(office, "/payments/differences"))
