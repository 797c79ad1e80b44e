"""The gateway, played on this machine: real HTTP, real signatures, receipts late and twice.

Numbers that end in 0000 do not exist, in 0001 are on the blocked list, in 0002 are switched off: it
takes their message and tells later that it failed. Mounted under `/sandbox/sms-gateway` in the demo
only; `GET /messages?phone=` shows what arrived.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp import web

from core import clock, csrf
from core.doors import public
from core.errors import Unauthorized
from notifications.sms.signing import check, signed

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
PREFIX: Final = "/sandbox/sms-gateway"
REFUSED: Final = {"0000": "number", "0001": "blocked"}
OFF: Final = "0002"


@dataclass(slots=True, kw_only=True)
class Options:
    """How it behaves. `repeats`: how often a taken receipt comes again; `busy`: how many of the
    next messages answer 503; `late_s`: by up to how much each receipt is late."""

    secret: str = "sandbox-sms-secret"  # noqa: S105  (the sandbox's, which guards nothing)
    receipts_url: str = ""
    repeats: int = 1
    busy: int = 0
    late_s: float = 0.3


@dataclass(slots=True)
class Sandbox:
    """What it remembers until it ends: messages by our number."""

    options: Options
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    errands: set[asyncio.Task[None]] = field(default_factory=set)


SANDBOX: Final = web.AppKey("sms_gateway_sandbox", Sandbox)
Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create(options: Options) -> web.Application:
    """By itself, or to be mounted under `prefix`."""
    app = web.Application()
    app[SANDBOX] = Sandbox(options)
    app.router.add_post("/messages", _open(_take))
    app.router.add_get("/messages", _open(_show))
    app.cleanup_ctx.append(_running)
    return app


def _open(handle: Handle) -> Handle:
    @csrf.same_site_suffices
    @public
    async def handler(request: web.Request) -> web.StreamResponse:
        return await handle(request)

    return handler


async def _take(request: web.Request) -> web.Response:
    sandbox, raw = request.app[SANDBOX], await request.read()
    try:
        check(sandbox.options.secret, request.headers, "POST", "/messages", raw)
    except Unauthorized:
        return web.json_response({"code": "signature"}, status=401)
    if sandbox.options.busy > 0:
        sandbox.options.busy -= 1
        return web.json_response({"code": "busy"}, status=503)
    given = json.loads(raw)
    if why := REFUSED.get(given["phone"][-4:]):
        return web.json_response({"code": why}, status=422)
    known = sandbox.messages.get(given["number"])
    if known is None:
        known = {"id": f"S{len(sandbox.messages) + 1:08}", **given, "at": clock.now().isoformat()}
        sandbox.messages[given["number"]] = known
        task = asyncio.ensure_future(_tell(sandbox, known))
        sandbox.errands.add(task)
        task.add_done_callback(sandbox.errands.discard)
    return web.json_response({"id": known["id"]})


async def _show(request: web.Request) -> web.Response:
    phone = request.query.get("phone", "")
    rows = request.app[SANDBOX].messages.values()
    return web.json_response({"items": [one for one in rows if phone in ("", one["phone"])]})


async def _tell(sandbox: Sandbox, message: dict[str, Any]) -> None:
    """The receipt, late, and again although it was taken."""
    if not sandbox.options.receipts_url:
        return
    status = "unreachable" if message["phone"].endswith(OFF) else "delivered"
    raw = json.dumps({"id": message["id"], "status": status}).encode()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for _ in range(1 + sandbox.options.repeats):
            await asyncio.sleep(DICE.uniform(0, sandbox.options.late_s))
            headers = signed(sandbox.options.secret, "POST", "/sms/receipts", raw)
            try:
                async with session.post(
                    sandbox.options.receipts_url, data=raw, headers=headers
                ) as answer:
                    await answer.read()
            except (aiohttp.ClientError, TimeoutError):
                continue


async def _running(app: web.Application) -> AsyncIterator[None]:
    yield
    for task in list(app[SANDBOX].errands):
        task.cancel()
