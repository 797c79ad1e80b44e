"""Validation findings in the words a nurse would use."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

ABOUT: Final = "about_field"

_SENTENCES: Final[Mapping[str, Callable[[dict[str, Any]], str]]] = {
    "missing": lambda c: "请填写",
    "extra_forbidden": lambda c: "这里不认识这一项",
    "string_too_short": lambda c: (
        "请填写" if c["min_length"] == 1 else f"至少写 {c['min_length']} 个字"
    ),
    "string_too_long": lambda c: f"最多写 {c['max_length']} 个字",
    "string_pattern_mismatch": lambda c: "格式不对,请检查",
    "int_parsing": lambda c: "请填整数",
    "int_type": lambda c: "请填整数",
    "float_parsing": lambda c: "请填数字",
    "decimal_parsing": lambda c: "请填数字",
    "greater_than_equal": lambda c: f"不能小于 {c['ge']}",
    "greater_than": lambda c: f"要大于 {c['gt']}",
    "less_than_equal": lambda c: f"不能大于 {c['le']}",
    "less_than": lambda c: f"要小于 {c['lt']}",
    "date_from_datetime_parsing": lambda c: "请填日期,例如 2026-03-01",
    "date_parsing": lambda c: "请填日期,例如 2026-03-01",
    "datetime_parsing": lambda c: "请填日期和时间",
    "datetime_from_date_parsing": lambda c: "请填日期和时间",
    "enum": lambda c: "请从列表里选一项",
    "literal_error": lambda c: "请从列表里选一项",
    "uuid_parsing": lambda c: "请从列表里选一项",
    "bool_parsing": lambda c: "请选择是或否",
    "too_short": lambda c: "请至少选一项",
    "too_long": lambda c: "选得太多了",
    "json_invalid": lambda c: "内容不是有效的 JSON",
}


def field_errors(problem: ValidationError) -> dict[str, str]:
    """Field name (dotted for nested ones) → one sentence; the first finding of a field wins."""
    found: dict[str, str] = {}
    for error in problem.errors(include_url=False, include_input=False):
        place = [str(part) for part in error["loc"]]
        if error["type"] == ABOUT:
            place.append(error["ctx"]["field"])
        found.setdefault(".".join(place) or "body", _sentence(error))
    return found


def finding(field: str, sentence: str) -> PydanticCustomError:
    """What a validator of the whole model raises when its finding belongs beside one field."""
    return PydanticCustomError(ABOUT, "{sentence}", {"field": field, "sentence": sentence})


def _sentence(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == ABOUT:
        return str(context["sentence"])
    write = _SENTENCES.get(kind)
    return write(context) if write else "请检查这一项"
