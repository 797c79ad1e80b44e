"""The OpenAPI 3.1 document, read off the routes' own signatures and marks.

`@endpoint` gives body, query and answer, `@answers` the refusals of its own, `@once` the
Idempotency-Key, `@revalidated` the ETag, the door who may call. What every endpoint may answer
because of how it is built (a malformed body, no session, too many calls) is added here.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aiohttp import web
from pydantic.json_schema import models_json_schema

from core.doors import ANYONE, door_of
from core.idempotency import HEADER, LONGEST

REF: Final = "#/components/schemas/{model}"
PARAMETER: Final = re.compile(r"{(\w+)(:(?:[^{}]|{[\d,]+})+)?}")
PROBLEM: Final = {
    "type": "object",
    "description": "RFC 9457. `code` is stable, `detail` tells a person in Chinese what to do.",
    "required": ["code", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "retry_after_s": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
REFUSALS: Final[Mapping[int, str]] = {
    400: "Not JSON, or no usable Idempotency-Key",
    401: "Nobody is signed in, or the code is used up",
    403: "Not from here, or not for this account",
    404: "Unknown, or somebody else's",
    409: "The state does not allow it, or somebody was faster",
    410: "It was there and has expired",
    413: "The body is too large",
    422: "Fields do not fit; `errors` names them",
    429: "Too often; wait for Retry-After seconds",
    503: "Something we depend on does not answer",
}
BEARER: Final = {"type": "http", "scheme": "bearer", "description": "The token of POST /session"}


def document(
    routes: Iterable[web.AbstractRouteDef],
    *,
    title: str,
    version: str,
    prefix: str = "",
    limited: bool = False,
) -> dict[str, Any]:
    """Describe every `@endpoint` among `routes`; `prefix` moves from the paths to the server.

    `limited` says that calls are counted and 429 is answered.
    """
    found = [r for r in routes if isinstance(r, web.RouteDef) and hasattr(r.handler, "endpoint")]
    models: list[Any] = [
        (_contract(route)[part], mode)
        for route in found
        for part, mode in (
            ("body", "validation"),
            ("query", "validation"),
            ("return", "serialization"),
        )
        if _contract(route)[part] not in (None, type(None))
    ]
    refs, definitions = models_json_schema(models, ref_template=REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    paths: dict[str, Any] = {}
    for route in found:
        path = PARAMETER.sub(r"{\1}", route.path).removeprefix(prefix)
        operation = _operation(route, refs, schemas, limited=limited)
        paths.setdefault(path, {})[route.method.lower()] = operation
    for route in found:
        if query := _contract(route)["query"]:
            schemas.pop(refs[query, "validation"]["$ref"].rpartition("/")[2], None)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        **({"servers": [{"url": prefix}]} if prefix else {}),
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": BEARER},
            "responses": {str(status): _refusal(status) for status in REFUSALS},
            "schemas": schemas | {"Problem": PROBLEM},
        },
    }


def _contract(route: web.RouteDef) -> dict[str, Any]:
    described: Any = route.handler
    contract: dict[str, Any] = described.endpoint
    return contract


def _operation(route: web.RouteDef, refs: Any, schemas: Any, *, limited: bool) -> dict[str, Any]:
    contract = _contract(route)
    summary, _, description = contract["doc"].partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": route.kwargs.get("name", route.handler.__name__),
        "summary": summary,
        **({"description": description} if description else {}),
        "parameters": [*_path_parameters(route.path), *_headers(route)],
        "responses": _responses(route, refs, limited=limited),
    }
    if ANYONE in door_of(route.handler):
        operation["security"] = []
    if query := contract["query"]:
        name = refs[query, "validation"]["$ref"].rpartition("/")[2]
        operation["parameters"] += _query_parameters(schemas[name])
    if body := contract["body"]:
        schema = refs[body, "validation"]
        name = schema["$ref"].rpartition("/")[2]
        operation["requestBody"] = {
            "required": bool(schemas[name].get("required")),
            "content": {"application/json": {"schema": schema}},
        }
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    """`{id}` is a UUID, `{id:pattern}` what the pattern says."""
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": f"^{pattern[1:]}$"}
            if pattern
            else {"type": "string", "format": "uuid"},
        }
        for name, pattern in PARAMETER.findall(path)
    ]


def _query_parameters(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": _given(part),
        }
        for name, part in schema["properties"].items()
    ]


def _given(part: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a parameter that is there: leaving it out is the only way to say null."""
    found = {key: value for key, value in part.items() if key != "anyOf"}
    choices = [choice for choice in part.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        found |= choices[0]
    elif choices:
        found["anyOf"] = choices
    if found.get("default", "") is None:
        del found["default"]
    return found


def _headers(route: web.RouteDef) -> list[dict[str, Any]]:
    found = []
    if kind := getattr(route.handler, "idempotency", ""):
        schema = {
            "type": "string",
            "minLength": 1,
            "maxLength": LONGEST,
            "pattern": r"^[!-~]([ -~]*[!-~])?$",
        }
        found.append(_header(HEADER, schema, required=kind == "required"))
    if getattr(route.handler, "revalidated", False):
        found.append(_header("If-None-Match", {"type": "string"}, required=False))
    return found


def _header(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": schema}


def _responses(route: web.RouteDef, refs: Any, *, limited: bool) -> dict[str, Any]:
    contract = _contract(route)
    answer = contract["return"]
    if answer in (None, type(None)):
        responses: dict[str, Any] = {"204": {"description": "Done"}}
    else:
        content = {"application/json": {"schema": refs[answer, "serialization"]}}
        responses = {str(contract["status"]): {"description": "OK", "content": content}}
    if getattr(route.handler, "revalidated", False):
        responses["304"] = {"description": "As you have it"}
    for status in sorted(_refusals(route, limited=limited)):
        responses[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return responses


def _refusals(route: web.RouteDef, *, limited: bool) -> set[int]:
    """The statuses a caller may meet besides success."""
    contract, handler = _contract(route), route.handler
    found = set(getattr(handler, "answers", ()))
    if ANYONE not in door_of(handler):
        found.add(401)
    if contract["body"]:
        found |= {400, 413, 422}
    if contract["query"]:
        found.add(422)
    if getattr(handler, "idempotency", ""):
        found |= {400, 409, 413, 422}
    if "{" in route.path:
        found.add(404)
    if limited:
        found.add(429)
    return found


def _refusal(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "description": REFUSALS[status],
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    if status == 429:
        found["headers"] = {"Retry-After": {"required": True, "schema": {"type": "integer"}}}
    if status == 401:
        found["headers"] = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
    return found
