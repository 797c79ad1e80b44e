"""Doubles and what does not go together (审核规范, 适宜性 5), Western, patent and herbs alike."""

from collections.abc import Iterator
from itertools import combinations, product

from pharmacy.screening.case import Kind
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Part, Taken
from pharmacy.screening.rows import Pair

HERBS = (Kind.PIECE, Kind.GRANULE)


def check(known: Known) -> Iterator[Finding]:
    """Each line with each later line, and with everything that is taken already."""
    for one, other in [*combinations(known.lines, 2), *product(known.lines, known.current)]:
        yield from _doubles(known, one, other)
        yield from _conflicts(known, one, other)


def _conflicts(known: Known, one: Taken, other: Taken) -> Iterator[Finding]:
    seen: set[str] = set()
    tables = (known.rules.interactions, known.rules.herb_pairs)
    for a, b in product(one.parts, other.parts):
        if a.code == b.code:
            continue
        rows: list[Pair] = []
        for table in tables:
            rows += table.nearest(a.code, a.classes, b.code, b.classes)
        for row in rows:
            if row.rule_id not in seen:
                seen.add(row.rule_id)
                yield _say(one, other, row.severity, row.rule_id, row.text, row.source)


def _doubles(known: Known, one: Taken, other: Taken) -> Iterator[Finding]:
    if one.external != other.external:
        return
    shared = {
        a.code: a.name for a, b in product(one.parts, other.parts) if _twice(one, other, a, b)
    }
    if shared:
        rule_id = f"duplicates/{'+'.join(sorted(shared))}"
        text = f"都含{'、'.join(shared[code] for code in sorted(shared))},重复用药"
        yield _say(one, other, Severity.SEVERE, rule_id, text, REVIEW)
    seen: set[str] = set()
    for a, b in product(one.parts, other.parts):
        if a.code == b.code or not (a.declared or b.declared):
            continue  # what two patent medicines happen to share is no double of its own
        for name in set(a.classes) & set(b.classes) - seen:
            seen.add(name)
            yield from _alike(known, one, other, name)


def _twice(one: Taken, other: Taken, a: Part, b: Part) -> bool:
    """The same substance twice; a medicine of the record that goes on is no double."""
    if a.code != b.code:
        return False
    if a.kind in HERBS and not (a.declared and b.declared):
        return False
    return other.line is not None or {p.code for p in one.parts} != {p.code for p in other.parts}


def _alike(known: Known, one: Taken, other: Taken, name: str) -> Iterator[Finding]:
    row = known.rules.classes.get(name)
    if row is None or row.together is None:
        return
    text = row.text or f"都是{row.name},作用重复"
    if other.line is None:
        text += "(正在用后一种;如果是换药,请写明停用)"
    yield _say(one, other, row.together, row.rule_id, text, row.source)


def _say(
    one: Taken, other: Taken, severity: Severity, rule_id: str, text: str, source: str
) -> Finding:
    return Finding(
        severity,
        rule_id,
        f"{one.name} 与 {other.name}:{text}",
        source,
        (one.name, other.name),
        (*one.places, *other.places),
    )
