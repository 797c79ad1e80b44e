"""The sandbox as an aiohttp application."""

import asyncio
import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web

from core import csrf
from core.doors import public
from pharmacy.delivery.envelope import Credentials
from pharmacy.delivery.sandbox.label import label_pdf

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
PREFIX: Final = "/sandbox/courier"
WORDS: Final = {
    "0": "in_transit", "1": "picked_up", "2": "problem", "3": "signed", "4": "return_signed",
    "5": "delivering", "6": "returning", "14": "refused",
}  # fmt: skip
"""The numbers by which express companies know these words, and ours."""
AGE_S: Final = 300
PAUSES_S: Final = (1, 2, 4, 8, 16, 32, 60, 60, 60)


@dataclass(slots=True, kw_only=True)
class Options:
    """How it behaves. `repeats`: how often a word comes again although it was taken; `jumble_s`:
    by up to how much each try is late, so that words overtake one another; `pace` shortens the
    pauses between tries; `busy` is how many of the next orders answer 503; `clock` is the time by
    its own watch."""

    key: str = "doorstep-demo"
    secret: str = "sandbox-courier-secret"  # noqa: S105  (the sandbox's, which guards nothing)
    repeats: int = 1
    jumble_s: float = 0.3
    pace: float = 1.0
    busy: int = 0
    clock: Callable[[], float] = time.time


