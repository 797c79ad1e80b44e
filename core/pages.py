"""Server-rendered pages: one Jinja environment, one way to render, one look for errors."""

import functools
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp_jinja2
import jinja2
import structlog
from aiohttp import web
from pydantic_core import to_json

from core import assets, clock, context, csrf
from core.answers import Whole, secure
from core.errors import NotFound, Problem, TooLarge, Unauthorized
from core.http import Handler

log = structlog.get_logger(__name__)

Provider = Callable[[web.Request], Awaitable[Mapping[str, Any]]]
PROVIDERS: Final = web.AppKey("page_context", list[Provider])
LOGIN: Final = web.AppKey("login_path", str)
RESIDENTS: Final = web.AppKey("residents_addresses", Mapping[str, str])
"""The template of an error by how the address begins, where residents read and not staff: what is
wrong there leads back to their pages and never to the staff's sign-in."""
PROBLEM_JSON: Final = "application/problem+json; charset=utf-8"
STAFF_ERROR: Final = "core/error.html"
FLASH: Final = "doorstep_flash"
HOUSE: Final = Path(__file__).resolve().parent.parent


def set_up(app: web.Application, packages: list[str]) -> jinja2.Environment:
    """Give `app` the templates of these packages and the filters every page may use."""
    folders = [HOUSE / package / "templates" for package in packages]
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader([f for f in folders if f.is_dir()]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["when"] = clock.in_words
    environment.filters["waited"] = clock.waited
    environment.filters["day"] = clock.day
    environment.globals["asset"] = app[assets.ASSETS].url
    environment.globals["once"] = lambda: secrets.token_hex(12)
    app.setdefault(PROVIDERS, [])
    return environment


async def render(
    request: web.Request, template: str, *, status: int = 200, **values: Any
) -> web.Response:
    """Render a template with what every page needs (actor, nav, csrf_token, posted, flash, now)."""
    shared: dict[str, Any] = {
        "now": clock.now(),
        "csrf_token": csrf.token(request),
        "posted": request.method == "POST",
        "actor": None,
    }
    for provider in request.app[PROVIDERS]:
        shared.update(await provider(request))
    shared["flash"] = _taken_flash(request)
    response = aiohttp_jinja2.render_template(template, request, shared | values)
    response.set_status(status)
    response.headers["Cache-Control"] = "no-store"
    if FLASH in request.cookies:
        response.del_cookie(FLASH)
    return response


_NOTICES: Final[dict[str, str]] = {}


def notice(key: str, sentence: str) -> str:
    """Register a sentence that may follow a redirect; the cookie carries only its key."""
    _NOTICES[key] = sentence
    return key


def sentence(key: str) -> str:
    """The words of a registered notice, for answers that follow no redirect."""
    return _NOTICES[key]


def see_other(location: str, *, say: str = "", kind: str = "success") -> web.HTTPSeeOther:
    """A redirect after a write, with a registered notice for the next page."""
    answer = web.HTTPSeeOther(location)
    if say:
        value = f"{kind}.{say}"
        answer.set_cookie(FLASH, value, max_age=60, httponly=True, samesite="Lax")
    return answer


def _taken_flash(request: web.Request) -> list[dict[str, str]]:
    kind, _, key = request.cookies.get(FLASH, "").partition(".")
    text = _NOTICES.get(key)
    return [{"kind": kind, "text": text}] if text and kind in ("success", "info", "error") else []


def wants_html(request: web.Request) -> bool:
    """A person with a browser, not a program: pages and htmx fragments."""
    if request.path.startswith("/api/"):
        return False
    return "HX-Request" in request.headers or "text/html" in request.headers.get("Accept", "")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a clear answer."""
    try:
        return await handler(request)
    except Problem as problem:
        return await _answer(request, problem)
    except web.HTTPRedirection:
        raise
    except web.HTTPNotFound:
        return await _answer(request, NotFound("not_found", "没有这个页面,请检查网址。"))
    except web.HTTPRequestEntityTooLarge:
        return await _answer(request, TooLarge("file_too_large", "文件太大,请压缩后再传。"))
    except web.HTTPException as answer:
        refused = Problem(f"http_{answer.status}", "这个操作不被支持,请从页面上的按钮操作。")
        refused.status = answer.status
        response = await _answer(request, refused)
        if "Allow" in answer.headers:
            response.headers["Allow"] = answer.headers["Allow"]
        return response
    except (ConnectionError, TimeoutError):
        raise
    except Exception:
        log.exception("request_failed", route=_pattern(request))
        broken = Problem("internal", "系统出了点问题,已记下。请稍后再试,或把编号告诉管理员。")
        broken.status, broken.title = 500, "系统出错了"
        return await _answer(request, broken)


def _pattern(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


async def _answer(request: web.Request, problem: Problem) -> web.StreamResponse:
    number = context.origin().request_id
    if not wants_html(request):
        return _plain(problem, number)
    if isinstance(problem, Unauthorized):
        login = request.app[LOGIN]
        if request.headers.get("HX-Request"):
            return web.Response(status=401, headers={"HX-Redirect": login})
        here = request.path_qs if request.method == "GET" else "/"
        raise web.HTTPSeeOther(f"{login}?{_next(here)}")
    return await render(
        request,
        _error_page(request),
        status=problem.status,
        problem=problem,
        title=problem.title,
        request_id=number,
    )


def _error_page(request: web.Request) -> str:
    found = request.app.get(RESIDENTS, {}).items()
    return next((page for begins, page in found if request.path.startswith(begins)), STAFF_ERROR)


def _plain(problem: Problem, number: str) -> web.Response:
    """The problem for a program, with the headers its status asks for."""
    if problem.errors or problem.extra:
        body = to_json(problem.document() | {"request_id": number})
    else:
        body = _refusal(problem.status, problem.title, problem.code, problem.detail)
        body += b',"request_id":"%s"}' % number.encode()
    response = Whole(body, content_type=PROBLEM_JSON, status=problem.status)
    response.headers["Cache-Control"] = "no-store"
    if "retry_after_s" in problem.extra:
        response.headers["Retry-After"] = str(problem.extra["retry_after_s"])
    if isinstance(problem, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


@functools.lru_cache(maxsize=1024)
def _refusal(status: int, title: str, code: str, detail: str) -> bytes:
    """A refusal in the same words, which thousands hear at a release, but for its last field."""
    problem = Problem(code, detail)
    problem.status, problem.title = status, title
    return to_json(problem.document())[:-1]


def _next(here: str) -> str:
    return urlencode({"next": here})


async def headers(request: web.Request, response: web.StreamResponse) -> None:
    """Security headers on everything, for `on_response_prepare`; a `Whole` has its own."""
    secure(request, response)
