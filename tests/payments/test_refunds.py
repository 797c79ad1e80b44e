"""Money back: once for a key, never too much, and a person when WeChat cannot."""

import asyncio

import pytest

from core.audit import SYSTEM
from core.errors import Conflict, Forbidden, Invalid
from payments import refunding, rules
from payments import service as payments
from payments.models import Difference, Fault, Refund
from payments.states import RefundStatus
from tests.booking.conftest import actor
from wechat.errors import Misconfigured, RefundRefused, Unreachable
from wechat.sandbox import world


async def ask(cashier, fen=1500, *, key="once", reason="预约已取消,原路退回"):
    await payments.refund(SYSTEM, cashier.subject, amount_fen=fen, reason=reason, key=key)


@pytest.fixture
async def paid(cashier):
    """A cashier whose order is paid; WeChat takes its time with refunds."""
    cashier.sandbox.state.options.refund_s = 3600
    await cashier.paid()
    return cashier


async def finish(cashier, status):
    """WeChat comes to an end with the refund under way."""
    under_way = [r for r in cashier.sandbox.world.all(world.Refund) if r.status == "PROCESSING"]
    for refund in under_way:
        await cashier.sandbox.post("/refunds", out_refund_no=refund.id, status=status)


async def the(cashier):
    return (await cashier.refunds())[0]


async def test_a_refund_goes_its_way(paid, clock):
    await ask(paid)
    assert (await the(paid)).status is RefundStatus.REQUESTED
    assert (await payments.of_subject(paid.subject)).refund == "refunding"
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.PROCESSING
    await finish(paid, "SUCCESS")
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.PROCESSING, "asked after a minute, not before"
    clock.move(seconds=61)
    await paid.tick()
    row = await the(paid)
    assert (row.status, row.due_at) == (RefundStatus.SETTLED, None)
    view = await payments.of_subject(paid.subject)
    assert (view.refund, view.refunded_fen, view.refunding_fen) == ("refunded", 1500, 0)
    assert (await paid.events())[-1] == "payments.RefundSettled"
    await paid.sound()


async def test_the_same_key_gives_back_once(paid):
    await asyncio.gather(*(ask(paid) for _ in range(5)))
    assert len(await paid.refunds()) == 1
    with pytest.raises(Invalid):
        await ask(paid, 700)


async def test_parts_never_exceed_what_was_paid_nor_fifty(paid):
    with pytest.raises(Conflict, match="超过"):
        await ask(paid, 1501)
    await ask(paid, 1400, key="a")
    with pytest.raises(Conflict, match="超过"):
        await ask(paid, 101, key="b")
    for number in range(49):
        await ask(paid, 1, key=str(number))
    with pytest.raises(Conflict, match="50"):
        await ask(paid, 1, key="51st")
    for _ in range(2):
        await paid.tick()
    statuses = await Refund.all().values_list("status", flat=True)
    assert set(statuses) == {RefundStatus.PROCESSING}
    await paid.sound()


async def test_parts_at_the_same_moment_never_exceed_either(paid):
    answers = await asyncio.gather(
        *(ask(paid, 1000, key=str(n)) for n in range(4)), return_exceptions=True
    )
    assert sum(answer is None for answer in answers) == 1


async def test_nothing_goes_back_that_never_came_or_came_long_ago(cashier, clock):
    await cashier.order()
    with pytest.raises(Conflict, match="没有收到钱"):
        await ask(cashier)
    await cashier.pay(await cashier.order())
    await payments.refresh(cashier.subject, wechat=cashier.wechat)
    clock.move(days=366)
    with pytest.raises(Conflict, match="窗口"):
        await ask(cashier)


async def test_an_answer_that_was_lost_is_asked_for_under_the_same_number(paid, monkeypatch):
    real = paid.wechat.pay.refund

    async def lost(**given):
        await real(**given)
        raise Unreachable("wechat_busy", "忙", uncertain=True)

    monkeypatch.setattr(paid.wechat.pay, "refund", lost)
    await ask(paid)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.REQUESTED
    monkeypatch.setattr(paid.wechat.pay, "refund", real)
    await Refund.all().update(due_at=None)
    await Refund.all().update(due_at=(await the(paid)).requested_at)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.PROCESSING
    assert len(list(paid.sandbox.world.all(world.Refund))) == 1


