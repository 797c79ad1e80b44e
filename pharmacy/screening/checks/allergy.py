"""Allergies, and what is related to them (适宜性 7)."""

import re
from collections.abc import Iterator
from typing import Final

from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Taken
from pharmacy.screening.rows import Allergy

_NOTHING: Final = re.compile(r"^(无|没有|否认|未发现)|^\s*$")


def check(known: Known) -> Iterator[Finding]:
    """Substances by name, families by the words of `allergies.csv`; unknown words are unjudged."""
    yield from _skin_tests(known)
    allergies = known.case.person.allergies
    if allergies is None:
        if known.lines:
            yield Finding(
                Severity.UNJUDGED,
                "allergies/not-asked",
                "没有问过过敏史,请问清楚再开",
                REVIEW,
            )
        return
    for text in allergies:
        if not _NOTHING.search(text):
            yield from _one(known, text.strip())


def _one(known: Known, text: str) -> Iterator[Finding]:
    named = set(known.rules.recognise(text))
    families = [row for row in known.rules.allergies if any(word in text for word in row.words)]
    if not named and not families:
        yield Finding(
            Severity.UNJUDGED,
            "allergies/unread",
            f"过敏物“{text}”系统认不出,请药师核对",
            REVIEW,
        )
    for taken in known.lines:
        yield from _about(taken, text, named, families)


def _about(taken: Taken, text: str, named: set[str], families: list[Allergy]) -> Iterator[Finding]:
    same = [part for part in taken.parts if part.code in named]
    if same:
        rule_id = f"allergies/{same[0].code}"
        said = f"病人对“{text}”过敏,这个药含{same[0].name}"
        yield taken.say(Severity.SEVERE, rule_id, said, REVIEW)
        return
    subjects = {name for part in taken.parts for name in (part.code, *part.classes)}
    for row in families:
        if row.subject in subjects:
            said = f"病人对“{text}”过敏,{row.text}"
            yield taken.say(row.severity, row.rule_id, said, row.source)


def _skin_tests(known: Known) -> Iterator[Finding]:
    """适宜性 2: drugs that need a skin test, and its result noted."""
    for taken in known.lines:
        for part in taken.parts:
            for row in known.rules.skin_tests.nearest(part.code, part.classes):
                written = taken.line.skin_test if taken.line else ""
                if "阳" in written or "+" in written:
                    text = "皮试阳性,不能用"
                    yield taken.say(Severity.SEVERE, f"{row.rule_id}@positive", text, row.source)
                elif not written:
                    yield taken.say(Severity.UNJUDGED, row.rule_id, row.text, row.source)
