"""Known prescriptions, read from `tests/pharmacy/cases`: what is prescribed and what must be said.

A file holds the person, diagnoses, lines (drugs by their name in the demo formulary) and what is
expected: `must`: severity and rule id of findings that have to be there, `must_not`: rule ids that
must not, `at_most`: nothing heavier than this.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final

from pharmacy.screening import (
    Amount,
    Case,
    Drug,
    Line,
    Liver,
    Medicine,
    Person,
    Pregnancy,
    Problem,
    Sex,
)
from pharmacy.screening.products import read

FOLDER: Final = Path(__file__).parent.parent / "cases"
DRUGS: Final = Path(__file__).parents[3] / "pharmacy" / "formulary" / "demo_drugs.csv"
TODAY: Final = date(2026, 11, 20)


@dataclass(frozen=True)
class Known:
    """One file."""

    name: str
    title: str
    case: Case
    must: tuple[tuple[str, str], ...]
    must_not: tuple[str, ...]
    at_most: str


@cache
def drugs() -> Mapping[str, Drug]:
    """The demo formulary by name."""
    return {drug.name: drug for _, drug in read(DRUGS)}


def read_case(path: Path) -> Known:
    """One file; raises when it names something unknown."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    expected = told["expect"]
    return Known(
        name=path.stem,
        title=told["title"],
        case=case_of(told),
        must=tuple(_pair(line) for line in expected.get("must", [])),
        must_not=tuple(expected.get("must_not", [])),
        at_most=expected.get("at_most", ""),
    )


def case_of(told: Mapping[str, Any]) -> Case:
    """The case of a file's content."""
    return Case(
        on=TODAY,
        person=_person(told.get("person", {})),
        lines=tuple(_line(line) for line in told["lines"]),
        diagnoses=tuple(map(_problem, told.get("diagnoses", []))),
        tcm_disease=told.get("tcm_disease", ""),
        tcm_pattern=told.get("tcm_pattern", ""),
        current=tuple(map(Medicine, told.get("current", []))),
    )


def _pair(line: str) -> tuple[str, str]:
    severity, _, rule_id = line.partition(" ")
    return severity, rule_id


def _problem(text: str) -> Problem:
    code, _, name = text.partition(" ")
    return Problem(name, code) if name else Problem(code)


def _person(told: Mapping[str, Any]) -> Person:
    allergies = told.get("allergies")
    return Person(
        birth_date=told.get("born"),
        sex=Sex(told.get("sex", "unknown")),
        weight_g=told.get("weight_g"),
        pregnancy=Pregnancy(told.get("pregnancy", "unknown")),
        pregnancy_weeks=told.get("pregnancy_weeks"),
        lactating=told.get("lactating"),
        egfr=Decimal(str(told["egfr"])) if "egfr" in told else None,
        creatinine=Decimal(str(told["creatinine"])) if "creatinine" in told else None,
        liver=Liver(told.get("liver", "unknown")),
        allergies=None if allergies is None else tuple(allergies),
        conditions=tuple(map(_problem, told.get("conditions", []))),
        history=tuple(told.get("history", [])),
    )


def _line(told: Mapping[str, Any]) -> Line:
    times = Fraction(str(told["times"])) if "times" in told else None
    return Line(
        drug=drugs()[told["drug"]],
        dose=Amount.of(told["dose"]) if "dose" in told else None,
        times_per_day=None if times is None else Decimal(times.numerator) / times.denominator,
        days=told.get("days"),
        route=told.get("route", ""),
        footnote=told.get("footnote", ""),
        as_needed=told.get("as_needed", False),
        skin_test=told.get("skin_test", ""),
    )
