"""Whatever goes wrong under `/fhir/R4`, as an OperationOutcome."""

import json
from collections.abc import Awaitable, Mapping
from typing import Final

import structlog
from aiohttp import web

from care.fhir.bindings import INTERFACE, ROOT
from care.fhir.resources.parts import Resource
from core import context
from core.errors import NotFound, Problem, TooMany, Unauthorized
from core.http import Handler
from core.limits import MINUTE

log = structlog.get_logger(__name__)

FHIR_JSON: Final = "application/fhir+json"
_INSIDE: Final = f"{ROOT}/"
STRANGERS_PER_MINUTE: Final = 30
CODES: Final[Mapping[int, str]] = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    413: "too-long",
    422: "invalid",
    429: "throttled",
    500: "exception",
    503: "transient",
}


@web.middleware
def speaks_fhir(request: web.Request, handler: Handler) -> Awaitable[web.StreamResponse]:
    """Answer problems of this interface in its own language; others are left alone."""
    ours = request.path.startswith(_INSIDE)
    return _translated(request, handler) if ours else handler(request)


async def _translated(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Unauthorized as problem:
        return _answer(await _counted(request, problem))
    except Problem as problem:
        return _answer(problem)
    except web.HTTPException as answer:
        if answer.status < 400:
            raise
        return _answer(_of_status(answer.status))
    except (ConnectionError, TimeoutError):
        raise
    except Exception:
        log.exception("request_failed", route="fhir")
        return _answer(_of_status(500))


async def _counted(request: web.Request, problem: Problem) -> Problem:
    """Strangers are counted by their address: tokens are not for trying out."""
    who = f"stranger/{context.origin().address}"
    try:
        await request.app[INTERFACE].counter.hit((STRANGERS_PER_MINUTE, MINUTE, who))
    except TooMany as enough:
        return enough
    return problem


def _of_status(status: int) -> Problem:
    if status == 404:
        return NotFound("not_found", "没有这个地址,接口见 /fhir/R4/metadata。")
    words = "系统出了点问题,已记下。" if status == 500 else "不支持这样的请求。"
    found = Problem(f"http_{status}", words)
    found.status = status
    return found


def outcome(code: str, words: str, diagnostics: str) -> Resource:
    """An OperationOutcome with one issue."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": code,
                "details": {"text": words},
                "diagnostics": diagnostics,
            }
        ],
    }


def respond(resource: Resource, *, status: int = 200) -> web.Response:
    """A resource as FHIR's JSON; none of it is kept on the way."""
    return web.Response(
        text=json.dumps(resource, ensure_ascii=False),
        status=status,
        content_type=FHIR_JSON,
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def _answer(problem: Problem) -> web.Response:
    diagnostics = f"{problem.code} · request {context.origin().request_id}"
    words = problem.detail or problem.title
    made = outcome(CODES.get(problem.status, "processing"), words, diagnostics)
    response = respond(made, status=problem.status)
    if isinstance(problem, Unauthorized):
        response.headers["WWW-Authenticate"] = "Bearer"
    if "retry_after_s" in problem.extra:
        response.headers["Retry-After"] = str(problem.extra["retry_after_s"])
    return response
