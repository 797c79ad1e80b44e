"""The bill of the day against our books: it settles what it proves, a person does the rest."""

from datetime import timedelta

import pytest

from core.errors import Conflict, Forbidden
from payments import daily, differences
from payments import service as payments
from payments.models import BillDay, Difference, Fault, Payment, Refund, Side, Source
from payments.states import Clearing, RefundStatus, Status
from tests.booking.conftest import actor
from tests.payments.test_refunds import ask
from wechat.sandbox import world


async def next_day(cashier, clock, *, hour=10):
    """The morning after, when the bill is made."""
    tomorrow = clock.moment.replace(hour=hour, minute=6) + timedelta(days=1)
    clock.moment = tomorrow
    await cashier.tick()
    return await BillDay.all().order_by("-day").first()


async def faults():
    rows = await Difference.filter(status=Clearing.OPEN).order_by("found_at")
    return [(row.side, row.fault, row.ours_fen, row.wechat_fen) for row in rows]


async def test_a_day_that_agrees(cashier, clock):
    await cashier.paid()
    await ask(cashier, 500)
    await cashier.tick()
    row = await next_day(cashier, clock)
    assert (row.payments, row.paid_fen, row.refunds, row.refunded_fen) == (1, 1500, 1, 500)
    assert row.fetched_at
    assert row.due_at is None
    assert await faults() == []
    assert (await cashier.row()).billed_on == row.day
    await cashier.sound()


async def test_before_ten_nothing_is_asked(cashier, clock):
    await cashier.paid()
    row = await next_day(cashier, clock, hour=9)
    assert row.fetched_at is None
    assert cashier.sandbox.state.counts.get("bill", 0) == 0


async def test_the_bill_settles_what_nobody_told_us(cashier, clock):
    request = await cashier.order()
    await cashier.pay(request)
    await Payment.all().update(due_at=clock.moment + timedelta(days=9))
    await next_day(cashier, clock)
    row = await cashier.row()
    assert (row.status, row.settled_by) == (Status.PAID, Source.BILL)
    assert await faults() == []


async def test_the_bill_settles_a_refund_whose_end_nobody_told(cashier, clock):
    await cashier.paid()
    await ask(cashier)
    await cashier.tick()
    for refund in cashier.sandbox.world.all(world.Refund):
        refund.status = "SUCCESS"
    await Refund.all().update(due_at=clock.moment + timedelta(days=9))
    await next_day(cashier, clock)
    assert (await Refund.get()).status is RefundStatus.SETTLED


async def test_we_have_and_they_lack(cashier, clock):
    row = await cashier.paid()
    order = cashier.sandbox.world.get(world.Order, row.out_trade_no)
    order.paid_at = None
    await next_day(cashier, clock)
    assert await faults() == [(Side.PAYMENT, Fault.MISSING, 1500, None)]
    order.paid_at = row.paid_at
    await daily.reconcile((await BillDay.get()).day, cashier.wechat)
    assert await faults() == [], "a later look agrees, so it is cleared by itself"
    assert (await Difference.get()).status is Clearing.CLEARED


async def test_they_have_and_we_lack(cashier, clock):
    row = await cashier.paid()
    order = cashier.sandbox.world.get(world.Order, row.out_trade_no)
    cashier.sandbox.world.keep(order.model_copy(update={"id": "OTHER-SHOP-1"}))
    await next_day(cashier, clock)
    assert await faults() == [(Side.PAYMENT, Fault.UNKNOWN, None, 1500)]


async def test_another_amount(cashier, clock):
    row = await cashier.paid()
    order = cashier.sandbox.world.get(world.Order, row.out_trade_no)
    order.body["amount"]["total"] = 1600
    await next_day(cashier, clock)
    assert await faults() == [(Side.PAYMENT, Fault.AMOUNT, 1500, 1600)]
    assert (await cashier.row()).status is Status.PAID


async def test_a_refund_that_differs(cashier, clock):
    await cashier.paid()
    await ask(cashier)
    await cashier.tick()
    refund = next(cashier.sandbox.world.all(world.Refund))
    refund.refund = 1400
    cashier.sandbox.world.keep(refund.model_copy(update={"id": "BY-SOMEBODY"}))
    await next_day(cashier, clock)
    assert set(await faults()) == {
        (Side.REFUND, Fault.AMOUNT, 1500, 1400),
        (Side.REFUND, Fault.UNKNOWN, None, 1400),
    }
    assert (await Refund.get()).status is RefundStatus.STUCK


async def test_days_on_which_the_house_stood_still_are_made_up_for(cashier, clock):
    await cashier.paid()
    clock.move(days=4, hours=2)
    await cashier.tick()
    assert await BillDay.filter(fetched_at__isnull=False).count() == 4
    assert await faults() == []


async def test_a_bill_that_is_not_ready_is_asked_for_again(cashier, clock, monkeypatch):
    await cashier.paid()

    async def damaged(day):
        raise daily.bills.Damaged("no sums")

    real = cashier.wechat.pay.bill
    monkeypatch.setattr(cashier.wechat.pay, "bill", damaged)
    row = await next_day(cashier, clock)
    assert (row.fetched_at, row.failure) == (None, "Damaged")
    monkeypatch.setattr(cashier.wechat.pay, "bill", real)
    clock.move(minutes=11)
    await cashier.tick()
    assert (await BillDay.get()).fetched_at


async def test_shortly_before_midnight_belongs_to_either_day(cashier, clock):
    clock.moment = clock.moment.replace(hour=23, minute=50)
    await cashier.paid()
    clock.moment = clock.moment.replace(minute=55)
    await ask(cashier)
    await cashier.tick()
    refund = next(cashier.sandbox.world.all(world.Refund))
    refund.made_at = clock.moment + timedelta(minutes=8)
    await next_day(cashier, clock)
    await next_day(cashier, clock)
    assert await faults() == []
    assert (await Refund.get()).billed_on != (await cashier.row()).billed_on


async def test_a_refund_that_wechat_closed_moved_no_money(cashier, clock):
    cashier.sandbox.state.options.refund_s = 3600
    await cashier.paid()
    await ask(cashier)
    await cashier.tick()
    first = next(cashier.sandbox.world.all(world.Refund))
    await cashier.sandbox.post("/refunds", out_refund_no=first.id, status="CLOSED")
    for _ in range(2):
        clock.move(minutes=2)
        await cashier.tick()
    await next_day(cashier, clock)
    assert (await Refund.get()).attempt == 2
    assert await faults() == []


async def test_a_difference_is_handled_once_with_a_note(cashier, clock):
    found = await differences.note(
        Side.PAYMENT, Fault.UNKNOWN, "OTHER-SHOP-1", ours_fen=None, wechat_fen=800
    )
    again = await differences.note(
        Side.PAYMENT, Fault.UNKNOWN, "OTHER-SHOP-1", ours_fen=None, wechat_fen=800
    )
    assert found.id == again.id
    with pytest.raises(Forbidden):
        await differences.handle(await actor("village1"), found.id, "食堂的")
    office = await actor("scheduler1")
    await differences.handle(office, found.id, "同一商户号下食堂的收款")
    with pytest.raises(Conflict):
        await differences.handle(office, found.id, "再来一次")
    assert await faults() == []


async def test_another_merchants_day_without_payments(cashier, clock):
    await cashier.order()
    clock.move(minutes=20)
    await cashier.tick()
    row = await next_day(cashier, clock)
    assert (row.payments, row.fetched_at is not None) == (0, True)
    assert await payments.may_release(cashier.subject, wechat=cashier.wechat)
