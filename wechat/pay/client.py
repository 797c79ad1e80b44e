"""WeChat Pay v3 for one merchant, over the library `wechatpayv3`.

Every call is named by a number of ours (out_trade_no, out_refund_no) under which WeChat does a
thing once, so a call whose answer was lost is made again. When the last try fails with
`uncertain`, ask with `query` before deciding anything.
"""

import gzip
import hashlib
import io
import json
import re
import secrets
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

import httpx
import structlog

from core.clock import SHANGHAI
from wechat import rules
from wechat.errors import BUSY, NO_STATEMENT, Forged, OrderClosed, TooFast, Unreachable, of_pay
from wechat.pay import bill as bills
from wechat.pay.library import Core, library
from wechat.pay.notifications import LARGEST, Notification, open_notification
from wechat.pay.platform_keys import PlatformKeys, UnknownSerial, forged
from wechat.pay.schemas import BillLocation, Prepaid, Refund, Transaction, read
from wechat.settings import Merchant
from wechat.transport import CALLS, LATENCY, TRIES, pause

log = structlog.get_logger(__name__)

ORDER_NUMBER: Final = re.compile(r"[0-9A-Za-z_*-]{6,32}", re.ASCII)
REFUND_NUMBER: Final = re.compile(r"[0-9A-Za-z_|*@-]{1,64}", re.ASCII)
LARGEST_BILL: Final = 256 << 20
CERTIFICATES_EVERY_S: Final = 60.0

Ask = Callable[[], Awaitable[tuple[int, str | bytes]]]


