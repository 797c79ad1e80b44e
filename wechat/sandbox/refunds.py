"""WeChat Pay v3: refunds, which take their time and are told of by notification."""

import asyncio
import re
import secrets
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from core import clock
from core.clock import SHANGHAI
from wechat.sandbox.gate import Refused, behind
from wechat.sandbox.keys import MERCHANT_ID
from wechat.sandbox.pay import check_address, part
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.world import Order, Refund

NUMBER: Final = re.compile(r"[0-9A-Za-z_|*@-]{1,64}", re.ASCII)
YEAR: Final = timedelta(days=365)
MOST: Final = 50


async def _refund(request: web.Request, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    number, amount = body.get("out_refund_no"), part(body, "amount")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Refused(400, "PARAM_ERROR", "out_refund_no 格式错误")
    if body.get("notify_url"):
        check_address(request, body["notify_url"])
    order = _paid_order(sandbox, body)
    known = sandbox.world.get(Refund, number)
    if known is not None:
        if (known.out_trade_no, known.refund) != (order.id, amount.get("refund")):
            raise Refused(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致,请核实后再试")
        return described(known)
    _check_amount(sandbox, order, amount)
    refund = Refund(
        id=number,
        body=body,
        refund_id=f"503{secrets.randbelow(10**25):025}",
        out_trade_no=order.id,
        transaction_id=order.transaction_id,
        total=order.total,
        refund=amount["refund"],
        made_at=clock.now(),
    )
    sandbox.world.keep(refund)
    order.state = "REFUND"
    sandbox.world.keep(order)
    sandbox.postman.later(_in_time(sandbox, refund))
    return described(refund)


def _paid_order(sandbox: Sandbox, body: dict[str, Any]) -> Order:
    for order in sandbox.world.all(Order):
        named = order.transaction_id and order.transaction_id == body.get("transaction_id")
        if named or order.id == body.get("out_trade_no"):
            if order.paid_at is None:
                raise Refused(400, "INVALID_REQUEST", "订单未支付")
            if order.paid_at + YEAR < clock.now():
                raise Refused(403, "TRADE_OVERDUE", "订单已经超过退款期限")
            return order
    raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不存在")


def _check_amount(sandbox: Sandbox, order: Order, amount: dict[str, Any]) -> None:
    refund = amount.get("refund")
    if not isinstance(refund, int) or isinstance(refund, bool) or refund < 1:
        raise Refused(400, "PARAM_ERROR", "amount.refund 应为正整数")
    if amount.get("total") != order.total or amount.get("currency") != "CNY":
        raise Refused(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致")
    lives = [r for r in sandbox.world.all(Refund) if r.out_trade_no == order.id]
    before = [r.refund for r in lives if r.status != "CLOSED"]
    if sum(before) + refund > order.total or len(before) >= MOST:
        raise Refused(400, "INVALID_REQUEST", "订单已全额退款或退款金额大于可退金额")


async def _in_time(sandbox: Sandbox, refund: Refund) -> None:
    await asyncio.sleep(sandbox.options.refund_s)
    finish(sandbox, refund, "SUCCESS")


def resume(sandbox: Sandbox) -> None:
    """Go on with the refunds that were under way before a restart."""
    for refund in sandbox.world.all(Refund):
        if refund.status == "PROCESSING":
            sandbox.postman.later(_in_time(sandbox, refund))


def finish(sandbox: Sandbox, refund: Refund, status: str) -> None:
    """The refund reaches its end, once; the merchant is told."""
    if refund.status != "PROCESSING":
        return
    refund.status, refund.done_at = status, clock.now()
    sandbox.world.keep(refund)
    if url := refund.body.get("notify_url"):
        told = described(refund) | {"mchid": MERCHANT_ID, "refund_status": status}
        told.pop("status")
        sandbox.postman.post(f"REFUND.{status}", url, told)


async def _query(request: web.Request, sandbox: Sandbox, _: dict[str, Any]) -> dict[str, Any]:
    refund = sandbox.world.get(Refund, request.match_info["number"])
    if refund is None:
        raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
    return described(refund)


def described(refund: Refund) -> dict[str, Any]:
    """The refund in the words of WeChat."""
    found: dict[str, Any] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.id,
        "transaction_id": refund.transaction_id,
        "out_trade_no": refund.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": refund.made_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        "status": refund.status,
        "amount": {
            "total": refund.total,
            "refund": refund.refund,
            "payer_total": refund.total,
            "payer_refund": refund.refund,
            "currency": "CNY",
        },
    }
    if refund.done_at is not None:
        found["success_time"] = refund.done_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return found


ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("POST", "/v3/refund/domestic/refunds", behind("refund", _refund)),
    ("GET", "/v3/refund/domestic/refunds/{number}", behind("refund_query", _query)),
)
