"""Cross-site request forgery: every unsafe request must come from our own pages.

Two locks. The browser's own word (`Sec-Fetch-Site`, else `Origin`) must name this site, and a
request that carries our cookies must carry the token of the page as field `csrf_token` or header
`X-CSRF-Token`. Requests authenticated by bearer token carry no cookie and need neither.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from core import crypto
from core.errors import Forbidden
from core.forms import text_of
from core.http import Handler

COOKIE: Final = "doorstep_csrf"
FIELD: Final = "csrf_token"
HEADER: Final = "X-CSRF-Token"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_MARK: Final = "__same_site_suffices__"
H = TypeVar("H", bound=Callable[..., object])
_FRESH: Final = web.RequestKey("csrf_fresh", str)


def token(request: web.Request) -> str:
    """The token for forms on this page; sets the cookie with the response when it is new."""
    seed = request.cookies.get(COOKIE) or request.get(_FRESH)
    if not seed:
        seed = secrets.token_urlsafe(24)
        request[_FRESH] = seed
    return _token(seed)


def _token(seed: str) -> str:
    return crypto.keyring().mac("csrf", seed.encode())


def same_site(request: web.Request) -> bool:
    """Whether the browser says that the request was made by a page of this very host."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


async def _token_fits(request: web.Request) -> bool:
    seed = request.cookies.get(COOKIE, "")
    given = request.headers.get(HEADER)
    if given is None:
        given = await text_of(request, FIELD)
    return bool(seed) and hmac.compare_digest(given.encode(errors="replace"), _token(seed).encode())


def same_site_suffices(handler: H) -> H:
    """Mark a handler that acts for nobody who is signed in (the sign-in form itself)."""
    setattr(handler, _MARK, True)
    return handler


def _is_free(request: web.Request) -> bool:
    return bool(getattr(request.match_info.handler, _MARK, False))


def _carries_bearer(request: web.Request) -> bool:
    """Whether the cookies of this request count for nothing, because it brings a token."""
    return request.headers.get(hdrs.AUTHORIZATION, "")[:7].lower() == "bearer "


def guard(session_cookie: str) -> web.middleware:  # type: ignore[valid-type]
    """The middleware; only requests that carry `session_cookie` need the token."""

    @web.middleware
    def csrf(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
        return handler(request) if _carries_bearer(request) else guarded(request, handler)

    async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method not in SAFE:
            if not same_site(request):
                raise Forbidden("cross_site", "这个操作不是从本系统页面发出的,已拦下。")
            owes = session_cookie in request.cookies and not _is_free(request)
            if owes and not await _token_fits(request):
                raise Forbidden("csrf_token", "页面放得太久了,请刷新后再提交一次。")
        response = await handler(request)
        if (seed := request.get(_FRESH)) and not response.prepared:
            response.set_cookie(
                COOKIE, seed, httponly=True, samesite="Lax", secure=request.secure, path="/"
            )
        return response

    return csrf
