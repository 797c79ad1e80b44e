"""Sign-in, sign-out, giving the password again, and changing it."""

import re
from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints

from core import csrf, pages
from core.doors import ANY_STAFF, allow, public
from core.errors import FieldError, Invalid, TooMany
from core.forms import ABOVE, Form, blank, filled
from core.http import Schema
from people import passwords, sessions, sign_in
from people.actor import actor_of

routes = web.RouteTableDef()

SIGNED_OUT: Final = pages.notice("signed-out", "您已退出登录。")
PASSWORD_CHANGED: Final = pages.notice("password-changed", "密码已修改,其他设备上的登录已退出。")

Password = Annotated[str, StringConstraints(min_length=1, max_length=passwords.LONGEST)]


class Credentials(Schema):
    """The sign-in form. `next` is where to go on, a path of this site."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    password: Password
    next: str = ""


class Proof(Schema):
    """The password, given again."""

    password: Password
    next: str = ""


class PasswordChange(Schema):
    """The old password once, the new one twice."""

    current: Password
    new: Password
    again: Password


@routes.get("/login", name="login")
@public
async def login_page(request: web.Request) -> web.StreamResponse:
    """The sign-in form; those who are signed in already go on."""
    target = sessions.safe_next(request.query.get("next"))
    visit = request.get(sessions.VISIT)
    if visit is not None:
        raise pages.see_other(sessions.STEP_PAGES.get(visit.step, target))
    return await _login(request, blank(next=target))


async def _login(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(request, "people/login.html", status=form.status, form=form)


@routes.post("/login", name="sign_in")
@csrf.same_site_suffices
@public
@filled(Credentials, again=_login, refusals={TooMany: ABOVE})
async def login(request: web.Request, entry: Credentials) -> web.StreamResponse:
    """Start a session and go on to what was wanted."""
    device = device_of(request)
    signed_in = await sign_in.sign_in(entry.username, entry.password, device=device)
    if (before := request.get(sessions.VISIT)) is not None:
        await sign_in.sign_out(before)
    target = sessions.safe_next(entry.next)
    answer = pages.see_other(sessions.STEP_PAGES.get(signed_in.step, target))
    sessions.set_cookie(request, answer, signed_in.token)
    raise answer


@routes.post("/logout", name="logout")
@public
async def logout(request: web.Request) -> web.StreamResponse:
    """End this session."""
    if (visit := request.get(sessions.VISIT)) is not None:
        await sign_in.sign_out(visit)
    answer = pages.see_other("/login", say=SIGNED_OUT)
    answer.del_cookie(sessions.COOKIE, path="/")
    raise answer


@routes.get("/reauthentication", name="reauthenticate")
@allow(ANY_STAFF)
async def reauthentication_page(request: web.Request) -> web.StreamResponse:
    """Ask for the password once more before something that binds."""
    return await _once_more(request, blank(next=sessions.safe_next(request.query.get("next"))))


async def _once_more(request: web.Request, form: Form[Any]) -> web.Response:
    page = "people/reauthentication.html"
    return await pages.render(request, page, status=form.status, form=form)


@routes.post("/reauthentication", name="give_password_again")
@allow(ANY_STAFF)
@filled(Proof, again=_once_more, refusals={TooMany: ABOVE})
async def reauthenticate(request: web.Request, entry: Proof) -> web.StreamResponse:
    """Take the password and go back to where the person was."""
    await sign_in.reauthenticate(actor_of(request), entry.password)
    raise pages.see_other(sessions.safe_next(entry.next))


@routes.get("/password", name="password")
@public
async def password_page(request: web.Request) -> web.StreamResponse:
    """The form for a new password, also for those who must set one before going on."""
    return await _password(request, blank())


async def _password(request: web.Request, form: Form[Any]) -> web.Response:
    owed = _whose_turn(request).step is sessions.Step.PASSWORD
    return await pages.render(
        request, "people/password.html", status=form.status, form=form, owed=owed
    )


@routes.post("/password", name="change_password")
@public
@filled(PasswordChange, again=_password, refusals={TooMany: ABOVE})
async def change_password(request: web.Request, entry: PasswordChange) -> web.StreamResponse:
    """Set a new password."""
    visit = _whose_turn(request)
    if entry.new != entry.again:
        differ = FieldError("again", "两次输入的新密码不一样")
        raise Invalid("invalid_input", differ.message, errors=[differ])
    await sign_in.change_password(visit.actor, current=entry.current, new=entry.new)
    raise pages.see_other("/", say=PASSWORD_CHANGED)


def device_of(request: web.Request) -> str:
    """The browser and system in words a person recognises in their list of sessions."""
    agent = request.headers.get("User-Agent", "")
    browser = next((name for mark, name in _BROWSERS if re.search(mark, agent)), "其他浏览器")
    system = next((name for mark, name in _SYSTEMS if re.search(mark, agent)), "")
    return f"{browser} · {system}" if system else browser


_BROWSERS: Final = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "安卓手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Windows", "Windows"),
    ("Mac OS X", "苹果电脑"),
    ("Linux", "Linux"),
)


def _whose_turn(request: web.Request) -> sessions.Visit:
    """The session that may set a password now: an open one, or one that owes just this."""
    if sessions.VISIT not in request:
        raise pages.see_other("/login?next=/password")
    visit = request[sessions.VISIT]
    if visit.step not in (sessions.Step.OPEN, sessions.Step.PASSWORD):
        raise pages.see_other(sessions.STEP_PAGES[visit.step])
    return visit
