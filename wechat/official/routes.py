"""Where WeChat pushes for the official account: who comes and goes, what became of messages."""

from typing import Final

import structlog
from aiohttp import web

from core.doors import public
from wechat import inbox
from wechat.bindings import OFFICIAL_HEARING, WECHAT, Told
from wechat.official import followers

log = structlog.get_logger(__name__)
routes = web.RouteTableDef()

PATH: Final = "/wechat/official/messages"
CAME: Final = "event.subscribe"
WENT: Final = "event.unsubscribe"
ENDED: Final = "event.templatesendjobfinish"
TAKEN: Final = "success"
ENDS: Final = {"success": 0, "failed:user block": 43101}
"""TEMPLATESENDJOBFINISH's Status as the errcode that means the same; any other one is -1."""


@routes.get(PATH, name="wechat_official_greeting")
@public
async def greet(request: web.Request) -> web.Response:
    """WeChat tests the address when it is set up."""
    return web.Response(text=inbox.greet(request.app[WECHAT].official.inbox, request.query))


@routes.post(PATH, name="wechat_official_push")
@public
async def receive(request: web.Request) -> web.Response:
    """Take a push. WeChat repeats what is not answered in five seconds; repeats do no harm.

    Who writes or taps the menu, and is not known, followed before the account was set up here.
    """
    house = request.app[WECHAT].official.inbox
    push = inbox.read(house, request.query, await request.read())
    log.info("wechat_official_push", kind=push.kind)
    if push.kind == ENDED:
        if hear := request.app.get(OFFICIAL_HEARING):
            await hear(_end(push))
    elif push.kind in (CAME, WENT) or not await followers.unionid_of(push.openid):
        await followers.heard(push.openid[:64], came=push.kind != WENT)
    return web.Response(text=TAKEN)


def _end(push: inbox.Push) -> Told:
    data = push.content._data
    status = " ".join(str(data.get("Status", "")).replace(": ", ":").split()).lower()
    return Told(
        openid=push.openid,
        template_id="",
        message_id=str(data.get("MsgID", ""))[:64],
        error=ENDS.get(status, -1),
    )
