"""Typed JSON endpoints: the handler's signature is the contract.

`@endpoint` parses keyword arguments annotated `body` and `query`, calls the handler and renders
the schema it returns. OpenAPI is read off the same signatures (`core.openapi`).
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, get_type_hints, overload
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from core.errors import FieldError, Invalid, NotFound
from core.wording import field_errors

JSON = "application/json"


class Schema(BaseModel):
    """Base of everything that crosses a border; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


Endpoint = Callable[..., Awaitable[Schema | None]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@overload
def endpoint(handler: Endpoint) -> Handler: ...
@overload
def endpoint(*, status: int) -> Callable[[Endpoint], Handler]: ...
def endpoint(handler: Endpoint | None = None, *, status: int = 200) -> Any:
    """Make a JSON endpoint of `handler(request, *, body=..., query=...)`."""
    if handler is None:
        return functools.partial(endpoint, status=status)
    hints = get_type_hints(handler)
    body, query = hints.get("body"), hints.get("query")

    @functools.wraps(handler)
    async def handle(request: web.Request) -> web.StreamResponse:
        given: dict[str, Any] = {}
        if body:
            given["body"] = parse_json(body, await request.read())
        if query:
            given["query"] = parse(query, dict(request.query))
        return respond(await handler(request, **given), status=status)

    described: Any = handle
    described.endpoint = {
        "body": body,
        "query": query,
        "return": hints.get("return"),
        "status": status,
        "doc": inspect.getdoc(handler) or "",
    }
    return handle


def respond(answer: Schema | None, *, status: int = 200) -> web.Response:
    """Render a schema, or 204 for None."""
    if answer is None:
        return web.Response(status=204)
    return web.Response(text=answer.model_dump_json(), status=status, content_type=JSON)


def parse(model: type[BaseModel], given: dict[str, Any]) -> Any:
    """Validate a mapping. Raises Invalid with every field that must be mended."""
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        raise invalid(problem) from problem


def parse_json(model: type[BaseModel], raw: bytes) -> Any:
    """Validate a JSON body. Raises Invalid."""
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as problem:
        raise invalid(problem) from problem


def invalid(problem: ValidationError) -> Invalid:
    """Turn pydantic's findings into sentences."""
    found = field_errors(problem)
    return Invalid(
        "invalid_input",
        "有几处需要改一下。",
        errors=[FieldError(name, message) for name, message in found.items()],
    )


def path_id(request: web.Request, name: str = "id") -> UUID:
    """The UUID in the path. A malformed one is simply not found."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise NotFound("not_found", "没有找到这个页面,请检查网址。") from None
