"""What a person does in WeChat, and what a tester looks at. None of these paths is WeChat's.

- `POST /codes {name, purpose?}`: a one-time code as `wx.login` or the phone button gives it
- `POST /subscriptions {openid, template_ids}`: the user accepts templates
- `POST /pay {prepay_id, outcome}`: the user at the cashier; success, fail or cancel. Answers when
  the notification was tried once, or after five seconds
- `GET /messages?openid=`: the subscribe messages the user received, oldest first; the user's name
  will do for the openid
- `POST /refunds {out_refund_no, status}`: a refund reaches its end now
- `POST /faults {busy?, late?}`: the next calls are refused as busy, the next notices come late
- `POST /keys {kind}`: begin to sign with a further public_key or certificate
- the official account's followers and messages: `official.py`
- `GET /notices`, `GET /stats`: deliveries so far, calls so far
"""

import asyncio
import json
import secrets
from contextlib import suppress
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from core import clock
from wechat.sandbox.keys import APP_ID, is_signed
from wechat.sandbox.pay import state_of, transaction
from wechat.sandbox.refunds import finish
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.templates import LONG_TERM, TEMPLATES
from wechat.sandbox.world import (
    PREPAY_LIVES,
    Credit,
    Message,
    Notice,
    Order,
    Refund,
    User,
    openid_of,
)

FIRST_TRY_S: Final = 5.0


