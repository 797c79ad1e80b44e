"""The OpenAPI 3.1 document, read off the routes' own signatures."""

import re
from collections.abc import Iterable
from typing import Any

from aiohttp import web
from pydantic.json_schema import models_json_schema

from core.doors import ANYONE, door_of

REF = "#/components/schemas/{model}"
PROBLEM = {
    "type": "object",
    "required": ["code", "title", "status", "detail"],
    "properties": {
        "code": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}


def document(routes: Iterable[web.AbstractRouteDef], *, title: str, version: str) -> dict[str, Any]:
    """Describe every `@endpoint` among `routes`."""
    found = [r for r in routes if isinstance(r, web.RouteDef) and hasattr(r.handler, "endpoint")]
    models: list[Any] = [
        (_contract(route)[part], mode)
        for route in found
        for part, mode in (("body", "validation"), ("return", "serialization"))
        if _contract(route)[part] not in (None, type(None))
    ]
    refs, definitions = models_json_schema(models, ref_template=REF)
    paths: dict[str, Any] = {}
    for route in found:
        path = re.sub(r"{(\w+)[^}]*}", r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {}) | {"Problem": PROBLEM}},
    }


def _contract(route: web.RouteDef) -> dict[str, Any]:
    described: Any = route.handler
    contract: dict[str, Any] = described.endpoint
    return contract


def _operation(route: web.RouteDef, refs: Any) -> dict[str, Any]:
    contract = _contract(route)
    summary, _, description = contract["doc"].partition("\n\n")
    operation: dict[str, Any] = {
        "operationId": route.kwargs.get("name", route.handler.__name__),
        "summary": summary,
        "description": description,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"{(\w+)", route.path)
        ],
        "responses": _responses(contract, refs),
    }
    if ANYONE in door_of(route.handler):
        operation["security"] = []
    if query := contract["query"]:
        schema = query.model_json_schema()
        operation["parameters"] += [
            {
                "name": name,
                "in": "query",
                "required": name in schema.get("required", ()),
                "schema": part,
            }
            for name, part in schema["properties"].items()
        ]
    if body := contract["body"]:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[body, "validation"]}},
        }
    return operation


def _responses(contract: dict[str, Any], refs: Any) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = contract["return"]
    if answer in (None, type(None)):
        good: dict[str, Any] = {"204": {"description": "Done."}}
    else:
        content = {"application/json": {"schema": refs[answer, "serialization"]}}
        good = {str(contract["status"]): {"description": "OK", "content": content}}
    return good | {"default": {"description": "Problem details", "content": problem}}
