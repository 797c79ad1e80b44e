"""WeChat Pay v3: orders and platform certificates."""

import re
import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import clock
from core.clock import SHANGHAI
from wechat.sandbox.gate import Refused, behind
from wechat.sandbox.keys import APP_ID, MERCHANT_ID
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.world import Order, User

NUMBER: Final = re.compile(r"[0-9A-Za-z_*-]{6,32}", re.ASCII)
LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
SOON: Final = timedelta(seconds=30)


async def _order(request: web.Request, sandbox: Sandbox, body: dict[str, Any]) -> dict[str, Any]:
    _check_order(sandbox, body)
    check_address(request, body.get("notify_url"))
    number = body["out_trade_no"]
    known = sandbox.world.get(Order, number)
    if known is None:
        expires = body.get("time_expire")
        known = Order(
            id=number,
            body=body,
            prepay_id=f"wx{clock.now():%d%H%M%S}{secrets.token_hex(13)}",
            made_at=clock.now(),
            expires_at=datetime.fromisoformat(expires) if expires else None,
        )
        sandbox.world.keep(known)
        return {"prepay_id": known.prepay_id}
    if known.state in ("SUCCESS", "REFUND"):
        raise Refused(400, "ORDERPAID", "该订单已支付")
    if state_of(known) == "CLOSED":
        raise Refused(400, "ORDER_CLOSED", "该订单已关闭")
    if known.body != body:
        raise Refused(403, "OUT_TRADE_NO_USED", "商户订单号重复,参数与上次不一致")
    return {"prepay_id": known.prepay_id}


def _check_order(sandbox: Sandbox, body: dict[str, Any]) -> None:
    if body.get("appid") != APP_ID or body.get("mchid") != MERCHANT_ID:
        raise Refused(400, "APPID_MCHID_NOT_MATCH", "appid 和 mchid 不匹配")
    description, number = body.get("description"), body.get("out_trade_no")
    if not isinstance(description, str) or not 1 <= len(description) <= 127:
        raise Refused(400, "PARAM_ERROR", "description 应为1到127个字符")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Refused(400, "PARAM_ERROR", "out_trade_no 格式错误")
    total = part(body, "amount").get("total")
    if not isinstance(total, int) or isinstance(total, bool) or not 1 <= total <= 10**10:
        raise Refused(400, "PARAM_ERROR", "amount.total 应为正整数,单位为分")
    openid = part(body, "payer").get("openid")
    if sandbox.world.get(User, str(openid)) is None:
        raise Refused(400, "PARAM_ERROR", "无效的 openid")
    _check_expiry(body.get("time_expire"))


def part(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object in the body, empty when there is none."""
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _check_expiry(given: Any) -> None:
    if given is None:
        return
    try:
        expires = datetime.fromisoformat(str(given))
    except ValueError:
        expires = None
    if expires is None or expires.tzinfo is None or "." in str(given):
        raise Refused(400, "PARAM_ERROR", "time_expire 格式错误")
    if expires <= clock.now() + SOON:
        raise Refused(400, "PARAM_ERROR", "time_expire 时间过短")


def check_address(request: web.Request, url: Any) -> None:
    """Notifications go to https without a query; here to this machine only, where http will do."""
    parts = urlsplit(url) if isinstance(url, str) else None
    here = parts and (parts.hostname in LOCAL or parts.netloc == request.host)
    if not parts or not here or parts.query or len(url) > 256:
        raise Refused(400, "PARAM_ERROR", "notify_url 不可用")


async def _query(request: web.Request, sandbox: Sandbox, _: dict[str, Any]) -> dict[str, Any]:
    _check_merchant(request.query.get("mchid"))
    return transaction(found_order(sandbox, request.match_info["number"]))


async def _query_by_id(request: web.Request, sandbox: Sandbox, _: dict[str, Any]) -> dict[str, Any]:
    _check_merchant(request.query.get("mchid"))
    wanted = request.match_info["id"]
    orders = sandbox.world.all(Order)
    order = next((order for order in orders if order.transaction_id == wanted), None)
    if order is None:
        raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
    return transaction(order)


async def _close(request: web.Request, sandbox: Sandbox, body: dict[str, Any]) -> None:
    _check_merchant(body.get("mchid"))
    order = found_order(sandbox, request.match_info["number"])
    if order.state in ("SUCCESS", "REFUND"):
        raise Refused(400, "ORDERPAID", "该订单已支付")
    order.state = "CLOSED"
    sandbox.world.keep(order)


def _check_merchant(mchid: Any) -> None:
    if mchid != MERCHANT_ID:
        raise Refused(400, "PARAM_ERROR", "mchid 错误")


def found_order(sandbox: Sandbox, number: str) -> Order:
    """Find an order. Raises Refused."""
    order = sandbox.world.get(Order, number)
    if order is None:
        raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
    return order


def state_of(order: Order) -> str:
    """An order that was not paid in time closes by itself."""
    late = order.expires_at is not None and order.expires_at <= clock.now()
    return "CLOSED" if order.state in ("NOTPAY", "PAYERROR") and late else order.state


def transaction(order: Order) -> dict[str, Any]:
    """The order in the words of query and notification."""
    found: dict[str, Any] = {
        "appid": APP_ID,
        "mchid": MERCHANT_ID,
        "out_trade_no": order.id,
        "trade_state": state_of(order),
        "trade_state_desc": state_of(order),
        "amount": {"total": order.total, "currency": "CNY"},
        "payer": order.body["payer"],
    }
    if order.paid_at is not None:
        found |= {
            "transaction_id": order.transaction_id,
            "trade_type": "JSAPI",
            "bank_type": "OTHERS",
            "attach": order.body.get("attach", ""),
            "success_time": order.paid_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        }
        found["amount"] |= {"payer_total": order.total, "payer_currency": "CNY"}
    return found


async def _certificates(_: web.Request, sandbox: Sandbox, __: dict[str, Any]) -> dict[str, Any]:
    """Platform certificates, sealed with the APIv3 key."""
    identity = sandbox.identity
    found = []
    for signer in identity.signers:
        if signer.certificate is None:
            continue
        nonce, pem = (
            secrets.token_hex(6),
            signer.certificate.public_bytes(serialization.Encoding.PEM),
        )
        sealed = AESGCM(identity.api_key.encode()).encrypt(nonce.encode(), pem, b"certificate")
        found.append(
            {
                "serial_no": signer.serial,
                "effective_time": signer.certificate.not_valid_before_utc.isoformat(),
                "expire_time": signer.certificate.not_valid_after_utc.isoformat(),
                "encrypt_certificate": {
                    "algorithm": "AEAD_AES_256_GCM",
                    "nonce": nonce,
                    "associated_data": "certificate",
                    "ciphertext": b64encode(sealed).decode(),
                },
            }
        )
    if not found:
        raise Refused(404, "RESOURCE_NOT_EXISTS", "无可用的平台证书,请使用微信支付公钥")
    return {"data": found}


_ORDERS: Final = "/v3/pay/transactions"
ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("POST", f"{_ORDERS}/jsapi", behind("order", _order)),
    ("GET", f"{_ORDERS}/out-trade-no/{{number}}", behind("query", _query)),
    ("GET", f"{_ORDERS}/id/{{id}}", behind("query", _query_by_id)),
    ("POST", f"{_ORDERS}/out-trade-no/{{number}}/close", behind("close", _close)),
    ("GET", "/v3/certificates", behind("certificates", _certificates)),
)