class Pay:
    """One merchant. Problems are those of `wechat.errors`."""

    def __init__(self, merchant: Merchant) -> None:
        self._merchant = merchant
        self._keys = PlatformKeys(merchant.platform_keys)
        self._core = Core(merchant, self._keys)
        self._library = library(merchant, self._core)
        self._certificates_at = -CERTIFICATES_EVERY_S

    async def close(self) -> None:
        """Let the connections go."""
        await self._core.close()

    async def order(
        self,
        *,
        out_trade_no: str,
        description: str,
        amount_fen: int,
        openid: str,
        expires_at: datetime,
    ) -> str:
        """Make an order; returns its prepay_id, the same for the same order again.

        Every part counts, `expires_at` too: keep what was ordered and order that again.
        Raises OrderTaken, OrderPaid, OrderClosed; ValueError for a number WeChat cannot take.
        """
        _fits(ORDER_NUMBER, out_trade_no)
        if amount_fen <= 0:
            raise ValueError("an order is for one fen or more")
        answer = await self._json(
            "order",
            lambda: self._library.pay(
                description=_plain(description, 127),
                out_trade_no=out_trade_no,
                amount={"total": amount_fen, "currency": "CNY"},
                payer={"openid": openid},
                time_expire=_stamp(expires_at),
            ),
        )
        prepaid: Prepaid = read(Prepaid, answer)
        return prepaid.prepay_id

    def payment_request(self, prepay_id: str) -> dict[str, str]:
        """What `wx.requestPayment` takes, signed with the merchant's key."""
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        package = f"prepay_id={prepay_id}"
        sign = self._library.sign([self._merchant.app_id, stamp, nonce, package])
        return {
            "timeStamp": stamp,
            "nonceStr": nonce,
            "package": package,
            "signType": "RSA",
            "paySign": sign,
        }

    async def query(self, out_trade_no: str) -> Transaction:
        """The order as WeChat sees it now. Raises OrderUnknown."""
        _fits(ORDER_NUMBER, out_trade_no)
        answer = await self._json("query", lambda: self._library.query(out_trade_no=out_trade_no))
        found: Transaction = read(Transaction, answer)
        if (found.mchid, found.out_trade_no) != (self._merchant.merchant_id, out_trade_no):
            raise forged("another order")
        return found

    async def close_order(self, out_trade_no: str) -> None:
        """Nobody can pay it any more; closing twice is no error. Raises OrderPaid."""
        _fits(ORDER_NUMBER, out_trade_no)
        try:
            await self._ask("close", lambda: self._library.close(out_trade_no=out_trade_no))
        except OrderClosed:
            return

    async def refund(
        self,
        *,
        out_refund_no: str,
        out_trade_no: str,
        refund_fen: int,
        total_fen: int,
        reason: str,
    ) -> Refund:
        """Give back all or part of a payment; the same number gives back once.

        Raises RefundRefused, OrderUnknown. The result may still be PROCESSING.
        """
        _fits(REFUND_NUMBER, out_refund_no)
        _fits(ORDER_NUMBER, out_trade_no)
        if not 0 < refund_fen <= total_fen:
            raise ValueError("a refund is one fen or more, and no more than was paid")
        answer = await self._json(
            "refund",
            lambda: self._library.refund(
                out_refund_no=out_refund_no,
                out_trade_no=out_trade_no,
                amount={"refund": refund_fen, "total": total_fen, "currency": "CNY"},
                reason=_plain(reason, 80) or None,
            ),
        )
        return self._own_refund(answer, out_refund_no)

    async def query_refund(self, out_refund_no: str) -> Refund:
        """The refund as WeChat sees it now. Raises OrderUnknown."""
        _fits(REFUND_NUMBER, out_refund_no)
        answer = await self._json(
            "refund_query", lambda: self._library.query_refund(out_refund_no=out_refund_no)
        )
        return self._own_refund(answer, out_refund_no)

    def _own_refund(self, answer: Any, out_refund_no: str) -> Refund:
        refund: Refund = read(Refund, answer)
        if refund.out_refund_no != out_refund_no:
            raise forged("another refund")
        return refund

    async def read_notification(self, headers: Mapping[str, str], raw: bytes) -> Notification:
        """Verify and open a notification, whose body is as it came over the wire.

        Raises Forged for one that is not WeChat's, older than five minutes, for another merchant
        or changed on the way. Whether it is a repeat is the caller's to find by its `key`.
        """
        if len(raw) > LARGEST:
            raise forged("too large")
        try:
            self._keys.verify(headers, raw)
        except UnknownSerial as unknown:
            await self._fetch_certificates(str(unknown))
            try:
                self._keys.verify(headers, raw)
            except UnknownSerial:
                raise forged("serial") from None
        return open_notification(self._merchant, raw)

    async def bill(self, day: date) -> bills.Bill:
        """A day's trade bill, ready from ten o'clock of the day after.

        Raises BillNotReady, or Damaged when the file is not whole.
        """
        status, answer = await self._ask(
            "bill", lambda: self._library.trade_bill(bill_date=day.isoformat()), allow=NO_STATEMENT
        )
        if status != httpx.codes.OK:
            return bills.Bill()
        place: BillLocation = read(BillLocation, json.loads(answer))
        if not place.download_url.startswith(f"{self._merchant.url}/"):
            raise forged("bill address")
        _, packed = await self._ask(
            "bill_download", lambda: self._library.download_bill(place.download_url)
        )
        plain = _unpack(packed if isinstance(packed, bytes) else packed.encode())
        digest = hashlib.sha1(plain, usedforsecurity=False).hexdigest()
        if place.hash_type != "SHA1" or digest != place.hash_value.lower():
            raise bills.Damaged("the file is not the one WeChat named (hash)")
        return bills.parse(plain.decode("utf-8-sig"))

    async def _json(self, name: str, ask: Ask) -> Any:
        _, answer = await self._ask(name, ask)
        try:
            return json.loads(answer)
        except ValueError:
            return None

    async def _ask(self, name: str, ask: Ask, *, allow: str = "") -> tuple[int, str | bytes]:
        """WeChat's good answer, after as many tries as are allowed; or the problem."""
        for attempt in range(TRIES):
            began = time.perf_counter()
            try:
                status, answer = await self._verified(ask)
                LATENCY.labels(f"pay_{name}").observe(time.perf_counter() - began)
                code = _code_of(status, answer)
                CALLS.labels(f"pay_{name}", code or str(status)).inc()
                if not code or (allow and code.replace("_", "") == allow):
                    return status, answer
                problem = of_pay(name, status, code)
            except httpx.HTTPError as lost:
                CALLS.labels(f"pay_{name}", "lost").inc()
                log.warning("wechat_pay_lost", call=name, why=type(lost).__name__, attempt=attempt)
                sent = not isinstance(lost, (httpx.ConnectError, httpx.ConnectTimeout))
                problem = Unreachable("wechat_unreachable", BUSY, uncertain=sent)
            if attempt == TRIES - 1 or not isinstance(problem, (Unreachable, TooFast)):
                raise problem from None
            await pause(attempt)
        raise AssertionError("the last try returns or raises")

    async def _verified(self, ask: Ask) -> tuple[int, str | bytes]:
        try:
            return await ask()
        except UnknownSerial as unknown:
            await self._fetch_certificates(str(unknown))
        try:
            return await ask()
        except UnknownSerial:
            raise forged("serial of an answer") from None

    async def _fetch_certificates(self, serial: str) -> None:
        """WeChat changes platform certificates by itself; ask for them, though not at every lie."""
        recently = time.monotonic() - self._certificates_at < CERTIFICATES_EVERY_S
        if recently or not re.fullmatch(r"[0-9A-F]{1,64}", serial):
            return
        self._certificates_at = time.monotonic()
        try:
            await self._core.fetch_certificates()
        except (httpx.HTTPError, ValueError, Forged) as problem:
            log.warning("wechat_certificates", why=type(problem).__name__)


def _code_of(status: int, answer: str | bytes) -> str:
    """The error code of a refusal, empty for a good answer."""
    if 200 <= status < 300:
        return ""
    try:
        body = json.loads(answer)
    except ValueError:
        body = None
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) and code else f"HTTP_{status}"


def _fits(pattern: re.Pattern[str], number: str) -> None:
    if not pattern.fullmatch(number):
        raise ValueError(f"{number!r} is no number WeChat Pay takes")


def _plain(text: str, most: int) -> str:
    """One line; without the backquote, which parts the columns of a bill."""
    return rules.cut(" ".join(text.replace("`", "'").split()), most)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).replace(microsecond=0).isoformat()


def _unpack(packed: bytes) -> bytes:
    """Unzip, but not without end. Raises Damaged."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            plain = file.read(LARGEST_BILL + 1)
    except (OSError, EOFError, zlib.error):
        raise bills.Damaged("the file cannot be unpacked") from None
    if len(plain) > LARGEST_BILL:
        raise bills.Damaged("the file is larger than any bill")
    return plain
