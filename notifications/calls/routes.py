"""电话通知: whom to call, what to say, and what came of it."""

from typing import Final, Literal

from aiohttp import web
from pydantic import Field

from core import pages
from core.doors import allow
from core.forms import read_form
from core.http import Schema, path_id
from core.idempotency import once
from notifications.calls import service
from notifications.calls.service import CALLERS, TRIES
from notifications.queries import trail
from notifications.states import Call
from people.actor import actor_of
from people.queries import patient_headers

routes = web.RouteTableDef()

SAID: Final = {
    "reach": pages.notice("call-reached", "已记下:通知到了。"),
    "miss": pages.notice("call-missed", "已记下:没有人接。过几个小时会再出现在这里。"),
    "find_wrong": pages.notice("call-wrong", "已记下:号码不对。请在居民档案里改电话。"),
    "give_up": pages.notice(
        "call-given-up", "打了三次都没有人接,这次通知到此为止,消息留在收件箱。"
    ),
}

ENDS: Final = {
    Call.REACHED: "通知到了。",
    Call.WRONG_NUMBER: "号码不对。请在居民档案里改电话。",
    Call.UNREACHED: "打了三次都没有人接,到此为止,消息留在居民的收件箱。",
    Call.DROPPED: "这件事已经过去,不用再打。",
}


class Outcome(Schema):
    """What came of the call."""

    action: Literal["reach", "miss", "find_wrong"]
    note: str = Field("", max_length=200)


@routes.get("/calls", name="calls")
@allow(*CALLERS)
async def calls(request: web.Request) -> web.Response:
    """The house's calls that are due."""
    rows = await service.due(actor_of(request))
    headers = await patient_headers(row.patient_id for row in rows)
    items = [{"row": row, "patient": headers[row.patient_id]} for row in rows]
    return await pages.render(request, "notifications/calls.html", title="电话通知", items=items)


@routes.get("/calls/{id}", name="call")
@allow(*CALLERS)
async def call(request: web.Request) -> web.Response:
    """One call: the number, the words, the outcome."""
    task = await service.open_call(actor_of(request), path_id(request))
    headers = await patient_headers([task.patient_id])
    return await pages.render(
        request,
        "notifications/call.html",
        title="打电话",
        task=task,
        patient=headers[task.patient_id],
        left=TRIES - task.tries,
        resting=service.is_resting(task),
        over=ENDS.get(task.status, ""),
        trail=await trail(task.communication_id),
    )


@routes.post("/calls/{id}/outcome", name="call_outcome")
@allow(*CALLERS)
@once
async def outcome(request: web.Request) -> web.Response:
    """Write it down."""
    entry = (await read_form(request, Outcome)).require()
    task = await service.end(actor_of(request), path_id(request), entry.action, entry.note)
    word = "give_up" if task.status is Call.UNREACHED else entry.action
    raise pages.see_other("/calls", say=SAID[word])
