"""The daily bill: downloaded, checked, parsed, and held against our books."""

import gzip
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat import errors
from wechat.bindings import WeChat
from wechat.pay import bill as bills
from wechat.pay.bill import Damaged, Difference, Expected, Fault, Kind
from wechat.sandbox import bills as theirs
from wechat.sandbox.world import Order, Refund

HEADER, SUMS = theirs.COLUMNS, theirs.SUMS
PAYMENT = (
    "`2026-11-02 09:05:01,`wx1,`190,`0,`,`4200001,`DS000001,`o1,`JSAPI,`SUCCESS,`OTHERS,`CNY,"
    "`12.34,`0.00,`0,`0,`0.00,`0.00,`,`,`挂号费,心内科,`,`0.07404,`0.60%,`12.34,`0.00,`"
)
REFUND = (
    "`2026-11-02 10:00:00,`wx1,`190,`0,`,`4200001,`DS000001,`o1,`JSAPI,`REFUND,`OTHERS,`CNY,`0.00,"
    "`0.00,`5030001,`RF000001,`2.34,`0.00,`ORIGINAL,`PROCESSING,`挂号费,`,`-0.01404,`0.60%,`0.00,`2.34,`"
)
TOTAL = "`2,`12.34,`2.34,`0.00,`0.06000,`12.34,`2.34"
WHOLE = "\ufeff" + "\r\n".join([HEADER, PAYMENT, REFUND, SUMS, TOTAL]) + "\r\n"


def test_a_bill_in_wechats_format() -> None:
    payment, refund = bills.parse(WHOLE).lines
    assert (payment.kind, payment.number, payment.amount_fen) == (Kind.PAYMENT, "DS000001", 1234)
    assert payment.at.isoformat() == "2026-11-02T09:05:01+08:00"
    assert (refund.kind, refund.number, refund.amount_fen) == (Kind.REFUND, "RF000001", 234)
    assert (refund.out_trade_no, refund.transaction_id) == ("DS000001", "4200001")
    assert (payment.status, refund.status) == ("SUCCESS", "PROCESSING")


def test_an_empty_bill() -> None:
    sums = "`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00"
    assert list(bills.parse("\n".join([HEADER, SUMS, sums])).lines) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "header"),
        ("<xml/>", "header"),
        (HEADER, "cut off"),
        ("\n".join([HEADER, PAYMENT]), "cut off"),
        ("\n".join([HEADER, PAYMENT, SUMS]), "cut off"),
        ("\n".join([HEADER, PAYMENT, SUMS, TOTAL]), "count"),
        (WHOLE.replace("`12.34,`0.00,`\r", "`12.35,`0.00,`\r"), "add up"),
        (WHOLE.replace("`2.34,`\r", "`2.35,`\r"), "add up"),
        (WHOLE.replace("`0.60%,`12.34", "`0.60%,`12.345"), "fen"),
        (WHOLE.replace("`0.60%,`12.34", "`0.60%,`zwölf"), "amount"),
        (WHOLE.replace("`0.60%,`12.34", "`0.60%,`NaN"), "amount"),
        (WHOLE.replace("09:05:01", "25:05:01"), "time"),
        (WHOLE.replace(",`OTHERS", ""), "columns"),
        (WHOLE.replace("商户订单号", "别的"), "column"),
    ],
)
def test_a_damaged_bill_says_where(text: str, why: str) -> None:
    with pytest.raises(Damaged, match=why):
        bills.parse(text)


@given(st.text() | st.text().map(lambda text: WHOLE.replace("挂号费", text)))
def test_any_text_is_a_bill_or_damaged(text: str) -> None:
    with suppress(Damaged):
        assert len(bills.parse(text).lines) == 2