class Refusal(Exception):
    """The courier says no. It answers for itself, also where it is mounted in the house, whose own
    words for errors are for people."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message

    def answer(self) -> web.Response:
        """As a courier writes it."""
        body = {"code": self.code, "message": self.message}
        return web.json_response(body, status=self.status)


@dataclass(slots=True)
class Order:
    """One consignment as this courier knows it."""

    tracking_number: str
    content: dict[str, Any]
    cancelled: bool = False
    events: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Sandbox:
    """What it remembers, until it ends."""

    options: Options
    prefix: str
    orders: dict[str, Order] = field(default_factory=dict)
    errands: set[asyncio.Task[None]] = field(default_factory=set)

    def by_tracking(self, number: str) -> Order:
        """The order, or 404."""
        for order in self.orders.values():
            if order.tracking_number == number:
                return order
        raise Refusal(404, "unknown_number", "没有这个运单")


SANDBOX: Final = web.AppKey("courier_sandbox", Sandbox)
Handle = Callable[[web.Request, Sandbox], Awaitable[web.StreamResponse]]


def create(options: Options, *, prefix: str = "") -> web.Application:
    """By itself, or to be mounted under `prefix`."""
    app = web.Application()
    app[SANDBOX] = Sandbox(options, prefix)
    add = app.router.add_route
    add("POST", "/orders", _open(_order))
    add("GET", "/orders/{number}/label", _open(_label))
    add("GET", "/orders/{number}/events", _open(_events))
    add("POST", "/orders/{number}/cancellation", _open(_cancel))
    add("POST", "/events", _open(_play, signed=False))
    app.cleanup_ctx.append(_running)
    return app


def credentials(options: Options) -> Credentials:
    """What makes the client talk to this sandbox."""
    return Credentials(options.key, options.secret)


def _open(handle: Handle, *, signed: bool = True) -> Callable[..., Awaitable[web.StreamResponse]]:
    @csrf.same_site_suffices
    @public
    async def handler(request: web.Request) -> web.StreamResponse:
        sandbox = request.app[SANDBOX]
        try:
            if signed:
                _check(request, sandbox, await request.read())
            return await handle(request, sandbox)
        except Refusal as refusal:
            return refusal.answer()

    return handler


async def _running(app: web.Application) -> AsyncIterator[None]:
    yield
    errands = app[SANDBOX].errands
    for errand in list(errands):
        errand.cancel()
    await asyncio.gather(*errands, return_exceptions=True)


def _check(request: web.Request, sandbox: Sandbox, body: bytes) -> None:
    path = request.path.removeprefix(sandbox.prefix)
    stamp, nonce = (request.headers.get(f"X-Courier-{name}", "") for name in ("Time", "Nonce"))
    right = _mac(sandbox, f"{request.method}\n{path}\n{stamp}\n{nonce}\n".encode() + body)
    late = not stamp.isdigit() or abs(sandbox.options.clock() - int(stamp)) > AGE_S
    if late or not hmac.compare_digest(right, request.headers.get("X-Courier-Signature", "")):
        raise Refusal(401, "signature", "签名不对")


def _mac(sandbox: Sandbox, words: bytes) -> str:
    return hmac.new(sandbox.options.secret.encode(), words, hashlib.sha256).hexdigest()


async def _order(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    if sandbox.options.busy > 0:
        sandbox.options.busy -= 1
        raise Refusal(503, "busy", "忙")
    content = await request.json()
    for name in ("number", "recipient_name", "recipient_phone", "address", "notify_url"):
        if not content.get(name):
            raise Refusal(400, "incomplete", f"缺少 {name}")
    if not str(content["recipient_phone"]).isdigit():
        raise Refusal(400, "phone", "收件人电话不对")
    known = sandbox.orders.get(content["number"])
    if known is None:
        known = Order(f"YH{secrets.randbelow(10**12):012d}", content)
        sandbox.orders[content["number"]] = known
    elif known.content != content:
        raise Refusal(409, "number_reused", "同一单号内容不同")
    return web.json_response({"tracking_number": known.tracking_number})


async def _label(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    order = sandbox.by_tracking(request.match_info["number"])
    pdf = await label_pdf(order.tracking_number, order.content)
    return web.Response(body=pdf, content_type="application/pdf")


async def _events(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    order = sandbox.by_tracking(request.match_info["number"])
    return web.json_response({"items": order.events})


async def _cancel(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    order = sandbox.by_tracking(request.match_info["number"])
    if order.events:
        raise Refusal(409, "picked_up", "已经揽收,不能取消")
    order.cancelled = True
    return web.json_response({})


async def _play(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    """A person plays the courier: `{tracking_number, status, at, place?, note?}`."""
    said = await request.json()
    order = sandbox.by_tracking(str(said.get("tracking_number", "")))
    word = WORDS.get(str(said.get("status")), str(said.get("status")))
    if word not in {*WORDS.values(), "lost", "damaged"} or not said.get("at"):
        raise Refusal(400, "event", "status 或 at 不对")
    if order.cancelled:
        raise Refusal(409, "cancelled", "运单已取消")
    event = {
        "tracking_number": order.tracking_number,
        "status": word,
        "at": str(said["at"]),
        "place": str(said.get("place", "")),
        "note": str(said.get("note", "")),
    }
    order.events.append(event)
    errand = asyncio.ensure_future(_bring(sandbox, order.content["notify_url"], event))
    sandbox.errands.add(errand)
    errand.add_done_callback(sandbox.errands.discard)
    return web.json_response(event, status=201)


async def _bring(sandbox: Sandbox, url: str, event: dict[str, str]) -> None:
    options = sandbox.options
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as http:
        left = 1 + options.repeats
        for pause in PAUSES_S:
            await asyncio.sleep(DICE.uniform(0, options.jumble_s))
            left -= await _told(sandbox, http, url, event)
            if left <= 0:
                return
            await asyncio.sleep(pause * options.pace)


async def _told(
    sandbox: Sandbox, http: aiohttp.ClientSession, url: str, event: dict[str, str]
) -> bool:
    body = json.dumps(event, ensure_ascii=False).encode()
    stamp, nonce = str(int(sandbox.options.clock())), secrets.token_hex(12)
    path = "/" + url.split("/", 3)[3]
    headers = {
        "Content-Type": "application/json",
        "X-Courier-Key": sandbox.options.key,
        "X-Courier-Time": stamp,
        "X-Courier-Nonce": nonce,
        "X-Courier-Signature": _mac(sandbox, f"POST\n{path}\n{stamp}\n{nonce}\n".encode() + body),
    }
    try:
        async with http.post(url, data=body, headers=headers) as answer:
            return answer.status < 300
    except (aiohttp.ClientError, TimeoutError):
        return False
