"""The rules, ready to be asked."""

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import structlog

from pharmacy.screening import rows
from pharmacy.screening.checking import faults_of
from pharmacy.screening.reading import SHIPPED, Fault, Files, read
from pharmacy.screening.tables import ByPair, BySubject

log = structlog.get_logger(__name__)

R = TypeVar("R", bound=rows.Row)


class BadRules(Exception):
    """Rules that cannot be used, with everything that is wrong with them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Rules:
    """Every file as a table, and the words by which free text is recognised."""

    version: str
    substances: Mapping[str, rows.Substance]
    classes: Mapping[str, rows.Class]
    controlled: BySubject[rows.Controlled]
    indications: BySubject[rows.Indication]
    doses: BySubject[rows.Dose]
    kidneys: BySubject[rows.Kidney]
    liver: BySubject[rows.LiverLimit]
    ages: BySubject[rows.AgeLimit]
    pregnancy: BySubject[rows.PregnancyLimit]
    lactation: BySubject[rows.LactationLimit]
    contraindications: BySubject[rows.Contraindication]
    interactions: ByPair[rows.Interaction]
    herb_pairs: ByPair[rows.HerbPair]
    skin_tests: BySubject[rows.SkinTest]
    herbs: BySubject[rows.Herb]
    patterns: BySubject[rows.Pattern]
    routes: Mapping[str, rows.Route]
    allergies: tuple[rows.Allergy, ...]
    signs: tuple[rows.Sign, ...]
    names: Mapping[str, str]
    words: re.Pattern[str]
    refused: bool = False

    def recognise(self, text: str) -> tuple[str, ...]:
        """Codes of the substances named in free text, longest name first where names overlap."""
        return tuple(dict.fromkeys(self.names[name] for name in self.words.findall(text)))


def build(files: Files) -> Rules:
    """Index the rows. Faulty rows have been left out by the reader."""
    of = functools.partial(_of, [each.row for each in files.rows])
    substances = {row.code: row for row in of(rows.Substance)}
    names = {
        name: row.code
        for row in substances.values()
        for name in (row.name, *row.aliases)
        if len(name) > 1
    }
    longest = sorted(names, key=len, reverse=True)
    return Rules(
        version=files.version,
        substances=substances,
        classes={row.code: row for row in of(rows.Class)},
        controlled=BySubject(of(rows.Controlled)),
        indications=BySubject(of(rows.Indication)),
        doses=BySubject(of(rows.Dose)),
        kidneys=BySubject(of(rows.Kidney)),
        liver=BySubject(of(rows.LiverLimit)),
        ages=BySubject(of(rows.AgeLimit)),
        pregnancy=BySubject(of(rows.PregnancyLimit)),
        lactation=BySubject(of(rows.LactationLimit)),
        contraindications=BySubject(of(rows.Contraindication)),
        interactions=ByPair(of(rows.Interaction)),
        herb_pairs=ByPair(of(rows.HerbPair)),
        skin_tests=BySubject(of(rows.SkinTest)),
        herbs=BySubject(of(rows.Herb)),
        patterns=BySubject(of(rows.Pattern)),
        routes={row.form: row for row in of(rows.Route)},
        allergies=tuple(of(rows.Allergy)),
        signs=tuple(of(rows.Sign)),
        names=names,
        words=re.compile("|".join(map(re.escape, longest)) or r"(?!)"),
    )


def _of(found: Iterable[rows.Row], kind: type[R]) -> list[R]:
    return [row for row in found if isinstance(row, kind)]


def load(*own: Path) -> Rules:
    """The shipped rules, and a county's own folders over them. Raises BadRules."""
    files = read((SHIPPED, *own))
    if faults := faults_of(files):
        raise BadRules(faults)
    return build(files)


_own: Path | None = None


def configure(own: Path | None) -> None:
    """Where the institution keeps rules of its own; the composition root says so once."""
    global _own
    _own = own
    current.cache_clear()


@functools.cache
def shipped() -> Rules:
    """The rules that come with the house, read once."""
    return load()


@functools.cache
def current() -> Rules:
    """The rules in force. Faulty rules of one's own stop nobody from working: the shipped ones
    hold then, and every screening says so to the pharmacist (`Rules.refused`)."""
    if _own is None:
        return shipped()
    try:
        return load(_own)
    except BadRules as bad:
        log.error("own screening rules refused", faults=len(bad.faults), first=str(bad.faults[0]))
        return replace(shipped(), refused=True)
