"""The mini program's API as WeChat answers it: codes, tokens, messages, content check."""

import json
import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from core import clock
from wechat.sandbox.keys import APP_ID, OFFICIAL_APP_ID
from wechat.sandbox.limits import misfit
from wechat.sandbox.state import Handle, Sandbox
from wechat.sandbox.templates import PAGES, TEMPLATES
from wechat.sandbox.world import (
    CODE_LIVES,
    TOKEN_LIVES,
    ApiToken,
    Code,
    Credit,
    Message,
    User,
    unionid_of,
)

OVERLAP: Final = timedelta(minutes=5)
SEEN_WITHIN: Final = timedelta(hours=2)
BAD_WORDS: Final = {"赌博": 20006, "代开发票": 20008, "加微信领奖": 10001}


class Refused(Exception):
    """An errcode instead of an answer."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode, self.errmsg = errcode, errmsg


def answering(name: str, work: Any) -> Handle:
    """Answer as WeChat does: always 200, with an errcode."""

    async def handle(request: web.Request, sandbox: Sandbox) -> web.StreamResponse:
        sandbox.count(name)
        try:
            if sandbox.is_busy():
                raise Refused(-1, "system error")
            body = await _body(request)
            answer = work(sandbox, request.query, body)
        except Refused as refused:
            answer = {"errcode": refused.errcode, "errmsg": f"{refused.errmsg} rid: sandbox"}
        return web.json_response(answer)

    return handle


async def _body(request: web.Request) -> dict[str, Any]:
    if request.method == "GET":
        return {}
    try:
        body = json.loads(await request.read())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refused(47001, "data format error")
    return body


def _login(sandbox: Sandbox, query: Mapping[str, str], _: Any) -> dict[str, Any]:
    _check_app(sandbox, query.get("appid"), query.get("secret"), [APP_ID])
    if query.get("grant_type") != "authorization_code":
        raise Refused(40002, "invalid grant_type")
    user = _user_of_code(sandbox, "login", query.get("js_code", ""))
    if not sandbox.logins.passes(user.id):
        raise Refused(45011, "api minute-quota reach limit")
    sandbox.world.keep(user.model_copy(update={"seen_at": clock.now()}))
    found = {"openid": user.id, "session_key": secrets.token_urlsafe(18)}
    return found | {"unionid": unionid_of(user.name)}


def _user_of_code(sandbox: Sandbox, purpose: str, given: str) -> User:
    """`demo-NAME` is the user NAME, again and again; other codes are good once, for 5 minutes."""
    if not given:
        raise Refused(41008, "missing code")
    world = sandbox.world
    if given.startswith("demo-") and given.removeprefix("demo-").strip() and len(given) <= 64:
        return world.user(given.removeprefix("demo-"))
    code = world.get(Code, given)
    if code is None or code.purpose != purpose or code.made_at + CODE_LIVES < clock.now():
        raise Refused(40029, "invalid code")
    if code.used:
        raise Refused(40163, "code been used")
    world.keep(code.model_copy(update={"used": True}))
    user = world.get(User, code.openid)
    if user is None:
        raise Refused(40029, "invalid code")
    return user


def _check_app(sandbox: Sandbox, app_id: Any, secret: Any, apps: Collection[str]) -> None:
    identity = sandbox.identity
    known = {APP_ID: identity.app_secret, OFFICIAL_APP_ID: identity.official_secret}
    if app_id not in apps:
        raise Refused(40013, "invalid appid")
    if secret != known[app_id]:
        raise Refused(40125, "invalid appsecret")


def _token(sandbox: Sandbox, _: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    """`stable_token`: the same token until five minutes before its end, both valid after that."""
    app = str(body.get("appid"))
    _check_app(sandbox, app, body.get("secret"), [APP_ID, OFFICIAL_APP_ID])
    if body.get("grant_type") != "client_credential":
        raise Refused(40002, "invalid grant_type")
    world, moment = sandbox.world, clock.now()
    current = next((t for t in world.all(ApiToken) if t.current and t.app == app), None)
    forced = body.get("force_refresh") is True
    if current and not forced and current.expires_at - OVERLAP > moment:
        return _token_answer(current)
    if current:
        ends = min(moment if forced else current.expires_at, current.expires_at)
        world.keep(current.model_copy(update={"current": False, "expires_at": ends}))
    fresh = ApiToken(id=secrets.token_urlsafe(60), app=app, expires_at=moment + TOKEN_LIVES)
    world.keep(fresh)
    return _token_answer(fresh)


def _token_answer(token: ApiToken) -> dict[str, Any]:
    seconds = int((token.expires_at - clock.now()).total_seconds())
    return {"access_token": token.id, "expires_in": seconds}


def check_token(sandbox: Sandbox, query: Mapping[str, str], app: str = APP_ID) -> None:
    """Whether it is this app's and still good, and the call within the limits. Raises Refused."""
    given = query.get("access_token", "")
    if not given:
        raise Refused(41001, "access_token missing")
    token = sandbox.world.get(ApiToken, given)
    if token is None or token.app != app:
        raise Refused(40001, "invalid credential, access_token is invalid or not latest")
    if token.expires_at <= clock.now():
        raise Refused(42001, "access_token expired")
    if not sandbox.calls.passes("api"):
        raise Refused(45009, "reach max api daily quota limit")