async def test_closed_by_wechat_it_is_tried_three_times_under_new_numbers(paid, clock):
    await ask(paid)
    for _ in range(rules.REFUND_TRIES):
        await paid.tick()
        await finish(paid, "CLOSED")
        clock.move(hours=1)
        await paid.tick()
        clock.move(hours=1)
    row = await the(paid)
    assert (row.status, row.failure, row.attempt) == (RefundStatus.STUCK, "closed", 3)
    assert len({r.id for r in paid.sandbox.world.all(world.Refund)}) == 3
    assert (await paid.events())[-1] == "payments.RefundFailed"
    assert (await payments.of_subject(paid.subject)).refund == "stuck"
    office = await actor("scheduler1")
    await refunding.retry(office, row.id)
    await paid.tick()
    await finish(paid, "SUCCESS")
    clock.move(seconds=61)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.SETTLED
    await paid.sound()


async def test_abnormal_waits_for_a_person_and_for_the_merchant_platform(paid, clock):
    await ask(paid)
    await paid.tick()
    await finish(paid, "ABNORMAL")
    clock.move(seconds=61)
    await paid.tick()
    row = await the(paid)
    assert (row.status, row.failure) == (RefundStatus.STUCK, "abnormal")
    for refund in paid.sandbox.world.all(world.Refund):
        refund.status = "SUCCESS"  # somebody sent it to a bank card there
    clock.move(hours=7)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.SETTLED
    await paid.sound()


async def test_a_person_pays_by_hand_once_and_says_how(paid, clock):
    await ask(paid)
    await paid.tick()
    await finish(paid, "ABNORMAL")
    clock.move(seconds=61)
    await paid.tick()
    row, office = await the(paid), await actor("scheduler1")
    with pytest.raises(Forbidden):
        await refunding.settle_by_hand(await actor("village1"), row.id, "窗口退现金")
    answers = await asyncio.gather(
        *(refunding.settle_by_hand(office, row.id, "窗口退现金 15 元,收据 0012") for _ in range(3)),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Refund) for answer in answers) == 1
    assert (await payments.of_subject(paid.subject)).refunded_fen == 1500
    await paid.sound()
    for refund in paid.sandbox.world.all(world.Refund):
        refund.status = "SUCCESS"
    await refunding.heard(await paid.wechat.pay.query_refund(row.number))
    assert (await Difference.get()).fault is Fault.AFTER_HAND
    await paid.sound()


@pytest.mark.parametrize(
    ("problem", "rounds"),
    [
        (RefundRefused("wechat_refund_funds", "余额不足"), rules.REFUSALS),
        (RefundRefused("wechat_refund_late", "超过一年"), 1),
        (Misconfigured("wechat_pay_refused", "用不了"), rules.REFUSALS),
    ],
)
async def test_refused_it_is_tried_again_where_that_helps(
    paid, clock, monkeypatch, problem, rounds
):
    async def refuse(**given):
        raise problem

    monkeypatch.setattr(paid.wechat.pay, "refund", refuse)
    await ask(paid)
    for done in range(rounds):
        assert (await the(paid)).status is RefundStatus.REQUESTED, done
        await paid.tick()
        clock.move(hours=13)
    row = await the(paid)
    assert (row.status, row.failure) == (RefundStatus.STUCK, problem.code)


async def test_a_killed_process_loses_no_refund(paid, clock, monkeypatch):
    """Leased and dead: another takes it a minute later."""

    async def killed(**given):
        raise asyncio.CancelledError

    real = paid.wechat.pay.refund
    monkeypatch.setattr(paid.wechat.pay, "refund", killed)
    await ask(paid)
    with pytest.raises(asyncio.CancelledError):
        await paid.tick()
    monkeypatch.setattr(paid.wechat.pay, "refund", real)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.REQUESTED, "somebody has it, as far as we know"
    clock.move(seconds=61)
    await paid.tick()
    assert (await the(paid)).status is RefundStatus.PROCESSING
