"""What is typed into a prescription: kept as text while it is a draft, read strictly to be signed.

A line's fields are posted as `line-0-dose`, `line-1-dose`, … in the order of the prescription.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from aiohttp import web
from pydantic import ConfigDict, StringConstraints

from core.drafts import BaseIn
from core.errors import FieldError
from core.forms import fields
from core.http import Schema, refuse_unstorable

Key = Annotated[str, StringConstraints(max_length=60)]
Word = Annotated[str, StringConstraints(max_length=40)]
Sentence = Annotated[str, StringConstraints(max_length=300)]

LINE: Final = re.compile(r"line-(\d{1,2})-([a-z_]+)")
NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
IN_LINE: Final = (
    "medication",
    "dose",
    "dose_unit",
    "route",
    "frequency",
    "days",
    "packs",
    "note",
    "over_label",
    "skin_test",
)
WHOLE: Final = (
    "urgent",
    "long_term",
    "reason",
    "stable",
    "assessment",
    "confirmed",
    "fee",
    "valid_days",
    "advice",
    "doses",
    "way",
    "route",
    "preparation",
    "tcm_disease",
    "tcm_pattern",
    "pregnancy",
)
OVERRIDE: Final = "override-"
LONGEST: Final = {"reason": 300, "assessment": 500, "advice": 300, "over_label": 200, "note": 60}
MOST_LINES: Final = 60
LARGEST: Final = Decimal(100_000)


class ActIn(BaseIn):
    """What goes with the words: what a button adds or removes, what is filled in, the proof. The
    words themselves are read by `typed`, so they are passed over here."""

    model_config = ConfigDict(extra="ignore", frozen=True, str_strip_whitespace=True)

    add: Key = ""
    remove: Annotated[str, StringConstraints(max_length=3)] = ""
    up: Annotated[str, StringConstraints(max_length=3)] = ""
    source: Key = ""
    q: Key = ""
    template_title: Word = ""
    template_shared: Literal["", "1"] = ""
    signed_twice: Literal["", "1"] = ""
    password: Sentence = ""
    code: Annotated[str, StringConstraints(max_length=10)] = ""


class ProofIn(Schema):
    """A reason, and the password where the last check is too long ago."""

    reason: Annotated[str, StringConstraints(min_length=4, max_length=300)]
    password: Sentence = ""
    code: Annotated[str, StringConstraints(max_length=10)] = ""


Words = dict[str, Any]


async def typed(request: web.Request) -> Words:
    """What belongs to the prescription among the posted values; no password, no empty field.

    Raises Invalid for what no database keeps.
    """
    posted = await fields(request)
    found: Words = {}
    lines: dict[int, dict[str, str]] = {}
    overrides = {}
    for name in posted:
        value = posted[name]
        if not isinstance(value, str) or not (value := value.strip()):
            continue
        if match := LINE.fullmatch(name):
            if match[2] in IN_LINE:
                lines.setdefault(int(match[1]), {})[match[2]] = _cut(match[2], value)
        elif name.startswith(OVERRIDE):
            overrides[name.removeprefix(OVERRIDE)[:120]] = value[:300]
        elif name in WHOLE:
            found[name] = _cut(name, value)
    chosen = [one.strip() for one in posted.getall("diagnosis", []) if isinstance(one, str)]
    found["diagnosis"] = [one[:120] for one in chosen if one][:8]
    found["lines"] = [lines[n] for n in sorted(lines) if "medication" in lines[n]][:MOST_LINES]
    found["overrides"] = overrides
    found = {name: value for name, value in found.items() if value}
    refuse_unstorable(found)
    return found


def _cut(name: str, value: str) -> str:
    """No field is longer than what the page lets people type; what is longer is no honest form."""
    return value[: LONGEST.get(name, 60)]


@dataclass(frozen=True, slots=True)
class LineIn:
    """One line, read. `dose` is None where it is used by eye, and then `packs` counts."""

    place: int
    medication_id: UUID
    dose: Decimal | None
    dose_unit: str
    route: str
    frequency: str
    days: int
    packs: int
    note: str
    over_label: str
    skin_test: str


@dataclass(slots=True)
class Reading:
    """Text read as numbers; what cannot be read is an error beside its field."""

    errors: list[FieldError] = field(default_factory=list)

    def wrong(self, name: str, sentence: str) -> None:
        """Note an error."""
        self.errors.append(FieldError(name, sentence))

    def number(self, name: str, text: str, what: str) -> Decimal | None:
        """A dose: above zero, at most four places. None when it is missing or wrong."""
        if not text:
            self.wrong(name, f"请写{what}")
            return None
        if not NUMBER.fullmatch(text):
            self.wrong(name, f"“{text}”不是数")
            return None
        value = Decimal(text)
        if not 0 < value <= LARGEST:
            self.wrong(name, f"{what}要大于 0")
            return None
        if value != round(value, 4):
            self.wrong(name, f"{what}最多写四位小数")
            return None
        return value

    def whole(self, name: str, text: str, what: str, most: int) -> int:
        """A count from 1; 0 when it is missing or wrong."""
        if not text:
            self.wrong(name, f"请写{what}")
            return 0
        if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= most:
            self.wrong(name, f"{what}要是 1 到 {most} 的整数")
            return 0
        return int(text)

    def one_of(self, name: str, text: str, known: Any, what: str) -> str:
        """A choice; empty when it is missing or unknown."""
        if text not in known:
            self.wrong(name, f"请选{what}")
            return ""
        return text


def id_of(text: str) -> UUID | None:
    """An id that somebody posted."""
    try:
        return UUID(text)
    except ValueError:
        return None


def moved(words: Mapping[str, Any], act: ActIn) -> Words:
    """The words after a click on “删掉” or “上移”; a place that is not there changes nothing."""
    lines = list(words.get("lines", []))
    if act.remove.isdigit() and int(act.remove) < len(lines):
        lines.pop(int(act.remove))
    if act.up.isdigit() and 0 < int(act.up) < len(lines):
        n = int(act.up)
        lines[n - 1], lines[n] = lines[n], lines[n - 1]
    return {**words, "lines": lines}
