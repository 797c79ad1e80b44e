"""Where devices send their messages over HTTP; docs/howto/devices.md says how."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

from core import csrf, streams
from core.doors import public
from core.errors import Forbidden, Problem, TooLarge, TooMany, Unauthorized
from core.http import respond
from core.limits import Counter
from devices import envelope, receiving, understanding
from devices.models import Reason
from devices.schemas import answer_to
from devices.states import MessageStatus
from devices.words import REASONS

routes = web.RouteTableDef()

COUNTER: Final = web.AppKey("device_counter", Counter)
STATUS: Final = {
    MessageStatus.RECEIVED: 202,
    MessageStatus.ACCEPTED: 201,
    MessageStatus.DUPLICATE: 200,
    MessageStatus.HELD: 202,
    MessageStatus.REFUSED: 422,
}
REFUSALS: Final[dict[Reason, type[Problem]]] = {
    Reason.UNKNOWN_DEVICE: Unauthorized,
    Reason.SIGNATURE: Unauthorized,
    Reason.LOST: Forbidden,
    Reason.RETIRED: Forbidden,
    Reason.TOO_LARGE: TooLarge,
}
NOT_GENUINE: Final = "编号或签名不对,没有处理。"


async def running(app: web.Application) -> AsyncIterator[None]:
    """Let the counter go with the application."""
    yield
    await app[COUNTER].close()


@routes.post("/api/devices/v1/{code:[A-Za-z0-9-]{1,40}}/messages", name="device_message")
@csrf.same_site_suffices
@public
async def receive(request: web.Request) -> web.Response:
    """Keep it, understand it, and say what became of it."""
    code, counter = request.match_info["code"].upper(), request.app[COUNTER]
    body = await streams.up_to(request.content, 4 * envelope.LARGEST)
    incoming = envelope.from_http(code, request.path, request.headers, body)
    row = await receiving.keep(incoming, counter)
    if row is None:
        raise TooMany("too_many_requests", NOT_GENUINE, retry_after_s=3600)
    if row.reason in REFUSALS:
        raise _refusal(row.reason)
    settled = await understanding.understood(row)
    return respond(answer_to(settled), status=STATUS[settled.status])


def _refusal(reason: Reason) -> Problem:
    kind = REFUSALS[reason]
    if kind is Unauthorized:  # which codes exist is nobody's to find out
        return Unauthorized("device_signature", NOT_GENUINE)
    return kind(f"device_{reason.value}", REASONS[reason])