def _phone(sandbox: Sandbox, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    check_token(sandbox, query)
    user = _user_of_code(sandbox, "phone", str(body.get("code", "")))
    return {
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": user.phone,
            "purePhoneNumber": user.phone,
            "countryCode": "86",
            "watermark": {"timestamp": int(clock.now().timestamp()), "appid": APP_ID},
        },
    }


def _send(sandbox: Sandbox, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    check_token(sandbox, query)
    openid, template_id = str(body.get("touser", "")), str(body.get("template_id", ""))
    page, data = str(body.get("page") or ""), body.get("data")
    if sandbox.world.get(User, openid) is None:
        raise Refused(40003, "invalid openid")
    if template_id not in TEMPLATES:
        raise Refused(40037, "invalid template_id")
    if page and not page.startswith(PAGES):
        raise Refused(41030, "invalid page")
    fields = TEMPLATES[template_id]
    if not isinstance(data, dict):
        raise Refused(47003, "argument invalid! data")
    if wrong := misfit(fields, data):
        raise Refused(47003, f"argument invalid! data.{wrong}.value invalid")
    _spend(sandbox, openid, template_id)
    number = sandbox.count("messages")
    sandbox.world.keep(
        Message(
            id=f"{clock.now().timestamp():.6f}-{number}",
            openid=openid,
            template_id=template_id,
            page=page,
            data={field: data[field]["value"] for field in fields},
            at=clock.now(),
        )
    )
    sandbox.postman.push_end(openid, template_id, number)
    return {"errcode": 0, "errmsg": "ok", "msgid": number}


def _spend(sandbox: Sandbox, openid: str, template_id: str) -> None:
    credit = sandbox.world.get(Credit, f"{openid}|{template_id}")
    if credit is None or not (credit.standing or credit.left > 0):
        raise Refused(43101, "user refuse to accept the msg")
    if not credit.standing:
        sandbox.world.keep(credit.model_copy(update={"left": credit.left - 1}))


def _check(sandbox: Sandbox, query: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, Any]:
    check_token(sandbox, query)
    content, user = body.get("content"), sandbox.world.get(User, str(body.get("openid", "")))
    if body.get("version") != 2 or body.get("scene") not in (1, 2, 3, 4):
        raise Refused(40129, "invalid scene")
    if not isinstance(content, str) or not content or len(content) > 2500:
        raise Refused(44004, "empty content or content size out of limit")
    if user is None:
        raise Refused(40003, "invalid openid")
    if user.seen_at is None or user.seen_at + SEEN_WITHIN < clock.now():
        raise Refused(61010, "code is expired")
    label = next((label for word, label in BAD_WORDS.items() if word in content), 100)
    suggest = "risky" if label != 100 else "review" if "偏方" in content else "pass"
    return {
        "errcode": 0,
        "errmsg": "ok",
        "result": {"suggest": suggest, "label": label},
        "detail": [],
        "trace_id": secrets.token_hex(8),
    }


ROUTES: Final[tuple[tuple[str, str, Handle], ...]] = (
    ("GET", "/sns/jscode2session", answering("jscode2session", _login)),
    ("POST", "/cgi-bin/stable_token", answering("stable_token", _token)),
    ("POST", "/wxa/business/getuserphonenumber", answering("getuserphonenumber", _phone)),
    ("POST", "/cgi-bin/message/subscribe/send", answering("subscribe_send", _send)),
    ("POST", "/wxa/msg_sec_check", answering("msg_sec_check", _check)),
)
