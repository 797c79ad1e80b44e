"""The calendar of a programme as it stands in its file; a county may put its own in its place."""

import re
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.functional_validators import BeforeValidator

from family_doctor.followup.rules.dates import months_after

FILE: Final = Path(__file__).parent / "calendar.toml"
_SPAN: Final = re.compile(r"(\d{1,3})([dwmy])")
_WORDS: Final = {"d": "天", "w": "周", "m": "月龄", "y": "周岁"}


class Wrong(ValueError):
    """A calendar that cannot be used; the message says what to mend."""


class Span(BaseModel):
    """An age or an interval: 28d, 6w, 18m, 6y. Months and years are those of the calendar."""

    model_config = ConfigDict(frozen=True)

    number: int
    unit: Literal["d", "w", "m", "y"]

    def after(self, day: date) -> date:
        """The day so long after another; in a shorter month its last day."""
        match self.unit:
            case "d":
                return day + timedelta(days=self.number)
            case "w":
                return day + timedelta(weeks=self.number)
            case "m":
                return months_after(day, self.number)
            case "y":
                return months_after(day, 12 * self.number)

    @property
    def words(self) -> str:
        """As an age: 出生时, 18 月龄, 6 周岁."""
        return f"{self.number} {_WORDS[self.unit]}" if self.number else "出生时"


def _span(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = _SPAN.fullmatch(text)
    if not found:
        raise ValueError("an age is a number and d, w, m or y, such as 18m")
    return {"number": int(found[1]), "unit": found[2]}


Age = Annotated[Span, BeforeValidator(_span)]
Code = Annotated[str, Field(pattern=r"^[a-z0-9-]{2,24}$")]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Vaccine(_Row):
    """What is in the syringe. It counts as dose `numbers` of each series in `counts`."""

    code: Code
    name: Annotated[str, Field(min_length=2, max_length=30)]
    counts: tuple[Code, ...]
    numbers: tuple[Annotated[int, Field(ge=1, le=9)], ...]
    live: bool = False


class Dose(_Row):
    """One dose of a series. Public fields as in the head of the file."""

    number: Annotated[int, Field(ge=1, le=9)]
    vaccine: Code
    opens: Age = Field(alias="from")
    before: Age | None = None
    accepted: Age | None = None
    interval: Age | None = None
    check: str = ""
    since_first: Age | None = None


class Way(_Row):
    """One order of doses, numbered from 1."""

    dose: tuple[Dose, ...]

    @property
    def vaccines(self) -> frozenset[str]:
        """What is given in this way."""
        return frozenset(one.vaccine for one in self.dose)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if [one.number for one in self.dose] != list(range(1, len(self.dose) + 1)):
            raise ValueError("doses are numbered 1, 2, 3 in this order")
        return self


class After(_Row):
    """Not before so long after the last dose of another series."""

    series: Code
    interval: Age


class Series(_Row):
    """The protection against something, by one vaccine or another."""

    code: Code
    name: Annotated[str, Field(min_length=2, max_length=30)]
    against: str
    source: str
    way: tuple[Way, ...] = Field(min_length=1)
    catch_up: str = ""
    check: str = ""
    check_born_before: date | None = None
    until: Age = Span(number=18, unit="y")
    sex: Literal["male", "female"] | None = None
    born_from: date | None = None
    after: After | None = None


class Calendar(_Row):
    """A whole programme."""

    name: str
    vaccine: tuple[Vaccine, ...]
    series: tuple[Series, ...]

    def vaccine_of(self, code: str) -> Vaccine | None:
        """By code; None for one that a county's own file does not have (any more)."""
        return next((one for one in self.vaccine if one.code == code), None)

    def counts_for(self, code: str, series: Series) -> bool:
        """Whether this vaccine counts in that series."""
        found = self.vaccine_of(code)
        return found is not None and series.code in found.counts

    @model_validator(mode="after")
    def _known(self) -> Self:
        series, vaccines = {one.code for one in self.series}, {one.code for one in self.vaccine}
        if len(series) != len(self.series) or len(vaccines) != len(self.vaccine):
            raise ValueError("a code stands for one thing only")
        unknown = {code for one in self.vaccine for code in one.counts} - series
        unknown |= {one.after.series for one in self.series if one.after} - series
        unknown |= {code for one in self.series for way in one.way for code in way.vaccines} - (
            vaccines
        )
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return self


def read(file: Path = FILE) -> Calendar:
    """The calendar of a file. Raises Wrong."""
    try:
        return Calendar.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as problem:
        raise Wrong(f"{file}: {problem.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise Wrong(f"{file.name}: {problem}") from None
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Wrong(f"{file.name}: {where}: {first['msg']}") from None


@cache
def national() -> Calendar:
    """The one that comes with the house."""
    return read()
