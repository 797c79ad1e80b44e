"""Where WeChat pushes messages and events to: 消息推送 in its back office, safe mode, XML."""

from collections.abc import Iterator
from typing import Any, Final

import structlog
from aiohttp import web

from core.doors import public
from wechat import credits, inbox
from wechat.bindings import HEARING, WECHAT, Told

log = structlog.get_logger(__name__)
routes = web.RouteTableDef()

PATH: Final = "/wechat/messages"
CHANGED: Final = "event.subscribe_msg_change_event"
ENDED: Final = "event.subscribe_msg_sent_event"
TAKEN: Final = "success"


@routes.get(PATH, name="wechat_greeting")
@public
async def greet(request: web.Request) -> web.Response:
    """WeChat tests the address when it is set up."""
    return web.Response(text=inbox.greet(request.app[WECHAT].inbox, request.query))


@routes.post(PATH, name="wechat_push")
@public
async def receive(request: web.Request) -> web.Response:
    """Take a push. WeChat repeats what is not answered in five seconds; repeats do no harm."""
    push = inbox.read(request.app[WECHAT].inbox, request.query, await request.read())
    log.info("wechat_push", kind=push.kind)
    if push.kind == CHANGED:
        for template_id in turned_off(push.content):
            await credits.withdrawn(push.openid, template_id)
    if push.kind == ENDED and (hear := request.app.get(HEARING)):
        for told in ends(push):
            await hear(told)
    return web.Response(text=TAKEN)


def turned_off(content: Any) -> Iterator[str]:
    """The templates a user switched off in WeChat's own settings."""
    for change in _listed(content, "SubscribeMsgChangeEvent"):
        if change.get("SubscribeStatusString") == "reject":
            yield str(change.get("TemplateId", ""))[:64]


def ends(push: inbox.Push) -> Iterator[Told]:
    """What became of subscribe messages to this user."""
    for end in _listed(push.content, "SubscribeMsgSentEvent"):
        error = str(end.get("ErrorCode", "0"))
        yield Told(
            openid=push.openid,
            template_id=str(end.get("TemplateId", ""))[:64],
            message_id=str(end.get("MsgID", ""))[:64],
            error=int(error) if error.isdecimal() else -1,
        )


def _listed(content: Any, name: str) -> Iterator[dict[str, Any]]:
    """The entries of an event; WeChat's XML makes no difference between one and a list of one."""
    event = content._data.get(name)
    found = event.get("List") if isinstance(event, dict) else None
    for entry in found if isinstance(found, list) else [found]:
        if isinstance(entry, dict):
            yield entry
