"""What is really taken: substances behind products, and behind words of the record."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from pharmacy.screening import kidneys
from pharmacy.screening.case import Amount, Case, Ingredient, Kind, Line, Problem
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.rulebook import Rules

EXTERNAL: Final = frozenset({"外用", "喷鼻", "滴眼", "滴耳", "滴鼻", "阴道用药", "含漱"})
"""Routes that hardly reach the blood: no sums and no doubles with what is swallowed."""
REVIEW: Final = "医疗机构处方审核规范(2018)"
_CLAUSES: Final = re.compile(r"[,,。;;\n]")
_DENIED: Final = re.compile(r"否认|没有|未见|排除|无")


@dataclass(frozen=True, slots=True)
class Part:
    """A substance within something that is taken. `declared`: by the product, and not only known
    to be in it (a patent medicine's contents)."""

    code: str
    name: str
    kind: Kind
    classes: tuple[str, ...]
    amount: Amount | None
    declared: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A line of the prescription (`place` from 0), or a medicine of the record (no place)."""

    name: str
    parts: tuple[Part, ...]
    place: int | None
    line: Line | None

    @property
    def external(self) -> bool:
        """Put on, not swallowed."""
        if self.line is None:
            return False
        return (self.line.route or self.line.drug.route) in EXTERNAL

    @property
    def herbal(self) -> bool:
        """A piece or granule of a decoction."""
        return self.line is not None and self.line.drug.kind in (Kind.PIECE, Kind.GRANULE)

    @property
    def places(self) -> tuple[int, ...]:
        """For a finding's `lines`."""
        return () if self.place is None else (self.place,)

    def say(self, severity: Severity, rule_id: str, text: str, source: str) -> Finding:
        """A finding about this one alone."""
        return Finding(severity, rule_id, f"{self.name}:{text}", source, (self.name,), self.places)


@dataclass(frozen=True, slots=True)
class Known:
    """The case with everything in it looked up once."""

    case: Case
    rules: Rules
    lines: tuple[Taken, ...]
    current: tuple[Taken, ...]
    problems: tuple[Problem, ...]
    egfr: Decimal | None
    signs: frozenset[str]

    @property
    def egfr_words(self) -> str:
        """eGFR 28(2026年11月3日肌酐 201 μmol/L)."""
        rests = self.case.person.egfr_from
        return f"eGFR {self.egfr:.0f}" + (f"({rests})" if rests else "")


def known(case: Case, rules: Rules) -> Known:
    """Resolve a case."""
    person = case.person
    past = tuple(Problem(name=text) for text in _said(person.history))
    problems = (*case.diagnoses, *person.conditions, *past)
    return Known(
        case=case,
        rules=rules,
        lines=tuple(
            Taken(line.drug.name, _parts(line.drug.ingredients, rules), place, line)
            for place, line in enumerate(case.lines)
        ),
        current=tuple(
            Taken(
                each.name, _parts(each.ingredients or _named(each.name, rules), rules), None, None
            )
            for each in case.current
        ),
        problems=problems,
        egfr=kidneys.egfr(person, case.on),
        signs=frozenset(_signs(case, problems, rules)),
    )


def matches(problems: Iterable[Problem], icd10: Iterable[str], words: Iterable[str]) -> bool:
    """Whether a disease has one of the code prefixes, or one of the words in its name."""
    prefixes, words = tuple(icd10), tuple(words)
    return any(
        (prefixes and each.icd10.upper().startswith(prefixes))
        or any(word in each.name for word in words)
        for each in problems
    )


def _signs(case: Case, problems: tuple[Problem, ...], rules: Rules) -> Iterator[str]:
    for sign in rules.signs:
        lasting = sign.of in ("kidney", "liver")  # a pregnancy of the record is long over
        if matches(problems if lasting else case.diagnoses, sign.icd10, sign.words):
            yield sign.of


def _said(texts: Iterable[str]) -> Iterator[str]:
    """Clauses that affirm something: of 否认哮喘、青光眼 nothing is left."""
    for text in texts:
        for clause in _CLAUSES.split(text):
            denied = _DENIED.search(clause)
            said = clause[: denied.start()] if denied else clause
            if said.strip():
                yield said.strip()


def _named(text: str, rules: Rules) -> tuple[Ingredient, ...]:
    return tuple(Ingredient(code) for code in rules.recognise(text))


def _parts(given: Iterable[Ingredient], rules: Rules) -> tuple[Part, ...]:
    found: dict[str, Part] = {}
    for each in given:
        substance = rules.substances.get(each.code)
        if substance is None:
            continue
        found[each.code] = _part(each, rules, declared=True)
        for inside in substance.contains:
            if inside.code in rules.substances and inside.code not in found:
                found[inside.code] = _part(inside, rules, declared=False)
    return tuple(found.values())


def _part(each: Ingredient, rules: Rules, *, declared: bool) -> Part:
    row = rules.substances[each.code]
    return Part(each.code, row.name, row.kind, row.classes, each.amount, declared)
