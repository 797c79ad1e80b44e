"""The official account as WeChat plays it: followers, template messages, and the pushes of both.

What a person does there, none of it WeChat's own path:

- `POST /followers {name, follows, blocks?}`: the user NAME follows or leaves; `blocks`: takes no
  messages. WeChat pushes it
- `GET /template-messages?openid=`: what the user received, oldest first; the name will do
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, Field, ValidationError

from core import clock
from wechat.sandbox.api import Refused, answering, check_token
from wechat.sandbox.keys import APP_ID, OFFICIAL_APP_ID
from wechat.sandbox.limits import misfit
from wechat.sandbox.pushes import JOB
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.templates import OFFICIAL, PAGES
from wechat.sandbox.world import (
    Fan,
    Numbered,
    TemplateMessage,
    official_openid_of,
    unionid_of,
)

NUMBER_LIVES: Final = timedelta(minutes=10)
LONGEST_NUMBER: Final = 32


class _Following(BaseModel):
    name: str = Field(min_length=1, max_length=40)
    follows: bool = True
    blocks: bool = False


def _info(sandbox: Sandbox, query: Mapping[str, str], _: Any) -> dict[str, Any]:
    check_token(sandbox, query, OFFICIAL_APP_ID)
    fan = sandbox.world.get(Fan, query.get("openid", ""))
    if fan is None:
        raise Refused(40003, "invalid openid")
    if not fan.follows:
        return {"subscribe": 0, "openid": fan.id}
    return {
        "subscribe": 1,
        "openid": fan.id,
        "language": "zh_CN",
        "subscribe_time": int(fan.since.timestamp()),
        "unionid": unionid_of(fan.name),
        "remark": "",
        "groupid": 0,
        "tagid_list": [],
        "subscribe_scene": "ADD_SCENE_QR_CODE",
    }


def _send(sandbox: Sandbox, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    check_token(sandbox, query, OFFICIAL_APP_ID)
    fan, template_id = _recipient(sandbox, body), str(body.get("template_id", ""))
    if template_id not in OFFICIAL:
        raise Refused(40037, "invalid template_id")
    fields, data, page = OFFICIAL[template_id], body.get("data"), _page(body)
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data")
    if wrong := misfit(fields, data):
        raise Refused(47003, f"argument invalid! data.{wrong}.value invalid")
    if not fan.follows:
        raise Refused(43004, "require subscribe")
    number = str(body.get("client_msg_id") or "")
    if len(number) > LONGEST_NUMBER:
        raise Refused(47003, "argument invalid! client_msg_id")
    known = sandbox.world.get(Numbered, f"{fan.id}|{number}") if number else None
    if known and known.at + NUMBER_LIVES > clock.now():
        errcode = sandbox.options.numbered_errcode
        said = {"errcode": errcode, "errmsg": "clientmsgid exist" if errcode else "ok"}
        return said | {"msgid": int(known.message_id)}
    if sandbox.counts.get("template_messages", 0) >= sandbox.options.official_a_day:
        raise Refused(45009, "reach max api daily quota limit")
    values = {field: data[field]["value"] for field in fields}
    id = _keep(sandbox, fan, template_id, page, number, values)
    return {"errcode": 0, "errmsg": "ok", "msgid": id}


def _recipient(sandbox: Sandbox, body: Mapping[str, Any]) -> Fan:
    fan = sandbox.world.get(Fan, str(body.get("touser", "")))
    if fan is None:
        raise Refused(40003, "invalid openid")
    return fan


def _page(body: Mapping[str, Any]) -> str:
    program = body.get("miniprogram")
    if not program:
        return ""
    page = str(program.get("pagepath") or "")
    if program.get("appid") != APP_ID:
        raise Refused(40013, "invalid appid")
    if not page.startswith(PAGES):
        raise Refused(40165, "invalid weapp pagepath")
    return page


def _keep(
    sandbox: Sandbox, fan: Fan, template_id: str, page: str, number: str, values: dict[str, str]
) -> int:
    world, moment = sandbox.world, clock.now()
    id = int(moment.timestamp()) * 10**6 + sandbox.count("template_messages")
    if number:
        world.keep(Numbered(id=f"{fan.id}|{number}", message_id=str(id), at=moment))
    if fan.blocks:
        status = "failed:user block"
    else:
        status = "success"
        world.keep(
            TemplateMessage(
                id=str(id),
                openid=fan.id,
                template_id=template_id,
                page=page,
                number=number,
                data=values,
                at=moment,
            )
        )
    more = JOB.format(number=id, status=status)
    sandbox.postman.push_official(fan.id, "TEMPLATESENDJOBFINISH", more)
    return id


async def _follow(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    try:
        given = _Following.model_validate_json(await request.read())
    except ValidationError as problem:
        wrong = json.loads(problem.json(include_url=False, include_input=False))
        return web.json_response({"error": wrong}, status=400)
    fan = Fan(
        id=official_openid_of(given.name),
        name=given.name,
        follows=given.follows,
        blocks=given.blocks,
        since=clock.now(),
    )
    sandbox.world.keep(fan)
    event = "subscribe" if given.follows else "unsubscribe"
    sandbox.postman.push_official(fan.id, event, "<EventKey><![CDATA[]]></EventKey>")
    return web.json_response({"openid": fan.id, "unionid": unionid_of(given.name)})


async def _messages(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
    given = request.query.get("openid", "")
    names = {given, official_openid_of(given.removeprefix("demo-"))}
    rows = sandbox.world.all(TemplateMessage)
    found = [row.model_dump(mode="json") for row in rows if not given or row.openid in names]
    return web.json_response({"items": found})


ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("GET", "/cgi-bin/user/info", answering("user_info", _info)),
    ("POST", "/cgi-bin/message/template/send", answering("template_send", _send)),
    ("POST", "/followers", _follow),
    ("GET", "/template-messages", _messages),
)
