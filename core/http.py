"""Typed JSON endpoints: the handler's signature is the contract.

`@endpoint` parses keyword arguments annotated `body` and `query`, calls the handler and renders
the schema it returns. OpenAPI is read off the same signatures (`core.openapi`).
"""

import functools
import inspect
import json
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_type_hints, overload
from uuid import UUID

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from core.answers import Whole
from core.errors import FieldError, Invalid, NotFound, Problem
from core.wording import field_errors

JSON: Final = "application/json; charset=utf-8"


class Schema(BaseModel):
    """Base of everything that crosses a border; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Rendered(NamedTuple):
    """An answer that is JSON already."""

    body: bytes


class Template:
    """An answer of which all but the fields `own` is the same for many: that part is made once."""

    def __init__(self, answer: Schema, own: Collection[str]) -> None:
        self._own = frozenset(own)
        self._rest = to_json(answer, exclude=set(own))[1:]

    def filled(self, **own: object) -> Rendered:
        """With what is somebody's own. Raises TypeError unless it is all of that."""
        if own.keys() != self._own:
            raise TypeError(f"a template with {sorted(self._own)} was given {sorted(own)}")
        return Rendered(to_json(own)[:-1] + b"," + self._rest)


READ_AT_ONCE: Final = 4096
"""Bytes; less than any route's limit."""

MALFORMED: Final = "malformed_json"
UNSTORABLE: Final = "文字里有不能保存的字符,请删掉再试。"
Answer = Schema | Rendered | None
Endpoint = Callable[..., Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
H = TypeVar("H", bound=Callable[..., object])


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
            given["body"] = parse_json(body, await whole_body(request))
        if query:
            given["query"] = parse(query, dict(request.query))
        return respond(await handler(request, **given), status=status)

    described: Any = handle
    described.endpoint = {
        "body": body,
        "query": query,
        "return": _shape_of(hints.get("return")),
        "status": status,
        "doc": inspect.getdoc(handler) or "",
    }
    return handle


async def whole_body(request: web.Request) -> bytes:
    """`request.read()`, where nobody reads after us.

    A short body is nearly always there with its headers: then it is taken in one piece, and not
    asked for again and again until it says that it has ended.
    """
    content = request.content
    if content.is_eof() and 0 < content.total_bytes <= READ_AT_ONCE and not content.at_eof():
        return content.read_nowait()
    return await request.read()


def _shape_of(hint: Any) -> Any:
    """What is answered, whether it comes rendered or not."""
    kinds = get_args(hint)
    return next(kind for kind in kinds if kind is not Rendered) if Rendered in kinds else hint


def answers(*statuses: int) -> Callable[[H], H]:
    """Name the refusals an endpoint may give besides those every endpoint may give."""

    def mark(handler: H) -> H:
        described: Any = handler
        described.answers = statuses
        return handler

    return mark


def respond(answer: Answer, *, status: int = 200) -> web.Response:
    """Render a schema, or 204 for None."""
    if answer is None:
        return web.Response(status=204)
    if isinstance(answer, Rendered):
        body = answer.body
    else:
        body = answer.__pydantic_serializer__.to_json(answer)
    return rendered(body, status=status)


def rendered(body: bytes, *, status: int = 200) -> web.Response:
    """A JSON answer."""
    return Whole(body, content_type=JSON, status=status)


def parse(model: type[BaseModel], given: dict[str, Any]) -> Any:
    """Validate a mapping. Raises Invalid with every field that must be mended."""
    refuse_unstorable(given)
    try:
        return model.model_validate(given)
    except ValidationError as problem:
        raise invalid(problem) from problem


def parse_json(model: type[BaseModel], raw: bytes) -> Any:
    """Validate a JSON body. Raises Invalid, or Problem 400 when it is no JSON at all."""
    try:
        found = model.model_validate_json(raw or b"{}")
    except ValidationError as problem:
        if any(error["type"] == "json_invalid" for error in problem.errors(include_url=False)):
            raise Problem(MALFORMED, "内容不是有效的 JSON,请更新小程序后再试。") from problem
        raise invalid(problem) from problem
    if b"\\u0000" in raw:
        refuse_unstorable(json.loads(raw))
    return found


def refuse_unstorable(given: Any) -> None:
    """PostgreSQL keeps no NUL, and a lone surrogate is no text. Raises Invalid."""
    for place, text in _texts(given):
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise Invalid("invalid_input", UNSTORABLE, errors=[FieldError(place, UNSTORABLE)])


def _texts(given: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Every text inside, with the dotted name of its place."""
    if isinstance(given, str):
        yield place or "body", given
    elif isinstance(given, dict):
        for name, value in given.items():
            yield from _texts(value, f"{place}.{name}".strip("."))
    elif isinstance(given, list):
        for number, value in enumerate(given):
            yield from _texts(value, f"{place}.{number}".strip("."))


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
