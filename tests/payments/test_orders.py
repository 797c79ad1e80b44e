"""Orders: one live one a subject, made again, paid, closed; settled once whoever tells first."""

import asyncio

import pytest

from core.audit import AuditEvent
from core.errors import Conflict, Unavailable
from payments import service as payments
from payments import settling
from payments.models import Difference, Payment, Source
from payments.states import Status
from wechat.errors import Unreachable
from wechat.sandbox.world import Order


async def test_an_order_is_paid_and_settled_once(cashier):
    request = await cashier.order()
    assert set(request) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    row = await cashier.row()
    assert 6 <= len(row.out_trade_no) <= 32
    assert str(cashier.patient.id)[:8] not in row.out_trade_no
    assert (await cashier.pay(request, **request))["trade_state"] == "SUCCESS"
    for _ in range(3):
        await payments.refresh(cashier.subject, wechat=cashier.wechat)
    row = await cashier.row()
    assert (row.status, row.settled_fen, row.settled_by) == (Status.PAID, 1500, Source.QUERY)
    assert row.openid == "", "nobody can pay any more, so the payer's openid is forgotten"
    assert await cashier.events() == ["payments.PaymentSettled"]
    assert await AuditEvent.filter(action="payment.settle").count() == 1
    view = await payments.of_subject(cashier.subject)
    assert (view.status, view.amount_fen, view.refund) == (Status.PAID, 1500, "")
    with pytest.raises(Conflict, match="已经付过"):
        await cashier.order()
    await cashier.sound()


async def test_the_same_request_gives_the_same_order_as_first_made(cashier, clock):
    first, before = await cashier.order(), await cashier.row()
    clock.move(minutes=3)
    again = await cashier.order(minutes=60)
    assert again["package"] == first["package"]
    assert (await cashier.row()).expires_at == before.expires_at
    assert await Payment.all().count() == 1


async def test_ten_taps_at_once_make_one_order(cashier):
    answers = await asyncio.gather(*(cashier.order() for _ in range(10)))
    assert len({answer["package"] for answer in answers}) == 1
    assert await Payment.all().count() == 1
    assert len(list(cashier.sandbox.world.all(Order))) == 1


async def test_a_second_payer_gets_an_order_of_their_own_and_the_first_is_closed(cashier):
    first = await cashier.order("mother")
    second = await cashier.order("father")
    refused = await cashier.pay(first)
    assert refused["status"] == 409, "the first order cannot be paid any more"
    assert (await cashier.pay(second))["trade_state"] == "SUCCESS"
    await payments.refresh(cashier.subject, wechat=cashier.wechat)
    states = await Payment.all().order_by("ordered_at", "status").values_list("status", flat=True)
    assert sorted(states) == [Status.CLOSED, Status.PAID]


async def test_a_second_payer_finds_it_paid_by_the_first(cashier):
    await cashier.pay(await cashier.order("mother"))
    with pytest.raises(Conflict, match="已经付过"):
        await cashier.order("father")
    assert (await cashier.row()).status is Status.PAID


async def test_a_prepay_id_grown_old_is_replaced(cashier, clock):
    first = await cashier.order(minutes=300)
    clock.move(minutes=116)
    second = await cashier.order(minutes=184)
    assert second["package"] != first["package"]
    assert (await cashier.pay(second))["trade_state"] == "SUCCESS"


async def test_nothing_is_ordered_after_the_time(cashier, clock):
    with pytest.raises(Conflict, match="没有扣您的钱"):
        await cashier.order(minutes=0)
    request = await cashier.order(minutes=2)
    clock.move(seconds=80)
    assert (await cashier.order(minutes=1))["package"] == request["package"]


async def test_what_was_ordered_but_not_answered_is_ordered_again(cashier, monkeypatch):
    """Killed between row and WeChat, or between WeChat and our answer."""
    real = cashier.wechat.pay.order

    async def lost(**given):
        await real(**given)
        raise Unreachable("wechat_busy", "忙", uncertain=True)

    monkeypatch.setattr(cashier.wechat.pay, "order", lost)
    with pytest.raises(Unavailable):
        await cashier.order()
    monkeypatch.setattr(cashier.wechat.pay, "order", real)
    await cashier.order()
    assert await Payment.all().count() == 1
    assert (await cashier.row()).prepay_id


