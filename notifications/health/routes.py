"""消息健康: how telling goes, and the operator's handles. No person is named here."""

from datetime import timedelta
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints

from core import clock, pages
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, read_form
from core.http import Schema
from core.idempotency import once
from notifications.health import queries, service, words
from notifications.health.service import OPERATORS
from notifications.models import Channel
from notifications.policy import params
from notifications.topics import topics
from people.actor import actor_of

routes = web.RouteTableDef()

PAGE: Final = "/message-health"
ONE: Final = PAGE + "/channels/{channel}"
PERIODS: Final = {1: "1 小时", 24: "24 小时", 168: "7 天"}
HELD: Final = pages.notice("channel-held", "已暂停。要发的消息先等着,恢复以后接着发;过期的不再发。")
HELD_ALREADY: Final = pages.notice("channel-held-already", "这个渠道已经有人暂停了。")
RELEASED: Final = pages.notice("channel-released", "已恢复,等着的消息马上开始发。")
AGAIN: Final = pages.notice(
    "messages-again", "已重新发送。过了时间的、居民已经看过的,没有再发。做了什么已记录。"
)
NOTHING: Final = pages.notice("messages-nothing", "没有可以重新发的:可能刚才有人发过了。")
RESTED: Final = pages.notice("messages-rested", "好的,这些不再发,留在居民的收件箱里。")


class ReasonIn(Schema):
    """Why, in the operator's words."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


@routes.get(PAGE, name="message_health")
@allow(*OPERATORS)
async def show(request: web.Request) -> web.Response:
    """What waits, what went wrong and why, and what can be done."""
    return await _show(request)


async def _show(
    request: web.Request, form: Form[Any] | None = None, wrong: str = ""
) -> web.Response:
    hours = _hours(request.query.get("hours", ""))
    moment = clock.now()
    since = moment - timedelta(hours=hours)
    by_channel, by_topic = await queries.ends(since)
    holds, trouble = await queries.holds(), await queries.in_trouble()
    open_ones, arrived = await queries.open_ones(), await queries.delivered(since)
    used = {channel for topic in topics().values() for channel in topic.channels}
    used -= params().closed
    channels = [
        {
            "name": channel,
            "open": open_ones[channel],
            "ends": by_channel.get(channel, queries.Ends()),
            "arrived": arrived.get(channel.value, 0),
            "hold": holds.get(channel),
            "trouble": channel in trouble,
            "per_second": params().per_second.get(channel),
        }
        for channel in Channel
        if channel in used
    ]
    return await pages.render(
        request,
        "notifications/health.html",
        status=422 if form else 200,
        form=form or blank(),
        wrong=wrong,
        channels=channels,
        topics=sorted(
            by_topic.items(), key=lambda one: (one[0][0], list(Channel).index(one[0][1]))
        ),
        kept=await queries.kept(),
        calls=await queries.calls(since),
        hours=hours,
        periods=PERIODS,
        moment=moment,
        words=words,
    )


def _hours(text: str) -> int:
    return int(text) if text.isdecimal() and int(text) in PERIODS else 24


@routes.post(ONE + "/hold", name="hold_channel")
@allow(*OPERATORS)
@once
async def hold(request: web.Request) -> web.Response:
    """Hold a channel."""
    channel = _channel(request)
    form = await read_form(request, ReasonIn)
    if form.entry is None:
        return await _show(request, form, f"hold-{channel.value}")
    new = await service.hold(actor_of(request), channel, form.entry.reason)
    raise pages.see_other(PAGE, say=HELD if new else HELD_ALREADY)


@routes.post(ONE + "/release", name="release_channel")
@allow(*OPERATORS)
@once
async def release(request: web.Request) -> web.Response:
    """Let it go."""
    await service.release(actor_of(request), _channel(request))
    raise pages.see_other(PAGE, say=RELEASED)


@routes.post(ONE + "/kept/{code:[a-z_]{1,60}}/replay", name="replay_messages")
@allow(*OPERATORS)
@once
async def replay(request: web.Request) -> web.Response:
    """Send a group again."""
    channel, code = _channel(request), request.match_info["code"]
    form = await read_form(request, ReasonIn)
    if form.entry is None:
        return await _show(request, form, f"kept-{channel.value}-{code}")
    found = await service.replay(actor_of(request), channel, code, form.entry.reason)
    raise pages.see_other(PAGE, say=AGAIN if found.again else NOTHING)


@routes.post(ONE + "/kept/{code:[a-z_]{1,60}}/rest", name="rest_messages")
@allow(*OPERATORS)
@once
async def rest(request: web.Request) -> web.Response:
    """Let a group rest in the inbox."""
    channel, code = _channel(request), request.match_info["code"]
    form = await read_form(request, ReasonIn)
    if form.entry is None:
        return await _show(request, form, f"kept-{channel.value}-{code}")
    await service.let_rest(actor_of(request), channel, code, form.entry.reason)
    raise pages.see_other(PAGE, say=RESTED)


def _channel(request: web.Request) -> Channel:
    try:
        return Channel(request.match_info["channel"])
    except ValueError:
        raise NotFound("not_found", "没有这个渠道。") from None
