"""Does the drug fit the diagnosis? (审核规范, 适宜性 1; 点评规范: no indication is 超常处方)"""

from collections.abc import Iterator

from pharmacy.screening.case import Kind, Problem
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Part, Taken, matches
from pharmacy.screening.rows import Indication


def check(known: Known) -> Iterator[Finding]:
    """A line fits when one of its declared substances has a reason among the diagnoses."""
    said = known.case.diagnoses
    said = (*said, *(Problem(text) for text in (known.case.tcm_disease, known.case.tcm_pattern)))
    for taken in known.lines:
        if taken.herbal or not taken.parts:
            continue
        rows = [row for part in taken.parts if part.declared for row in _rows(known, part)]
        if not rows:
            yield taken.say(
                Severity.UNJUDGED,
                "indications/unknown",
                "规则库里没有它的适应证,请药师判断是否对症",
                REVIEW,
            )
        elif not _fits(rows, said):
            yield _unfit(known, taken, rows)


def _rows(known: Known, part: Part) -> list[Indication]:
    if part.kind in (Kind.PIECE, Kind.GRANULE):
        return []
    return known.rules.indications.nearest(part.code, part.classes)


def _fits(rows: list[Indication], problems: tuple[Problem, ...]) -> bool:
    return any(matches(problems, row.icd10, row.words) for row in rows)


def _unfit(known: Known, taken: Taken, rows: list[Indication]) -> Finding:
    row = rows[0]
    if _fits(rows, known.problems):
        return taken.say(
            Severity.NOTE,
            f"{row.rule_id}@record",
            "档案里有用它的病,这张处方的诊断没有写,请补上",
            row.source,
        )
    return taken.say(row.severity, row.rule_id, "诊断里没有用它的理由,请核对诊断", row.source)