class _Codes(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    purpose: str = Field("login", pattern="^(login|phone)$")


class _Subscriptions(BaseModel):
    openid: str
    template_ids: list[str]


OUTCOMES: Final = {
    **dict.fromkeys(("success", "succeeded", "paid", "ok"), "success"),
    **dict.fromkeys(("fail", "failed", "failure", "payerror"), "fail"),
    **dict.fromkeys(("cancel", "canceled", "cancelled"), "cancel"),
}


def _outcome(given: object) -> str:
    try:
        return OUTCOMES[str(given).lower()]
    except KeyError:
        raise ValueError(f"one of {', '.join(OUTCOMES)}") from None


class _Cashier(BaseModel):
    prepay_id: str
    outcome: Annotated[str, BeforeValidator(_outcome)] = "success"
    notified_fen: int | None = Field(None, description="lie about the amount in the notification")
    timeStamp: str = ""  # noqa: N815  (the names of wx.requestPayment)
    nonceStr: str = ""  # noqa: N815
    package: str = ""
    signType: str = "RSA"  # noqa: N815
    paySign: str = ""  # noqa: N815


class _Refunds(BaseModel):
    out_refund_no: str
    status: str = Field("SUCCESS", pattern="^(SUCCESS|CLOSED|ABNORMAL)$")


class _Faults(BaseModel):
    busy: int = 0
    late: int = 0


class _Keys(BaseModel):
    kind: str = Field("public_key", pattern="^(public_key|certificate)$")


class _No(Exception):
    """The person cannot do this; the message says why."""


def _said(model: type[BaseModel] | None, work: Any) -> Handle:
    async def handle(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
        try:
            given = model.model_validate_json(await request.read()) if model else request.query
            answer = await work(sandbox, given)
        except ValidationError as problem:
            wrong = json.loads(problem.json(include_url=False, include_input=False))
            return web.json_response({"error": wrong}, status=400)
        except _No as no:
            return web.json_response({"error": str(no)}, status=409)
        return web.json_response(answer)

    return handle


async def _code(sandbox: Sandbox, given: _Codes) -> dict[str, Any]:
    user = sandbox.world.user(given.name)
    return {"code": sandbox.world.new_code(given.purpose, user.id).id, "openid": user.id}


async def _subscribe(sandbox: Sandbox, given: _Subscriptions) -> dict[str, Any]:
    if sandbox.world.get(User, given.openid) is None:
        raise _No("no such user")
    answers = {}
    for template in given.template_ids:
        if template not in TEMPLATES:
            answers[template] = "filter"
            continue
        name = f"{given.openid}|{template}"
        credit = sandbox.world.get(Credit, name) or Credit(id=name)
        standing = template in LONG_TERM
        sandbox.world.keep(Credit(id=name, left=credit.left + 1, standing=standing))
        answers[template] = "accept"
    return answers


async def _pay(sandbox: Sandbox, given: _Cashier) -> dict[str, Any]:
    orders = sandbox.world.all(Order)
    order = next((order for order in orders if order.prepay_id == given.prepay_id), None)
    _check_cashier(sandbox, given, order)
    assert order is not None  # noqa: S101  (checked above)
    if given.outcome != "success":
        order.state = "PAYERROR" if given.outcome == "fail" else order.state
        sandbox.world.keep(order)
        return {"errMsg": f"requestPayment:fail {given.outcome}", "trade_state": order.state}
    order.state, order.paid_at = "SUCCESS", clock.now()
    order.transaction_id = f"420{secrets.randbelow(10**25):025}"
    sandbox.world.keep(order)
    told = transaction(order)
    if given.notified_fen is not None:
        told["amount"] = told["amount"] | {"total": given.notified_fen}
    tried = sandbox.postman.post("TRANSACTION.SUCCESS", order.body["notify_url"], told)
    with suppress(TimeoutError):
        async with asyncio.timeout(FIRST_TRY_S):
            await tried.wait()
    return {
        "errMsg": "requestPayment:ok",
        "trade_state": "SUCCESS",
        "transaction_id": order.transaction_id,
    }


def _check_cashier(sandbox: Sandbox, given: _Cashier, order: Order | None) -> None:
    if order is None or order.made_at + PREPAY_LIVES < clock.now():
        raise _No("prepay_id unknown or older than two hours")
    if given.paySign:
        text = f"{APP_ID}\n{given.timeStamp}\n{given.nonceStr}\n{given.package}\n"
        key = sandbox.identity.merchant_key.public_key()
        fits = given.package == f"prepay_id={given.prepay_id}" and given.signType == "RSA"
        if not fits or not is_signed(key, text, given.paySign):
            raise _No("支付验证签名失败")
    if state_of(order) not in ("NOTPAY", "PAYERROR"):
        raise _No(f"订单状态为 {state_of(order)},不能支付")


async def _messages(sandbox: Sandbox, query: Any) -> dict[str, Any]:
    given = query.get("openid", "")
    names = {given, openid_of(given.removeprefix("demo-"))}
    found = [m for m in sandbox.world.all(Message) if not given or m.openid in names]
    return {"items": [message.model_dump(mode="json") for message in found]}


async def _refund(sandbox: Sandbox, given: _Refunds) -> dict[str, Any]:
    refund = sandbox.world.get(Refund, given.out_refund_no)
    if refund is None or refund.status != "PROCESSING":
        raise _No("no such refund under way")
    finish(sandbox, refund, given.status)
    return {"status": refund.status}


async def _faults(sandbox: Sandbox, given: _Faults) -> dict[str, Any]:
    sandbox.options.busy, sandbox.options.late = given.busy, given.late
    return given.model_dump()


async def _keys(sandbox: Sandbox, given: _Keys) -> dict[str, Any]:
    identity = sandbox.identity
    made = identity.add_certificate if given.kind == "certificate" else identity.add_public_key
    return {"serial": made().serial}


async def _notices(sandbox: Sandbox, _: Any) -> dict[str, Any]:
    return {
        "items": [n.model_dump(mode="json", exclude={"content"}) for n in sandbox.world.all(Notice)]
    }


async def _stats(sandbox: Sandbox, _: Any) -> dict[str, Any]:
    return dict(sandbox.counts)


ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("POST", "/codes", _said(_Codes, _code)),
    ("POST", "/subscriptions", _said(_Subscriptions, _subscribe)),
    ("POST", "/pay", _said(_Cashier, _pay)),
    ("GET", "/messages", _said(None, _messages)),
    ("POST", "/refunds", _said(_Refunds, _refund)),
    ("POST", "/faults", _said(_Faults, _faults)),
    ("POST", "/keys", _said(_Keys, _keys)),
    ("GET", "/notices", _said(None, _notices)),
    ("GET", "/stats", _said(None, _stats)),
)
