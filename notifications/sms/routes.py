"""Where the gateway tells what became of text messages."""

from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from core import db
from core.doors import public
from core.errors import Invalid, Unauthorized
from notifications import receipts
from notifications.models import Attempt, Channel
from notifications.sms.signing import Gateway, check

routes = web.RouteTableDef()
PATH: Final = "/sms/receipts"
GATEWAY: Final = web.AppKey("sms_gateway", Gateway)


class Told(BaseModel):
    """The gateway's word."""

    id: str = Field(min_length=1, max_length=64)
    status: Literal["delivered", "unreachable", "blocked", "number"]


@routes.post(PATH, name="sms_receipt")
@public
async def receive(request: web.Request) -> web.Response:
    """A repeat changes nothing; a message we do not know is answered all the same."""
    raw = await request.read()
    gateway = request.app.get(GATEWAY)
    if gateway is None:
        raise Unauthorized("sms_signature", "本院没有开通短信通道。")
    check(gateway.secret, request.headers, "POST", PATH, raw)
    try:
        told = Told.model_validate_json(raw)
    except ValidationError:
        raise Invalid("sms_receipt", "这条回执看不懂。") from None
    async with db.atomic():
        attempt = await Attempt.filter(channel=Channel.SMS, message_id=told.id).first()
        if attempt is not None:
            failed = "" if told.status == "delivered" else f"sms_{told.status}"
            await receipts.heard(attempt, failed=failed, message_id=told.id)
    return web.Response(status=204)
