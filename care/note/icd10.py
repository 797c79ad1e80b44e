"""ICD-10 for common and chronic diseases: found by code, Chinese name or initials of the pinyin.

A starter list, not the whole classification: doctors may write any other code with its name.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from care.record.rules import ICD10
from core.http import Schema

HERE: Final = Path(__file__).with_name("icd10.json")
MOST: Final = 12
_LEADING: Final = re.compile(r"^([A-Za-z]\d{2}\S*)\s*(.*)$")

Code = Annotated[str, StringConstraints(pattern=ICD10.pattern)]
Initials = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+$")]


class Disease(Schema):
    """One code; the first name is the one that is written, the others are only found by."""

    code: Code
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    initials: tuple[Initials, ...]

    @property
    def name(self) -> str:
        """The name that is written."""
        return self.names[0]

    @property
    def line(self) -> str:
        """I10 原发性高血压."""
        return f"{self.code} {self.name}"

    @model_validator(mode="after")
    def _one_initial_a_sign(self) -> Self:
        if [len(name) for name in self.names] != [len(one) for one in self.initials]:
            raise ValueError(f"{self.code}: initials do not fit the names")
        return self


class _List(Schema):
    source: str
    diseases: tuple[Disease, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for many in (
            [one.code for one in self.diseases],
            [name for one in self.diseases for name in one.names],
        ):
            if len(many) != len(set(many)):
                raise ValueError("a code or a name stands there twice")
        return self


_FILE: Final = _List.model_validate_json(HERE.read_bytes())
SOURCE: Final = _FILE.source
DISEASES: Final[Mapping[str, Disease]] = {one.code: one for one in _FILE.diseases}
_BY_NAME: Final = {name: one for one in _FILE.diseases for name in one.names}


def search(words: str, *, most: int = MOST) -> list[Disease]:
    """The best first: exact, then those that begin so, then those that contain it."""
    wanted = tidy(words)
    if not wanted:
        return []
    found = []
    for one in DISEASES.values():
        ranks = [rank for key in _keys(one) if (rank := _rank(key, wanted)) is not None]
        if ranks:
            found.append((min(ranks), len(one.name), one.code, one))
    return [one for *_, one in sorted(found)[:most]]


def _keys(one: Disease) -> tuple[str, ...]:
    return (one.code.lower(), *(name.lower() for name in one.names), *one.initials)


def _rank(key: str, wanted: str) -> int | None:
    if key == wanted:
        return 0
    if key.startswith(wanted):
        return 1
    return 2 if wanted in key and len(wanted) > 1 else None


def tidy(words: str) -> str:
    """Full-width letters and capitals are the same."""
    return unicodedata.normalize("NFKC", words).strip().lower()


def coded(line: str) -> tuple[str, str]:
    """Code and name of what was typed: `I10 高血压`, `I10`, `高血压` or `gxy` when only one fits.

    The code is empty where a name has none in the list; the name is never lost.
    """
    text = unicodedata.normalize("NFKC", line).strip()
    if found := _LEADING.match(text):
        code, name = found[1][0].upper() + found[1][1:], found[2].strip()
        known = DISEASES.get(code)
        return code, name or (known.name if known else "")
    if one := _BY_NAME.get(text):
        return one.code, text
    exact = [one for one in DISEASES.values() if text.lower() in one.initials]
    return (exact[0].code, exact[0].name) if len(exact) == 1 else ("", text)


def expanded(lines: Sequence[str]) -> list[str]:
    """The lines with code and name as the list knows them: what is shown before it is signed."""
    return [" ".join(part for part in coded(line) if part) for line in lines]
