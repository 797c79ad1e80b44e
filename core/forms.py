"""HTML forms: what was typed is kept, what is wrong is named beside its field.

Every form of the house is read here and nowhere else (a contract test says so): bytes from outside
that are no form, or more than a person types, are the sender's mistake and never a 500.
"""

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, get_origin

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel, ValidationError

from core.errors import Invalid, Problem, TooLarge
from core.http import invalid, refuse_unstorable

M = TypeVar("M", bound=BaseModel)
HOUSEKEEPING = frozenset({"csrf_token", "once"})
Posted: TypeAlias = MultiDictProxy[str | bytes | bytearray | web.FileField]

MOST_TEXT: Final = 1_000_000
"""Letters in all text fields of one form together; the largest honest one is a drawn signature."""

MALFORMED: Final = ("form_malformed", "提交的内容不完整或格式不对,请刷新页面再试一次。")


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A submitted form: `entry` when it is sound, else None and `errors` by field name."""

    values: dict[str, Any]
    errors: dict[str, str]
    entry: M | None

    def require(self) -> M:
        """The entry. Raises Invalid."""
        if self.entry is None:
            raise Invalid("invalid_input", "有几处需要改一下。")
        return self.entry


def blank(**values: Any) -> "Form[Any]":
    """A form nobody has touched yet, with first values."""
    return Form(values, {}, None)


async def fields(request: web.Request) -> Posted:
    """The posted fields and files, as far as they are a form at all; empty for other bodies.

    Raises Problem `form_malformed` (400), TooLarge `text_too_long` (413).
    """
    try:
        posted = await request.post()
    except (web.HTTPException, ConnectionError, TimeoutError):
        raise
    except Exception as problem:  # whatever a parser finds in bytes from outside
        raise Problem(*MALFORMED) from problem
    letters = 0
    for name, value in posted.items():
        text = value.filename if isinstance(value, web.FileField) else value
        if isinstance(text, str):
            letters += len(name) + len(text)
            _refuse_no_text(name, text)
        if isinstance(value, web.FileField) and "\0" in value.filename:
            raise Problem(*MALFORMED)
    if letters > MOST_TEXT:
        refusal = TooLarge("text_too_long", "填的内容太长,请删短后再提交。")
        refusal.title = "内容太长"
        raise refusal
    return posted


def _refuse_no_text(*texts: str) -> None:
    try:
        for text in texts:
            text.encode()
    except UnicodeEncodeError as problem:  # lone surrogates
        raise Problem(*MALFORMED) from problem


async def text_of(request: web.Request, name: str) -> str:
    """One text field, empty when it is missing or a file. Raises Invalid for what is not stored."""
    value = (await fields(request)).get(name, "")
    text = value.strip() if isinstance(value, str) else ""
    refuse_unstorable({name: text})
    return text


async def read_form(request: web.Request, model: type[M], **fixed: Any) -> Form[M]:
    """Parse the posted fields. Empty fields count as not filled in; uploads stay out."""
    posted = await fields(request)
    values: dict[str, Any] = {}
    for name in posted:
        if name in HOUSEKEEPING:
            continue
        if _is_list(model, name):
            values[name] = [v for v in posted.getall(name) if isinstance(v, str) and v.strip()]
        elif isinstance(text := posted[name], str) and text.strip():
            values[name] = text.strip()
    try:
        refuse_unstorable(values)
        return Form(values, {}, model.model_validate(values | fixed))
    except Invalid as problem:
        return with_problem(Form(values, {}, None), problem)
    except ValidationError as problem:
        errors = {e.field.split(".")[0]: e.message for e in reversed(invalid(problem).errors)}
        return Form(values, errors, None)


def with_problem(form: Form[M], problem: Invalid) -> Form[M]:
    """The same form with the findings of a verb."""
    return Form(form.values, {e.field: e.message for e in problem.errors}, None)


def _is_list(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields.get(name)
    return field is not None and get_origin(field.annotation) in (list, tuple, frozenset)
