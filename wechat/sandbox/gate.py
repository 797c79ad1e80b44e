"""WeChat Pay's gate: whose request it is, whether it may pass, and the signature on the answer."""

import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

from wechat.sandbox.keys import MERCHANT_ID, Signer, is_signed
from wechat.sandbox.postman import signed_headers
from wechat.sandbox.state import Handle, Sandbox

CLOCK_S: Final = 300
_SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_PART: Final = re.compile(r'(\w+)="([^"]*)"')


class Refused(Exception):
    """A v3 error answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


Work = Callable[[web.Request, Sandbox, dict[str, Any]], Awaitable[dict[str, Any] | None]]


def behind(name: str, work: Work) -> Handle:
    """Let signed requests through to `work`, whose None means 204, and sign what it answers."""

    async def handle(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
        sandbox.count(name)
        try:
            body = await admitted(request, sandbox)
            answer = await work(request, sandbox, body)
            status = 204 if answer is None else 200
        except Refused as refused:
            answer = {"code": refused.code, "message": refused.message}
            status = refused.status
        text = "" if answer is None else json.dumps(answer, ensure_ascii=False)
        headers = signed_headers(_signer(request, sandbox), text)
        return web.Response(status=status, body=text.encode(), headers=headers)

    return handle


async def admitted(request: web.Request, sandbox: Sandbox) -> dict[str, Any]:
    """The body of a request that is properly signed. Raises Refused."""
    raw = await request.read()
    _check_signature(request, sandbox, raw)
    if sandbox.is_busy():
        raise Refused(500, "SYSTEM_ERROR", "系统异常,请稍后重试")
    if not sandbox.calls.passes("pay"):
        raise Refused(429, "FREQUENCY_LIMITED", "频率超限")
    if not request.headers.get("Accept") or not request.headers.get("User-Agent"):
        raise Refused(400, "PARAM_ERROR", "缺少 Accept 或 User-Agent")
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(400, "PARAM_ERROR", "请求体不是 JSON")
    return body


def _check_signature(request: web.Request, sandbox: Sandbox, raw: bytes) -> None:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    parts = dict(_PART.findall(rest))
    identity = sandbox.identity
    if scheme != _SCHEME or parts.get("mchid") != MERCHANT_ID:
        raise Refused(401, "SIGN_ERROR", "Http头Authorization值格式错误")
    if parts.get("serial_no") != identity.merchant_serial:
        raise Refused(401, "SIGN_ERROR", "商户证书序列号有误")
    stamp = parts.get("timestamp", "")
    if not stamp.isdigit() or abs(int(stamp) - time.time()) > CLOCK_S:
        raise Refused(401, "SIGN_ERROR", "Http头Authorization中的timestamp已过期")
    path = request.raw_path.removeprefix(sandbox.prefix)
    nonce, signature = parts.get("nonce_str", ""), parts.get("signature", "")
    text = f"{request.method}\n{path}\n{stamp}\n{nonce}\n{raw.decode(errors='replace')}\n"
    if not nonce or not is_signed(identity.merchant_key.public_key(), text, signature):
        raise Refused(401, "SIGN_ERROR", "签名错误,请检查后再试")


def _signer(request: web.Request, sandbox: Sandbox) -> Signer:
    """The key the merchant asked for, else the newest one."""
    wanted = request.headers.get("Wechatpay-Serial")
    signers = sandbox.identity.signers
    return next((signer for signer in signers if signer.serial == wanted), signers[-1])
