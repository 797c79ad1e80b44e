"""HTML forms: what was typed is kept, what is wrong is named beside its field.

Every form of the house is read here and nowhere else (a contract test says so): bytes from outside
that are no form, or more than a person types, are the sender's mistake and never a 500.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeAlias, TypeVar, get_origin

from aiohttp import web
from multidict import MultiDictProxy
from pydantic import BaseModel, ValidationError

from core.audit import write_refusal
from core.errors import Invalid, NotFound, Problem, TooLarge
from core.http import invalid, refuse_unstorable

M = TypeVar("M", bound=BaseModel)
HOUSEKEEPING = frozenset({"csrf_token", "once"})
Posted: TypeAlias = MultiDictProxy[str | bytes | bytearray | web.FileField]

MOST_TEXT: Final = 1_000_000
"""Letters in all text fields of one form together; the largest honest one is a drawn signature."""

MALFORMED: Final = ("form_malformed", "提交的内容不完整或格式不对,请刷新页面再试一次。")


@dataclass(frozen=True, slots=True)
class Form(Generic[M]):
    """A submitted form: `entry` when it is sound, else None and `errors` by field name.

    `refusal` is what the verb said to it, when the verb would not.
    """

    values: dict[str, Any]
    errors: dict[str, str]
    entry: M | None
    refusal: Problem | None = None

    @property
    def status(self) -> int:
        """The HTTP status of a page that shows this form.

        That nothing was found by what was typed is a wrong entry (422): the page itself is there.
        """
        if self.refusal is not None and not isinstance(self.refusal, NotFound):
            return self.refusal.status
        return 422 if self.errors or self.refusal else 200

    @property
    def loud(self) -> str:
        """The sentence of the refusal, for pages that say it larger than beside a field."""
        return self.refusal.detail if self.refusal is not None else ""

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
        return Form(values, {e.field: e.message for e in problem.errors}, None)
    except ValidationError as problem:
        errors: dict[str, str] = {}
        for found in invalid(problem).errors:
            errors.setdefault(found.field.split(".")[0], found.message)
        return Form(values, errors, None)


ABOVE: Final = ""
"""Where a refusal stands that names no field: in the summary above the form."""

LOUD: Final = "loud"
"""Beside no field and not in the summary: the page itself says `form.loud`."""


def refused(form: Form[M], problem: Problem, *, at: str = ABOVE) -> Form[M]:
    """The same form with what a verb said: beside the fields it names, else `at` one place."""
    errors = {e.field: e.message for e in problem.errors}
    if not errors and at != LOUD:
        errors = {at: problem.detail}
    return Form(form.values, errors, None, problem)


class Nothing(BaseModel):
    """What a form of one button says."""


Page: TypeAlias = Callable[[web.Request, Form[Any]], Awaitable[web.StreamResponse]]
Places: TypeAlias = Mapping[type[Problem], str]


def filled(
    model: type[M], *, again: Page, refusals: Places | None = None
) -> Callable[
    [Callable[[web.Request, M], Awaitable[web.StreamResponse]]],
    Callable[[web.Request], Awaitable[web.StreamResponse]],
]:
    """Hand the handler a sound entry; what is wrong comes back on the page that `again` shows.

        @routes.post("/pharmacy/returns/scan", name="bring_bag_in")
        @allow(*SENDERS)
        @once
        @filled(Bag, again=_desk, refusals={Conflict: LOUD})
        async def scan(request: web.Request, entry: Bag) -> web.Response:
            parcel = await service.bring_in(actor_of(request), entry.code)
            raise pages.see_other(f"{DESK}/{parcel.id}")

    `again` shows the form with `status=form.status` and opens its record itself, through the same
    door as the handler: it is fresh after a refusal, and stays closed to strangers.

    An `Invalid` of the verb always comes back so; `refusals` names the others that do, and where on
    the page each stands: beside a field, `ABOVE` or `LOUD`. Anything else is an error page. A
    refusal that leaves a trace in the audit trail leaves it here as well.
    """
    places: dict[type[Problem], str] = {Invalid: ABOVE, **(refusals or {})}

    def wrap(
        handler: Callable[[web.Request, M], Awaitable[web.StreamResponse]],
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        @functools.wraps(handler)
        async def handle(request: web.Request) -> web.StreamResponse:
            form = await read_form(request, model)
            if form.entry is None:
                return await again(request, form)
            try:
                return await handler(request, form.entry)
            except tuple(places) as problem:
                await write_refusal(problem)
                at = next(places[kind] for kind in type(problem).mro() if kind in places)
                return await again(request, refused(form, problem, at=at))

        return handle

    return wrap


def _is_list(model: type[BaseModel], name: str) -> bool:
    field = model.model_fields.get(name)
    return field is not None and get_origin(field.annotation) in (list, tuple, frozenset)