async def test_a_hold_may_be_released_when_nobody_can_pay_any_more(cashier):
    assert await payments.may_release("Appointment/none", wechat=cashier.wechat)
    request = await cashier.order()
    assert await payments.may_release(cashier.subject, wechat=cashier.wechat)
    assert (await cashier.row()).status is Status.CLOSED
    assert (await cashier.pay(request))["status"] == 409
    assert await cashier.events() == ["payments.PaymentClosed"]


async def test_a_hold_paid_in_the_last_moment_is_kept(cashier):
    await cashier.pay(await cashier.order())
    assert not await payments.may_release(cashier.subject, wechat=cashier.wechat)
    assert (await cashier.row()).status is Status.PAID
    assert not await payments.may_release(cashier.subject, wechat=cashier.wechat)


async def test_a_payment_between_query_and_close_is_kept(cashier, monkeypatch):
    request, real = await cashier.order(), cashier.wechat.pay.close_order

    async def paid_meanwhile(number):
        await cashier.pay(request)
        await real(number)

    monkeypatch.setattr(cashier.wechat.pay, "close_order", paid_meanwhile)
    assert not await payments.may_release(cashier.subject, wechat=cashier.wechat)
    assert (await cashier.row()).status is Status.PAID


async def test_when_wechat_is_silent_nothing_is_released(cashier, monkeypatch):
    await cashier.order()

    async def silent(number):
        raise Unreachable("wechat_busy", "忙")

    monkeypatch.setattr(cashier.wechat.pay, "query", silent)
    assert not await payments.may_release(cashier.subject, wechat=cashier.wechat)
    assert (await cashier.row()).status is Status.ORDERED


async def test_an_order_wechat_never_heard_of_is_closed(cashier, monkeypatch):
    async def lost(**given):
        raise Unreachable("wechat_busy", "忙", uncertain=True)

    monkeypatch.setattr(cashier.wechat.pay, "order", lost)
    with pytest.raises(Unavailable):
        await cashier.order()
    assert await payments.may_release(cashier.subject, wechat=cashier.wechat)
    assert (await cashier.row()).status is Status.CLOSED


async def test_the_clock_asks_and_then_closes(cashier, clock):
    request = await cashier.order()
    await cashier.pay(request)
    await cashier.tick()
    assert (await cashier.row()).status is Status.ORDERED, "too early to ask"
    clock.move(seconds=21)
    await cashier.tick()
    assert (await cashier.row()).status is Status.PAID
    cashier.subject += "-2"
    await cashier.order()
    clock.move(minutes=16)
    await cashier.tick()
    assert (await cashier.row()).status is Status.CLOSED
    await cashier.sound()


async def test_a_withdrawn_order_is_closed_soon_and_late_money_goes_back(cashier):
    request = await cashier.order()
    await payments.withdraw(cashier.subject)
    await cashier.pay(request)
    await cashier.tick()
    assert (await cashier.row()).status is Status.PAID, "paid before we could close it"


async def test_money_after_closing_goes_back_by_itself(cashier):
    request = await cashier.order()
    row = await cashier.row()
    await Payment.filter(id=row.id).update(status=Status.CLOSED, closed_at=row.ordered_at)
    await cashier.pay(request)
    found = await cashier.wechat.pay.query(row.out_trade_no)
    for _ in range(2):
        await settling.take_over(found, Source.QUERY)
    assert (await cashier.row()).status is Status.LATE
    assert await cashier.events() == ["payments.PaymentRejected"]
    await cashier.tick()
    await asyncio.sleep(0.1)
    assert [refund.amount_fen for refund in await cashier.refunds()] == [1500]
    await cashier.sound()
    assert not await Difference.exists()
