"""Where couriers tell us what happened."""

from typing import Final

import structlog
from aiohttp import web
from pydantic import ValidationError

from core import csrf, streams
from core.doors import public
from core.errors import Invalid
from pharmacy.delivery import tracking
from pharmacy.delivery.gateway import COURIER

log = structlog.get_logger(__name__)
routes = web.RouteTableDef()

PATH: Final = "/pharmacy/courier/events"
LARGEST: Final = 8192


@routes.post(PATH, name="courier_event")
@csrf.same_site_suffices
@public
async def receive(request: web.Request) -> web.Response:
    """Take one; a repeat does no harm. The signature is looked at before anything else."""
    body = await streams.up_to(request.content, LARGEST)
    try:
        track = request.app[COURIER].courier.read(request.headers, request.path, body)
    except ValidationError:
        raise Invalid("courier_event", "内容看不懂。") from None
    parcel = await tracking.hear(track)
    log.info("courier_event", word=track.status.value, status=parcel.status.value)
    return web.json_response({"taken": True})
