"""HTML forms: what was typed is kept, what is wrong is named beside its field."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_origin

from aiohttp import web
from pydantic import BaseModel, ValidationError

from core.errors import Invalid
from core.http import invalid, refuse_unstorable

M = TypeVar("M", bound=BaseModel)
HOUSEKEEPING = frozenset({"csrf_token", "once"})


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


async def read_form(request: web.Request, model: type[M], **fixed: Any) -> Form[M]:
    """Parse the posted fields. Empty fields count as not filled in; uploads stay out."""
    posted = await request.post()
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
    return field is not None and get_origin(field.annotation) in (list, tuple)
