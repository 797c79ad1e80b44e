"""WeChat Pay v3: the daily trade bill, made from what was paid and refunded that day."""

import gzip
import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any, Final

from aiohttp import web

from core import clock
from core.clock import SHANGHAI
from wechat.sandbox.gate import Refused, admitted, behind
from wechat.sandbox.keys import APP_ID, MERCHANT_ID
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.world import Order, Refund

COLUMNS: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMS: Final = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
READY_HOUR: Final = 10


async def _bill(request: web.Request, sandbox: Sandbox, _: dict[str, Any]) -> dict[str, Any]:
    try:
        day = date.fromisoformat(request.query.get("bill_date", ""))
    except ValueError:
        raise Refused(400, "PARAM_ERROR", "bill_date 格式错误") from None
    local = clock.now().astimezone(SHANGHAI)
    if day >= local.date():
        raise Refused(400, "PARAM_ERROR", "账单日期不能晚于昨天")
    if day == local.date() - timedelta(days=1) and local.hour < READY_HOUR:
        raise Refused(400, "STATEMENT_CREATING", "账单生成中,请稍后再试")
    if not (rows := rows_of(sandbox, day)):
        raise Refused(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    plain = text_of(rows).encode()
    token = secrets.token_urlsafe(24)
    sandbox.files[token] = gzip.compress(plain)
    address = f"{request.scheme}://{request.host}{sandbox.prefix}"
    return {
        "download_url": f"{address}/v3/billdownload/file?token={token}",
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(plain, usedforsecurity=False).hexdigest(),
    }


async def _file(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    """The packed file; like WeChat's, its answer carries no signature."""
    try:
        await admitted(request, sandbox)
    except Refused as refused:
        answer = {"code": refused.code, "message": refused.message}
        return web.json_response(answer, status=refused.status)
    packed = sandbox.files.pop(request.query.get("token", ""), None)
    if packed is None:
        return web.json_response({"code": "PARAM_ERROR", "message": "token 无效"}, status=400)
    return web.Response(body=packed, content_type="application/x-gzip")


def rows_of(sandbox: Sandbox, day: date) -> list[tuple[str, ...]]:
    """A row for each payment and refund of the day."""
    orders = sandbox.world.all(Order)
    rows = [_payment(o) for o in orders if o.paid_at and _day(o.paid_at) == day]
    for refund in sandbox.world.all(Refund):
        order_of = sandbox.world.get(Order, refund.out_trade_no)
        if order_of and _day(refund.made_at) == day:
            rows.append(_refunded(refund, order_of))
    return sorted(rows)


def text_of(rows: list[tuple[str, ...]]) -> str:
    """The file, with the sums it ends in."""
    lines = [COLUMNS, *(_line(row) for row in rows), SUMS]
    names = COLUMNS.split(",")
    columns = ("应结订单金额", "退款金额", "充值券退款金额", "手续费", "订单金额", "申请退款金额")
    sums = [_sum(rows, names.index(column)) for column in columns]
    lines.append(_line((str(len(rows)), *sums)))
    return "\ufeff" + "\r\n".join(lines) + "\r\n"


def _sum(rows: list[tuple[str, ...]], column: int) -> str:
    return _yuan(round(sum(float(row[column]) for row in rows) * 100))


def _line(values: tuple[str, ...]) -> str:
    return ",".join(f"`{value}" for value in values)


def _payment(order: Order) -> tuple[str, ...]:
    assert order.paid_at is not None  # noqa: S101  (asked by the caller)
    total, fee = _yuan(order.total), f"{order.total * 0.006 / 100:.5f}"
    return (
        _time(order.paid_at), APP_ID, MERCHANT_ID, "0", "", order.transaction_id, order.id,
        order.body["payer"]["openid"], "JSAPI", "SUCCESS", "OTHERS", "CNY", total, "0.00",
        "0", "0", "0.00", "0.00", "", "", order.body["description"], "", fee, "0.60%", total,
        "0.00", "",
    )  # fmt: skip


def _refunded(refund: Refund, order: Order) -> tuple[str, ...]:
    amount = _yuan(refund.refund)
    return (
        _time(refund.made_at), APP_ID, MERCHANT_ID, "0", "", refund.transaction_id, order.id,
        order.body["payer"]["openid"], "JSAPI", "REFUND", "OTHERS", "CNY", "0.00", "0.00",
        refund.refund_id, refund.id, amount, "0.00", "ORIGINAL", refund.status,
        order.body["description"], "", "0.00000", "0.60%", "0.00", amount, "",
    )  # fmt: skip


def _day(moment: datetime) -> date:
    return moment.astimezone(SHANGHAI).date()


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"


ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("GET", "/v3/bill/tradebill", behind("bill", _bill)),
    ("GET", "/v3/billdownload/file", _file),
)
