"""Where WeChat Pay tells what happened: open to anybody, believed only when signed."""

from typing import Final

import structlog
from aiohttp import web
from prometheus_client import Counter

from core.doors import public
from core.errors import Problem
from payments import refunding, settling
from payments.models import Source
from wechat.bindings import WECHAT
from wechat.pay.notifications import LARGEST, TAKEN, Notification, refusal
from wechat.pay.platform_keys import forged
from wechat.settings import NOTIFY_PATH

log = structlog.get_logger(__name__)
routes = web.RouteTableDef()

NOTICES: Final = Counter(
    "doorstep_payment_notices_total", "Notifications of WeChat Pay", ["kind", "outcome"]
)


@routes.post(NOTIFY_PATH, name="payment_notice")
@public
async def receive(request: web.Request) -> web.Response:
    """Take a notice: only our own rows are touched, so the answer comes within five seconds."""
    try:
        notice = await request.app[WECHAT].pay.read_notification(
            request.headers, await _raw(request)
        )
    except Problem as problem:
        NOTICES.labels("unknown", problem.code).inc()
        status, answer = refusal(problem)
        return web.json_response(answer, status=status)
    known = await _apply(notice)
    kind = "refund" if notice.refund else "payment" if notice.transaction else "other"
    NOTICES.labels(kind, "taken" if known else "not_ours").inc()
    return web.Response(status=TAKEN)


async def _raw(request: web.Request) -> bytes:
    """The body as it came over the wire, but not more than a notice can be. Raises Forged."""
    if (request.content_length or 0) > LARGEST:
        raise forged("too large")
    body = b""
    async for part in request.content.iter_any():
        body += part
        if len(body) > LARGEST:
            raise forged("too large")
    return body


async def _apply(notice: Notification) -> bool:
    """Whether it was about money of ours. What is not is left to the bill of the day."""
    if notice.transaction:
        return await settling.take_over(notice.transaction, Source.NOTICE) is not None
    if notice.refund:
        return await refunding.heard(notice.refund) is not None
    return False