def test_differences_between_bill_and_books() -> None:
    other = PAYMENT.replace("DS000001", "DS000002")
    rows = [HEADER, PAYMENT, other, other, REFUND, SUMS, "`4,`37.02,`2.34,`0,`0,`37.02,`2.34"]
    bill = bills.parse("\n".join(rows))
    same = [Expected(Kind.PAYMENT, "DS000001", 1234), Expected(Kind.REFUND, "RF000001", 234)]
    twice = Difference(Fault.TWICE, Kind.PAYMENT, "DS000002", 1234, 2468)
    assert bills.compare(bill, [*same, Expected(Kind.PAYMENT, "DS000002", 1234)]) == [twice]
    found = bills.compare(
        bill,
        [Expected(Kind.PAYMENT, "DS000001", 1000), Expected(Kind.REFUND, "RF000009", 5)],
    )
    assert found == [
        Difference(Fault.AMOUNT, Kind.PAYMENT, "DS000001", 1000, 1234),
        Difference(Fault.MISSING, Kind.REFUND, "RF000009", 5, None),
        Difference(Fault.UNKNOWN, Kind.PAYMENT, "DS000002", None, 2468),
        Difference(Fault.UNKNOWN, Kind.REFUND, "RF000001", None, 234),
    ]


async def a_day(wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock) -> date:
    """Three payments and a refund on the held clock's day; then it is the next day, eleven."""
    for number, fen in (("DS000001", 1200), ("DS000002", 1), ("DS000003", 999_999)):
        prepay = await wechat.pay.order(
            out_trade_no=number,
            description="挂号费,`内科`",
            amount_fen=fen,
            openid=await sandbox.openid("wang"),
            expires_at=clock() + timedelta(minutes=30),
        )
        await sandbox.post("/pay", prepay_id=prepay)
    await wechat.pay.refund(
        out_refund_no="RF000001",
        out_trade_no="DS000003",
        refund_fen=99,
        total_fen=999_999,
        reason="停诊",
    )
    day = clock().date()
    clock.move(days=1, hours=2)
    return day


BOOKS = [
    Expected(Kind.PAYMENT, "DS000001", 1200),
    Expected(Kind.PAYMENT, "DS000002", 1),
    Expected(Kind.PAYMENT, "DS000003", 999_999),
    Expected(Kind.REFUND, "RF000001", 99),
]


async def test_the_bill_of_a_day_agrees_with_it(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    bill = await wechat.pay.bill(await a_day(wechat, sandbox, clock))
    assert bills.compare(bill, BOOKS) == []


async def test_the_bill_shows_what_our_books_lack(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    day = await a_day(wechat, sandbox, clock)
    order, refund = sandbox.world.get(Order, "DS000002"), sandbox.world.get(Refund, "RF000001")
    assert order
    assert refund
    order.body["amount"]["total"] = 2
    refund.made_at += timedelta(days=1)
    assert bills.compare(await wechat.pay.bill(day), BOOKS[1:]) == [
        Difference(Fault.AMOUNT, Kind.PAYMENT, "DS000002", 1, 2),
        Difference(Fault.MISSING, Kind.REFUND, "RF000001", 99, None),
        Difference(Fault.UNKNOWN, Kind.PAYMENT, "DS000001", None, 1200),
    ]


async def test_a_day_without_payments(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    day = await a_day(wechat, sandbox, clock)
    assert (await wechat.pay.bill(day - timedelta(days=3))).lines == ()


async def test_a_bill_is_ready_the_next_day_at_ten(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    day = await a_day(wechat, sandbox, clock)
    clock.move(hours=-2)
    with pytest.raises(errors.BillNotReady, match="十点"):
        await wechat.pay.bill(day)
    with pytest.raises(errors.Misconfigured):
        await wechat.pay.bill(clock().date())


def _cut(packed: bytes) -> bytes:
    return packed[: len(packed) // 2]


def _other(packed: bytes) -> bytes:
    return gzip.compress(gzip.decompress(packed).replace(b"9999.99", b"9999.98"))


def _bomb(packed: bytes) -> bytes:
    return gzip.compress(b"0" * 3_000_000)


@pytest.mark.parametrize("damage", [_cut, _other, _bomb, lambda _: b"no gzip"])
async def test_a_bill_changed_on_the_way_is_refused(
    wechat: WeChat,
    sandbox: RunningSandbox,
    clock: HeldClock,
    monkeypatch: pytest.MonkeyPatch,
    damage: Any,
) -> None:
    monkeypatch.setattr("wechat.pay.client.LARGEST_BILL", 1_000_000)

    class Files(dict[str, bytes]):
        def pop(self, key: str, *default: Any) -> Any:
            return damage(super().pop(key, *default))

    sandbox.state.files = Files()
    day = await a_day(wechat, sandbox, clock)
    with pytest.raises(Damaged):
        await wechat.pay.bill(day)
