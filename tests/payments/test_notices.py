"""WeChat's notices over HTTP: taken once, refused when forged, old or changed; late and early."""

import asyncio
import json
import time as wall

import pytest

from core.outbox import OutboxEntry
from payments.models import Difference, Payment, Refund, Source
from payments.states import RefundStatus, Status
from tests.booking.conftest import new_patients
from tests.payments.conftest import Cashier
from tests.plumbing.wechat import RunningSandbox
from wechat import sandbox as wechat_sandbox
from wechat.bindings import WECHAT
from wechat.sandbox.pay import transaction
from wechat.sandbox.postman import signed_headers
from wechat.sandbox.world import Notice, Order
from wechat.settings import NOTIFY_PATH


class Mounted(RunningSandbox):
    """The sandbox inside the house."""

    def __init__(self, house):
        sub = next(s._app for s in house.app.router.resources() if hasattr(s, "_app"))
        self.state = sub[wechat_sandbox.SANDBOX]
        self.url = house.address + wechat_sandbox.PREFIX


@pytest.fixture
async def cashier(build_house, sandbox_options):
    house = await build_house(wechat_sandbox_dir=sandbox_options.folder)
    found = Cashier(Mounted(house), house.app[WECHAT], (await new_patients(1))[0])
    found.house = house
    found.sandbox.state.options.pace = 0.001
    found.sandbox.state.options.refund_s = 0.05
    return found


def sealed(cashier, event_type="TRANSACTION.SUCCESS", *, at=None, **changes):
    """A notice as WeChat would send it now, about the last order."""
    order = list(cashier.sandbox.world.all(Order))[-1]
    notice = Notice(
        id="n" * 32,
        url="",
        event_type=event_type,
        content=transaction(order) | {"trade_state": "SUCCESS"} | changes,
        made_at=order.made_at,
    )
    signer = cashier.sandbox.state.identity.signers[-1]
    headers, body = cashier.sandbox.state.postman.seal(notice, signer)
    return (signed_headers(signer, body.decode(), at=at) if at else headers), body


async def send(cashier, headers, body):
    visitor = await cashier.house.visitor()
    answer = await visitor.client.post(NOTIFY_PATH, data=body, headers=headers)
    text = await answer.text()
    return answer.status, json.loads(text) if text else None


async def settled(cashier):
    """Until the payment leaves `ordered`."""
    async with asyncio.timeout(10):
        while (row := await cashier.row()).status is Status.ORDERED:
            await asyncio.sleep(0.02)
    return row


async def test_a_payment_is_settled_by_its_notice_and_repeats_change_nothing(cashier):
    await cashier.pay(await cashier.order())
    row = await settled(cashier)
    assert (row.status, row.settled_by) == (Status.PAID, Source.NOTICE)
    for _ in range(3):
        assert await send(cashier, *sealed(cashier)) == (204, None)
    settled_events = OutboxEntry.filter(name="payments.PaymentSettled")
    assert await settled_events.count() == 1


async def test_two_notices_at_once_settle_once(cashier):
    await cashier.order()
    answers = await asyncio.gather(*(send(cashier, *sealed(cashier)) for _ in range(6)))
    assert {status for status, _ in answers} == {204}
    assert await OutboxEntry.filter(name="payments.PaymentSettled").count() == 1
    await cashier.sound()


async def test_forged_old_and_changed_notices_are_refused(cashier):
    await cashier.order()
    headers, body = sealed(cashier)
    old = sealed(cashier, at=int(wall.time()) - 301)
    ahead = sealed(cashier, at=int(wall.time()) + 400)
    unsigned = {k: v for k, v in headers.items() if k != "Wechatpay-Signature"}
    wrong = [
        (headers, body.replace(b'"TRANSACTION', b'"TRANSACTIOM')),
        (headers | {"Wechatpay-Nonce": "another"}, body),
        (headers | {"Wechatpay-Serial": "PUB_KEY_ID_0"}, body),
        (headers | {"Wechatpay-Signature": "eA=="}, body),
        (unsigned, body),
        ({}, b""),
        ({}, b"{}"),
        (headers, body + b" "),
        (headers, b"x" * (65 * 1024)),
        old,
        ahead,
        sealed(cashier, mchid="1900000000"),
    ]
    for given in wrong:
        status, answer = await send(cashier, *given)
        assert 400 <= status < 500
        assert answer["code"] == "FAIL"
    assert (await cashier.row()).status is Status.ORDERED


async def test_a_notice_of_another_amount_confirms_nothing_and_the_money_goes_back(cashier):
    await cashier.pay(await cashier.order(), notified_fen=1)
    row = await settled(cashier)
    assert (row.status, row.settled_fen) == (Status.WRONG_AMOUNT, 1)
    assert not await OutboxEntry.filter(name="payments.PaymentSettled").exists()
    found = await Difference.get()
    assert (found.fault, found.ours_fen, found.wechat_fen) == ("amount", 1500, 1)
    async with asyncio.timeout(15):
        while not await Refund.filter(status=RefundStatus.SETTLED).exists():
            await asyncio.sleep(0.05)
    refund, row = await Refund.get(), await cashier.row()
    assert (refund.amount_fen, row.settled_fen, row.refunded_fen) == (1500, 1500, 1500)
    await cashier.sound()


async def test_a_notice_about_somebody_elses_order_is_left_to_the_bill(cashier):
    await cashier.order()
    assert await send(cashier, *sealed(cashier, out_trade_no="OTHER-SHOP-1")) == (204, None)
    assert await send(cashier, *sealed(cashier, "COUPON.USE")) == (204, None)
    assert (await cashier.row()).status is Status.ORDERED
    assert await Payment.all().count() == 1


async def test_a_notice_before_the_house_had_its_prepay_id(cashier):
    """The fastest payer: the notice comes while our own answer is still on its way."""
    await cashier.order()
    await Payment.all().update(prepay_id="", prepaid_at=None)
    assert (await send(cashier, *sealed(cashier)))[0] == 204
    assert (await cashier.row()).status is Status.PAID
