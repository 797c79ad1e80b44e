"""WeChat Pay v3 over real HTTP with real signatures: orders, refunds, what is refused."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import NOWHERE, RunningSandbox
from wechat import errors, transport
from wechat.bindings import WeChat
from wechat.pay.client import Pay
from wechat.pay.schemas import RefundStatus, TradeState
from wechat.sandbox import keys
from wechat.sandbox.world import Order
from wechat.settings import Merchant

NUMBER = "DS20261102-000001*A"


@pytest.fixture
def pay(wechat: WeChat, monkeypatch: pytest.MonkeyPatch) -> Pay:
    monkeypatch.setattr(transport, "FIRST_WAIT_S", 0.001)
    return wechat.pay


class Till:
    """Short words for the tests: an order with everything in it, and a user who pays."""

    def __init__(self, pay: Pay, sandbox: RunningSandbox, clock: HeldClock) -> None:
        self.pay, self.sandbox, self.clock = pay, sandbox, clock

    async def order(self, number: str = NUMBER, **change: Any) -> str:
        given = {
            "description": "心血管内科 普通门诊 挂号费",
            "amount_fen": 1200,
            "openid": await self.sandbox.openid("wang"),
            "expires_at": self.clock() + timedelta(minutes=30),
        } | change
        return await self.pay.order(out_trade_no=number, **given)

    async def paid(self, number: str = NUMBER, **change: Any) -> str:
        prepay = await self.order(number, **change)
        answer = await self.sandbox.post("/pay", prepay_id=prepay, outcome="success")
        assert answer["trade_state"] == "SUCCESS"
        return prepay

    async def refund(self, number: str = "RF-1", *, fen: int = 1200, **change: Any) -> Any:
        given = {"out_trade_no": NUMBER, "refund_fen": fen, "total_fen": 1200, "reason": "停诊"}
        return await self.pay.refund(out_refund_no=number, **given | change)


@pytest.fixture
def till(pay: Pay, sandbox: RunningSandbox, clock: HeldClock) -> Till:
    return Till(pay, sandbox, clock)


async def test_an_order_is_made_signed_and_paid(till: Till) -> None:
    prepay = await till.order()
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.NOTPAY
    request = till.pay.payment_request(prepay)
    assert set(request) == {"timeStamp", "nonceStr", "package", "signType", "paySign"}
    changed = request | {"package": "prepay_id=another"}
    for wrong in (changed, request | {"nonceStr": "x"}, request | {"paySign": "eA=="}):
        refused = await till.sandbox.post("/pay", prepay_id=prepay, **wrong)
        assert refused["status"] == 409
    answer = await till.sandbox.post("/pay", prepay_id=prepay, outcome="success", **request)
    assert answer["status"] == 200
    found = await till.pay.query(NUMBER)
    assert found.trade_state is TradeState.SUCCESS
    assert found.trade_state.is_paid
    assert (found.amount_fen, found.transaction_id) == (1200, answer["transaction_id"])
    assert found.payer.openid == await till.sandbox.openid("wang")
    assert found.success_time == till.clock()


async def test_the_same_order_again_is_the_same_prepay_id(till: Till) -> None:
    assert await till.order() == await till.order()
    later = till.clock() + timedelta(minutes=40)
    with pytest.raises(errors.OrderTaken):
        await till.order(expires_at=later)


@pytest.mark.parametrize(
    "change", [{"amount_fen": 1}, {"description": "别的"}, {"openid": keys.APP_ID}]
)
async def test_a_used_number_takes_no_other_order(till: Till, change: dict[str, Any]) -> None:
    await till.order()
    till.sandbox.world.user("li")
    if "openid" in change:
        change = {"openid": await till.sandbox.openid("li")}
    with pytest.raises(errors.OrderTaken):
        await till.order(**change)


async def test_outcomes_at_the_cashier(till: Till) -> None:
    prepay = await till.order()
    for outcome, state in (
        ("cancel", TradeState.NOTPAY),
        ("CANCELLED", TradeState.NOTPAY),
        ("fail", TradeState.PAYERROR),
    ):
        await till.sandbox.post("/pay", prepay_id=prepay, outcome=outcome)
        assert (await till.pay.query(NUMBER)).trade_state is state
    assert (await till.sandbox.post("/pay", prepay_id=prepay, outcome="maybe"))["status"] == 400
    assert (await till.sandbox.post("/pay", prepay_id="wx0", outcome="success"))["status"] == 409
    assert (await till.sandbox.post("/pay", prepay_id=prepay))["status"] == 200
    assert (await till.sandbox.post("/pay", prepay_id=prepay))["status"] == 409
    with pytest.raises(errors.OrderPaid):
        await till.order()
    with pytest.raises(errors.OrderPaid):
        await till.pay.close_order(NUMBER)


async def test_a_closed_order_cannot_be_paid(till: Till) -> None:
    prepay = await till.order()
    await till.pay.close_order(NUMBER)
    await till.pay.close_order(NUMBER)
    assert (await till.sandbox.post("/pay", prepay_id=prepay))["status"] == 409
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.CLOSED
    with pytest.raises(errors.OrderClosed):
        await till.order()


async def test_an_order_ends_by_itself(till: Till) -> None:
    prepay = await till.order(expires_at=till.clock() + timedelta(minutes=30))
    till.clock.move(minutes=30)
    assert (await till.sandbox.post("/pay", prepay_id=prepay))["status"] == 409
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.CLOSED


async def test_what_is_not_there(till: Till) -> None:
    for ask in (
        till.pay.query("DS-nothing"),
        till.pay.close_order("DS-nothing"),
        till.pay.query_refund("RF-nothing"),
        till.refund(out_trade_no="DS-nothing"),
    ):
        with pytest.raises(errors.OrderUnknown) as unknown:
            await ask
        assert unknown.value.status == 404


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("short", {}),
        ("x" * 33, {}),
        ("with/slash", {}),
        ("六个汉字编号", {}),
        (NUMBER, {"amount_fen": 0}),
        (NUMBER, {"amount_fen": -5}),
    ],
)
async def test_what_wechat_could_never_take_is_not_sent(
    till: Till, number: str, change: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"number|fen"):
        await till.order(number, **change)
    assert "order" not in till.sandbox.state.counts


async def test_a_long_description_is_cut(till: Till) -> None:
    await till.order(description="挂号 \n" + "很长" * 100)
    order = till.sandbox.world.get(Order, NUMBER)
    assert order
    assert order.body["description"] == ("挂号 " + "很长" * 100)[:127]


async def test_an_order_needs_a_time_ahead(till: Till) -> None:
    with pytest.raises(errors.Misconfigured):
        await till.order(expires_at=till.clock() - timedelta(minutes=1))


async def test_refunds_in_parts_and_no_more_than_paid(till: Till) -> None:
    await till.paid()
    first = await till.refund("RF-1", fen=500)
    assert (first.status, first.refund_fen) == (RefundStatus.PROCESSING, 500)
    again = await till.refund("RF-1", fen=500)
    assert again.refund_id == first.refund_id
    for number, fen in (("RF-1", 400), ("RF-2", 701)):
        with pytest.raises(errors.RefundRefused):
            await till.refund(number, fen=fen)
    await till.refund("RF-2", fen=700)
    while (await till.pay.query_refund("RF-1")).status is not RefundStatus.SUCCESS:
        await asyncio.sleep(0.02)
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.REFUND
    assert (await till.pay.query(NUMBER)).trade_state.is_paid


async def test_refunds_that_cannot_be(till: Till) -> None:
    await till.order()
    with pytest.raises(errors.RefundRefused):
        await till.refund()
    with pytest.raises(ValueError, match="refund"):
        await till.refund(fen=1201)
    await till.paid("DS-another-1")
    till.clock.move(days=366)
    with pytest.raises(errors.RefundRefused, match="一年"):
        await till.refund(out_trade_no="DS-another-1")


async def test_a_refund_may_end_badly(till: Till) -> None:
    till.sandbox.state.options.refund_s = 60
    await till.paid()
    await till.refund()
    await till.sandbox.post("/refunds", out_refund_no="RF-1", status="ABNORMAL")
    assert (await till.pay.query_refund("RF-1")).status is RefundStatus.ABNORMAL


async def test_a_busy_wechat_is_asked_again(till: Till) -> None:
    await till.sandbox.post("/faults", busy=2)
    assert await till.order()
    await till.sandbox.post("/faults", busy=3)
    with pytest.raises(errors.Unreachable):
        await till.pay.query(NUMBER)
    assert (await till.pay.query(NUMBER)).out_trade_no == NUMBER


async def test_too_many_calls_a_second(till: Till) -> None:
    await till.order()
    till.sandbox.state.calls._most = 0
    with pytest.raises(errors.TooFast):
        await till.pay.query(NUMBER)
    assert till.sandbox.state.counts["query"] == transport.TRIES


async def test_a_wechat_that_is_away(till: Till) -> None:
    await till.sandbox.server.close()
    with pytest.raises(errors.Unreachable) as lost:
        await till.order()
    assert not lost.value.uncertain


@pytest.fixture
async def other(sandbox: RunningSandbox) -> AsyncIterator[Any]:
    """Clients whose settings are wrong in one place."""
    made: list[Pay] = []

    def build(**change: Any) -> Pay:
        merchant = sandbox.configuration().merchant
        assert isinstance(merchant, Merchant)
        made.append(Pay(replace(merchant, **change)))
        return made[-1]

    yield build
    for pay in made:
        await pay.close()


async def test_wechat_refuses_a_wrong_signature(other: Any) -> None:
    stranger = keys._private_pem(keys._new_key())
    for change in ({"private_key": stranger}, {"certificate_serial": "AB"}, {"merchant_id": "1"}):
        with pytest.raises(errors.Misconfigured, match="记下来"):
            await other(**change).query(NUMBER)


async def test_wechat_refuses_a_wrong_clock(pay: Pay, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time
    monkeypatch.setattr("wechatpayv3.async_.utils.time.time", lambda: real() - 301)
    monkeypatch.setattr("wechat.sandbox.gate.time", type("T", (), {"time": staticmethod(real)}))
    with pytest.raises(errors.Misconfigured):
        await pay.query(NUMBER)


async def test_an_answer_that_is_not_wechats_is_not_believed(
    till: Till, sandbox: RunningSandbox, tmp_path: Any
) -> None:
    """Somebody in the middle who signs with another key under WeChat's serial."""
    await till.order()
    identity = sandbox.state.identity
    identity.signers[:] = [replace(identity.signers[0], key=keys._new_key())]
    with pytest.raises(errors.Forged):
        await till.pay.query(NUMBER)


@pytest.mark.parametrize("kind", ["public_key", "certificate"])
async def test_keys_may_change_while_we_run(till: Till, kind: str) -> None:
    """A public key is dropped into the folder, a certificate fetched; no restart."""
    await till.order()
    till.pay._keys._looked_at = 0
    await till.sandbox.post("/keys", kind=kind)
    identity = till.sandbox.state.identity
    assert len(identity.signers) == 2
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.NOTPAY
    identity.signers[:] = identity.signers[1:]
    assert (await till.pay.query(NUMBER)).trade_state is TradeState.NOTPAY
    assert till.sandbox.state.counts.get("certificates", 0) == (kind == "certificate")


async def test_the_notify_address_stays_on_this_machine(other: Any, till: Till) -> None:
    for url in ("https://elsewhere.example/notify", f"{NOWHERE}?a=1"):
        till.pay = other(notify_url=url)
        with pytest.raises(errors.Misconfigured):
            await till.order()
