"""From a resident's own words to a department: hints, never a diagnosis.

Emergencies come first and stand alone at the top: a person who writes 胸痛 is told to call 120
before any clinic is offered. The words are data (`symptoms.json`), plain substrings; a negation
("不胸痛") is not understood on purpose, because too much caution harms nobody here.
Basis: software may sort and hint but not diagnose (互联网诊疗监管细则; domain facts §11).
"""

import functools
import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent / "symptoms.json"
EMERGENCY_PHONE: Final = "120"
MOST: Final = 4
WHEN_IN_DOUBT: Final = "general_practice"
"""Where somebody goes first whose department the county has no places for."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """Call, do not book."""

    title: str
    sentence: str
    departments: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hint:
    """A department, and which of the words point there."""

    code: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The data file."""

    note: str
    emergencies: tuple[Emergency, ...]
    departments: tuple[Hint, ...]


@functools.cache
def book() -> Book:
    """Read once."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return Book(
        note=found["note"],
        emergencies=tuple(
            Emergency(e["title"], e["sentence"], tuple(e["departments"]), tuple(e["words"]))
            for e in found["emergencies"]
        ),
        departments=tuple(Hint(d["code"], tuple(d["words"])) for d in found["departments"]),
    )


def tidy(text: str) -> str:
    """Without spaces, marks and differences of width and case."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def emergency(text: str) -> Emergency | None:
    """The first emergency these words may be."""
    said = tidy(text)
    return next((e for e in book().emergencies if any(word in said for word in e.words)), None)


def hints(text: str) -> list[Hint]:
    """Departments such words are brought to: an emergency's own first, then by words that fit."""
    said = tidy(text)
    danger = emergency(text)
    found = [Hint(code, ("急症",)) for code in (danger.departments if danger else ())]
    fitting = [
        Hint(d.code, because)
        for d in book().departments
        if (because := tuple(word for word in d.because if word in said))
    ]
    fitting.sort(key=lambda hint: -sum(len(word) for word in hint.because))
    known = {hint.code for hint in found}
    return [*found, *(hint for hint in fitting if hint.code not in known)][:MOST]
