"""Health, metrics and logs for the operator. No personal data in any of them."""

import hmac
import ipaddress
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from pydantic_core import to_json

from core import context
from core.doors import public
from core.errors import Forbidden
from core.http import Handler

Check = Callable[[], Awaitable[None]]
CHECKS: Final[web.AppKey[dict[str, Check]]] = web.AppKey("readiness_checks")
METRICS_TOKEN: Final = web.AppKey("metrics_token", str)
PROXIES: Final[web.AppKey[frozenset[str]]] = web.AppKey("trusted_proxies")

REQUESTS: Final = Counter(
    "doorstep_http_requests_total", "Requests by route and status", ["method", "route", "status"]
)
LATENCY: Final = Histogram("doorstep_http_seconds", "Time to answer", ["route"])
# Below WARNING some of them name addresses with their query, which may hold secrets.
NOISY: Final = (
    *("aiohttp.access", "httpx", "httpcore", "engineio", "socketio"),
    *("fontTools", "weasyprint", "tortoise"),
)
UNLOGGED: Final = ("/static", "/healthz")
log = structlog.get_logger("access")
_write_line: Callable[[bytes], object] | None = None


def set_up_logs(*, level: str = "INFO") -> None:
    """JSON lines, with the request id."""
    global _write_line
    least = logging.getLevelName(level)
    _write_line = structlog.BytesLogger().msg if least <= logging.INFO else None
    logging.basicConfig(level=level, format="%(message)s")
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _request_id,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_as_json),
        ],
        logger_factory=structlog.BytesLoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(least),
        cache_logger_on_first_use=True,
    )


def _as_json(event: dict[str, Any], default: Callable[[Any], Any]) -> bytes:
    return to_json(event, fallback=default)


def _request_id(
    _: object, __: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    event.setdefault("request_id", context.origin().request_id)
    return event


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id and count it by route pattern, never by path."""
    request_id = context.new_request_id()
    context.enter(context.Origin(request_id, client_address(request)))
    began = time.perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as answer:
        status = answer.status
        raise
    finally:
        resource = request.match_info.route.resource
        kind = _kind(request.method, resource.canonical if resource else "unknown", status)
        kind.write_down(request_id, time.perf_counter() - began)
    if not response.prepared:
        response.headers["X-Request-Id"] = request_id
    return response


class _Kind(NamedTuple):
    """All requests of one method, route and status: where they are counted, how their line begins.

    The line is the one that `log.info("request", ...)` would write, of which only the end is new.
    """

    requests: Counter
    seconds: Histogram
    line: bytes | None

    def write_down(self, request_id: str, took: float) -> None:
        """Count one that took so many seconds, and give it its line."""
        self.requests.inc()
        self.seconds.observe(took)
        if self.line is not None and _write_line is not None:
            moment = to_json(datetime.now(UTC))
            _write_line(self.line % (round(took * 1e3), moment, request_id.encode()))


@lru_cache(maxsize=4096)
def _kind(method: str, route: str, status: int) -> _Kind:
    said = to_json({"method": method, "route": route, "status": status})
    line = said[:-1].replace(b"%", b"%%") + (
        b',"ms":%d,"event":"request","level":"info","timestamp":%s,"request_id":"%s"}'
    )
    return _Kind(
        REQUESTS.labels(method, route, str(status)),
        LATENCY.labels(route),
        None if route.startswith(UNLOGGED) else line,
    )


def client_address(request: web.Request) -> str:
    """The caller's IP; `X-Forwarded-For` counts only when a trusted proxy speaks."""
    peer = request.remote or ""
    if peer in request.app.get(PROXIES, ()):
        forwarded = request.headers.get("X-Forwarded-For", "").split(",")[-1].strip()
        try:
            return str(ipaddress.ip_address(forwarded))
        except ValueError:
            return peer
    return peer


@public
async def healthz(request: web.Request) -> web.Response:
    """200 while the process lives."""
    return web.json_response({"status": "ok"})


@public
async def readyz(request: web.Request) -> web.Response:
    """200 or 503 with each dependency and its state."""
    states = {name: await _state(check) for name, check in request.app[CHECKS].items()}
    ready = all(state in ("ok", "unused") for state in states.values())
    body = {"status": "ok" if ready else "unavailable", **states}
    return web.json_response(body, status=200 if ready else 503)


class Unused(Exception):
    """Raised by a check whose dependency is not configured."""


async def _state(check: Check) -> str:
    try:
        await check()
    except Unused:
        return "unused"
    except Exception:
        log.warning("dependency_down", exc_info=True)
        return "down"
    return "ok"


@public
async def metrics(request: web.Request) -> web.Response:
    """Prometheus text, for loopback or the bearer of METRICS_TOKEN."""
    token = request.app[METRICS_TOKEN]
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    known = bool(token) and hmac.compare_digest(given.encode(), token.encode())
    address = client_address(request)
    if not known and not (address and ipaddress.ip_address(address).is_loopback):
        raise Forbidden("metrics_private", "监控数据只对本机或持令牌者开放。")
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
