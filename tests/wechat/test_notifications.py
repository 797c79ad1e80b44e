"""Notifications: delivered for real, replayed, forged, late, with keys that change."""

import asyncio
import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock as county_clock
from core.errors import Problem
from tests.plumbing.wechat import NOWHERE, RunningSandbox
from wechat.bindings import WeChat
from wechat.errors import Forged
from wechat.pay.client import Pay
from wechat.pay.notifications import TAKEN, Notification, open_notification, refusal
from wechat.pay.schemas import RefundStatus, TradeState
from wechat.sandbox import credentials, keys
from wechat.sandbox.postman import signed_headers
from wechat.sandbox.world import Notice
from wechat.settings import Merchant

NUMBER = "DS20261102000001"
PATIENCE_S = 30


class Merchants:
    """A merchant's door that reads notifications and notes what came."""

    def __init__(self) -> None:
        self.pay: Pay
        self.url = ""
        self.taken: list[Notification] = []
        self.refused: list[str] = []
        self.raw: list[tuple[dict[str, str], bytes]] = []
        self.mood: Callable[[], int] = lambda: TAKEN

    async def door(self, request: web.Request) -> web.Response:
        raw = await request.read()
        self.raw.append((dict(request.headers), raw))
        try:
            notice = await self.pay.read_notification(request.headers, raw)
        except Problem as problem:
            self.refused.append(problem.code)
            status, body = refusal(problem)
            return web.json_response(body, status=status)
        self.taken.append(notice)
        return web.Response(status=self.mood())

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not done():
                await asyncio.sleep(0.01)


@pytest.fixture
async def merchant(sandbox: RunningSandbox) -> AsyncIterator[Merchants]:
    merchant = Merchants()
    app = web.Application()
    app.router.add_post("/notify", merchant.door)
    server = TestServer(app)
    await server.start_server()
    merchant.url = str(server.make_url("/notify"))
    clients = WeChat(lambda: sandbox.configuration(merchant.url))
    merchant.pay = clients.pay
    yield merchant
    await clients.close()
    await server.close()


async def paid(merchant: Merchants, sandbox: RunningSandbox, **how: Any) -> None:
    prepay = await merchant.pay.order(
        out_trade_no=NUMBER,
        description="挂号费",
        amount_fen=1200,
        openid=await sandbox.openid("wang"),
        expires_at=county_clock.now().replace(year=2027),
    )
    assert (await sandbox.post("/pay", prepay_id=prepay, **how))["status"] == 200


async def test_a_payment_is_told_of(merchant: Merchants, sandbox: RunningSandbox) -> None:
    await paid(merchant, sandbox)
    notice = merchant.taken[0]
    assert notice.transaction
    assert notice.event_type == "TRANSACTION.SUCCESS"
    assert notice.transaction.trade_state is TradeState.SUCCESS
    assert (notice.transaction.out_trade_no, notice.transaction.amount_fen) == (NUMBER, 1200)
    assert notice.transaction == (await merchant.pay.query(NUMBER))
    assert notice.key == (await merchant.pay.query(NUMBER)).key


