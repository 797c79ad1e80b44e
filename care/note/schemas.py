"""What is typed into a note, and what of it is signed."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from core.drafts import BaseIn
from core.http import Schema, refuse_unstorable

Code = Annotated[str, StringConstraints(max_length=10)]
Key = Annotated[str, StringConstraints(max_length=60)]
Place = Annotated[str, StringConstraints(max_length=120)]
Sentence = Annotated[str, StringConstraints(max_length=300)]
Short = Annotated[str, StringConstraints(max_length=500)]
Long = Annotated[str, StringConstraints(max_length=2000)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Day = Annotated[date | None, BeforeValidator(lambda given: given or None)]
LISTS: Final = ("diagnosis", "orders")


class NoteIn(Schema):
    """The form. Everything may be empty while it is a draft; `rules.missing` says what a signature
    needs. `diagnosis`: one line each, the main one first; `same_why`: why it is the same disease
    as on the evidence; `orders`: ticked suggestions; `alarm`: when to call 120;
    `follow_by`: the last day for what `follow_up` asks of the patient's family-doctor team."""

    complaint: Short = ""
    history: Long = ""
    findings: Long = ""
    diagnosis: Annotated[list[Line], Field(max_length=8)] = []
    same_why: Sentence = ""
    plan: Long = ""
    orders: Annotated[list[Line], Field(max_length=20)] = []
    advice: Long = ""
    alarm: Sentence = ""
    next_on: Day = None
    next_way: Literal["", "online", "clinic"] = ""
    refer_to: Place = ""
    follow_up: Short = ""
    follow_by: Day = None


FIELDS: Final = tuple(NoteIn.model_fields)
TEXTS: Final = tuple(name for name in FIELDS if name not in LISTS)


class FormIn(NoteIn, BaseIn):
    """All that the form sends, whichever of its buttons is pressed: `then` sign or finish, `source`
    what is filled in, the name of a template, the password when the last check is too long ago."""

    then: Literal["", "sign", "finish"] = ""
    source: Key = ""
    template_title: Key = ""
    template_shared: Literal["", "1"] = ""
    password: Sentence = ""
    code: Code = ""
    correction_reason: Sentence = ""


class TemplateIn(FormIn):
    """What is typed becomes a template of this name, one's own or the department's."""

    template_title: Annotated[str, StringConstraints(min_length=2, max_length=40)]


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """What belongs to the note among the posted values: no password, no key, no empty field.

    Raises Invalid for what no database keeps: a draft may be incomplete, not unreadable.
    """
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = values.get(name)
        if value and isinstance(value, list) == (name in LISTS):
            found[name] = [str(one) for one in value] if name in LISTS else str(value)
    refuse_unstorable(found)
    return found