async def test_a_taken_notice_comes_again_with_the_same_key(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    await paid(merchant, sandbox)
    await merchant.until(lambda: len(merchant.taken) == 2)
    assert merchant.taken[0].key == merchant.taken[1].key
    assert merchant.raw[0][0]["Wechatpay-Nonce"] != merchant.raw[1][0]["Wechatpay-Nonce"]


async def test_a_refused_notice_comes_until_it_is_taken(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    answers = iter([500, 404, 302, 200])
    merchant.mood = lambda: next(answers, TAKEN)
    await paid(merchant, sandbox)
    await merchant.until(lambda: len(merchant.taken) >= 5)
    (notice,) = sandbox.world.all(Notice)
    assert notice.answers[:4] == [500, 404, 302, 200]


async def test_a_late_notice_comes_after_the_refund(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    """Out of order: the payment's notice arrives when the money is already on its way back."""
    sandbox.state.options.pace = 0.02
    await sandbox.post("/faults", late=1)
    answer = asyncio.ensure_future(paid(merchant, sandbox))
    await merchant.until(lambda: any(sandbox.world.all(Notice)))
    await merchant.pay.refund(
        out_refund_no="RF-1", out_trade_no=NUMBER, refund_fen=1200, total_fen=1200, reason="停诊"
    )
    await answer
    await merchant.until(lambda: len({n.event_type for n in merchant.taken}) == 2)
    assert merchant.taken[0].event_type == "REFUND.SUCCESS"
    refund = merchant.taken[0].refund
    assert refund
    assert (refund.status, refund.refund_fen) == (RefundStatus.SUCCESS, 1200)
    assert refund.key == (await merchant.pay.query_refund("RF-1")).key


async def test_the_amount_in_a_signed_notice_may_still_be_wrong(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    """It is handed over as it is: who knows what was ordered compares."""
    await paid(merchant, sandbox, notified_fen=1)
    assert merchant.taken[0].transaction
    assert merchant.taken[0].transaction.amount_fen == 1
    assert (await merchant.pay.query(NUMBER)).amount_fen == 1200


async def test_every_copy_is_signed_with_the_key_of_the_day(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    sandbox.state.options.repeats = 5
    merchant.pay._keys._looked_at = 0
    await sandbox.post("/keys", kind="public_key")
    await sandbox.post("/keys", kind="certificate")
    await paid(merchant, sandbox)
    await merchant.until(lambda: len(merchant.taken) == 6)
    serials = {headers["Wechatpay-Serial"] for headers, _ in merchant.raw}
    assert len(serials) == 3
    assert merchant.refused == []
    assert sandbox.state.counts["certificates"] == 1


Change = Callable[[dict[str, str], bytes], tuple[dict[str, str], bytes]]


def _header(name: str, value: str) -> Change:
    return lambda headers, raw: (headers | {name: value}, raw)


def _without(name: str) -> Change:
    return lambda headers, raw: ({k: v for k, v in headers.items() if k != name}, raw)


def _flipped(headers: dict[str, str], raw: bytes) -> tuple[dict[str, str], bytes]:
    sealed = json.loads(raw)
    box = bytearray(b64decode(sealed["resource"]["ciphertext"]))
    box[3] ^= 1
    sealed["resource"]["ciphertext"] = b64encode(bytes(box)).decode()
    return headers, json.dumps(sealed, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "change",
    [
        _header("Wechatpay-Signature", "WECHATPAY/SIGNTEST/abcdef"),
        _header("Wechatpay-Signature", ""),
        _header("Wechatpay-Nonce", "another"),
        _header("Wechatpay-Timestamp", "1"),
        _header("Wechatpay-Timestamp", "²"),
        _header("Wechatpay-Timestamp", "9" * 40),
        _header("Wechatpay-Timestamp", str(int(time.time()) + 4000)),
        _header("Wechatpay-Serial", "PUB_KEY_ID_0000"),
        _header("Wechatpay-Serial", "4C0FFEE"),
        _header("Wechatpay-Serial", ""),
        _header("Wechatpay-Signature-Type", "WECHATPAY2-SHA256-SM2"),
        _without("Wechatpay-Timestamp"),
        _without("Wechatpay-Serial"),
        _flipped,
        lambda headers, raw: (headers, raw + b" "),
        lambda headers, raw: (headers, b"\xff" + raw),
        lambda headers, raw: (headers, b""),
        lambda headers, raw: (headers, raw + b"x" * 70_000),
    ],
)
async def test_a_changed_notice_is_refused(
    merchant: Merchants, sandbox: RunningSandbox, change: Change
) -> None:
    await paid(merchant, sandbox)
    await merchant.until(lambda: len(merchant.raw) == 2)
    headers, raw = change(*merchant.raw[0])
    before = len(merchant.taken)
    async with (
        ClientSession() as session,
        session.post(merchant.url, data=raw, headers=_sendable(headers)) as answer,
    ):
        assert answer.status == 403
        assert (await answer.json())["code"] == "FAIL"
    assert len(merchant.taken) == before


def _sendable(headers: dict[str, str]) -> dict[str, str]:
    return {k: v for k, v in headers.items() if k.startswith("Wechatpay-")}


async def test_an_old_notice_is_refused_although_its_signature_is_right(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    """The library took one that was three days old."""
    signer = sandbox.state.identity.signers[0]
    notice = a_notice(sandbox)
    _, raw = sandbox.state.postman.seal(notice, signer)
    moment = int(time.time())
    for age, fresh in ((0, True), (290, True), (-290, True), (310, False), (3 * 86400, False)):
        headers = signed_headers(signer, raw.decode(), at=moment - age)
        if fresh:
            assert (await merchant.pay.read_notification(headers, raw)).id == notice.id
        else:
            with pytest.raises(Forged):
                await merchant.pay.read_notification(headers, raw)


def a_notice(sandbox: RunningSandbox, **change: Any) -> Notice:
    content = {
        "appid": keys.APP_ID,
        "mchid": keys.MERCHANT_ID,
        "out_trade_no": NUMBER,
        "transaction_id": "4200000001",
        "trade_state": "SUCCESS",
        "success_time": "2026-11-02T09:00:00+08:00",
        "amount": {"total": 1200, "currency": "CNY"},
        "payer": {"openid": "o1"},
    }
    return Notice(
        id="notice-1",
        url="",
        event_type=change.pop("event_type", "TRANSACTION.SUCCESS"),
        content=content | change,
        made_at=county_clock.now(),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"mchid": "1900000001"},
        {"appid": "wx-another"},
        {"amount": {"total": "1200"}},
        {"amount": {"total": 12.5}},
        {"amount": {"total": -1}},
        {"trade_state": "NEVER_SEEN"},
        {"out_trade_no": None},
        {"event_type": "REFUND.SUCCESS"},
    ],
)
async def test_a_signed_notice_with_strange_content_is_refused(
    merchant: Merchants, sandbox: RunningSandbox, change: dict[str, Any]
) -> None:
    signer = sandbox.state.identity.signers[0]
    headers, raw = sandbox.state.postman.seal(a_notice(sandbox, **change), signer)
    with pytest.raises(Forged):
        await merchant.pay.read_notification(headers, raw)


async def test_a_kind_of_notice_we_do_not_know_is_handed_over(
    merchant: Merchants, sandbox: RunningSandbox
) -> None:
    signer = sandbox.state.identity.signers[0]
    notice = a_notice(sandbox, event_type="PAYSCORE.USER_CONFIRM")
    found = await merchant.pay.read_notification(*sandbox.state.postman.seal(notice, signer))
    assert (found.transaction, found.refund, found.key) == (None, None, "notice:notice-1")


async def test_another_merchants_key_does_not_open_it(sandbox: RunningSandbox) -> None:
    merchant = sandbox.configuration().merchant
    assert isinstance(merchant, Merchant)
    _, raw = sandbox.state.postman.seal(a_notice(sandbox), sandbox.state.identity.signers[0])
    assert open_notification(merchant, raw).transaction
    with pytest.raises(Forged):
        open_notification(replace(merchant, api_key="x" * 32), raw)


@pytest.fixture(scope="module")
def settled(sandbox_folder: Path) -> Merchant:
    """The merchant's settings, without anything running."""
    merchant = credentials(sandbox_folder, NOWHERE, NOWHERE).merchant
    assert merchant
    return merchant


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ENVELOPE = st.fixed_dictionaries(
    {"id": st.text(), "event_type": st.sampled_from(["TRANSACTION.SUCCESS", "REFUND.X", "?"])},
    optional={
        "create_time": st.sampled_from(["2026-11-02T09:00:00+08:00", "x"]),
        "resource_type": st.sampled_from(["encrypt-resource", ""]),
        "resource": st.fixed_dictionaries(
            {
                "algorithm": st.sampled_from(["AEAD_AES_256_GCM", "x"]),
                "ciphertext": st.text() | st.binary().map(lambda b: b64encode(b).decode()),
                "nonce": st.text(max_size=20),
            }
        )
        | JSON,
    },
)


@settings(deadline=None)
@given(raw=st.binary() | (JSON | ENVELOPE).map(json.dumps).map(str.encode))
def test_whatever_comes_is_opened_or_refused(settled: Merchant, raw: bytes) -> None:
    with pytest.raises(Forged):
        open_notification(settled, raw)


@settings(deadline=None)
@given(content=JSON | st.dictionaries(st.sampled_from(["mchid", "appid", "amount"]), JSON))
def test_whatever_was_sealed_is_read_or_refused(settled: Merchant, content: Any) -> None:
    """Even with WeChat's own key: nothing but Forged comes out of strange content."""
    plain = json.dumps(content).encode()
    box = AESGCM(settled.api_key.encode()).encrypt(b"n" * 12, plain, b"")
    raw = {
        "id": "1",
        "create_time": "2026-11-02T09:00:00+08:00",
        "event_type": "TRANSACTION.SUCCESS",
        "resource_type": "encrypt-resource",
        "resource": {
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": b64encode(box).decode(),
            "nonce": "n" * 12,
        },
    }
    with pytest.raises(Forged):
        open_notification(settled, json.dumps(raw).encode())
