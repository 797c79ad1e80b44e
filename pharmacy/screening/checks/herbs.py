"""Herb pieces and patent medicines by the measures of Chinese medicine (审核规范, 适宜性 饮片)."""

from collections.abc import Iterator

from pharmacy.screening import units
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Taken
from pharmacy.screening.rows import Herb


def check(known: Known) -> Iterator[Finding]:
    """Pattern written, dose per 剂 (中国药典 一部), footnotes, patterns a herb works against."""
    herbal = [taken for taken in known.lines if taken.herbal]
    if herbal and not known.case.tcm_pattern.strip():
        yield Finding(
            Severity.UNJUDGED,
            "patterns/missing",
            "没有写中医证型,是否对证请药师判断",
            REVIEW,
        )
    for taken in known.lines:
        yield from _patterns(known, taken)
        if taken.herbal:
            yield from _amounts(known, taken)


def _patterns(known: Known, taken: Taken) -> Iterator[Finding]:
    case = known.case
    said = " ".join([case.tcm_disease, case.tcm_pattern, *(each.name for each in case.diagnoses)])
    for part in taken.parts:
        if not part.declared:
            continue
        for row in known.rules.patterns.of(part.code, part.classes):
            word = next((each for each in row.against if each in said), None)
            if word:
                text = f"诊断写“{word}”,{row.text}"
                yield taken.say(row.severity, row.rule_id, text, row.source)


def _amounts(known: Known, taken: Taken) -> Iterator[Finding]:
    for part in taken.parts:
        if not part.declared:
            continue
        rows = known.rules.herbs.nearest(part.code, part.classes)
        if not rows:
            text = "规则库里没有它的用量,请药师核对"
            yield taken.say(Severity.UNJUDGED, "herbs/unknown", text, REVIEW)
        for row in rows:
            yield from _one(taken, row)


def _one(taken: Taken, row: Herb) -> Iterator[Finding]:
    if taken.line is None:
        return
    if row.footnote and row.footnote not in taken.line.footnote:
        text = f"要{row.footnote},请写脚注"
        yield taken.say(Severity.WARNING, f"{row.rule_id}@footnote", text, row.source)
    dose = taken.line.dose
    grams = None if dose is None else units.taken(dose, "g", taken.line.drug.unit, None)
    if grams is None:
        text = "每剂用量没有写成克,请药师核对"
        yield taken.say(Severity.UNJUDGED, f"{row.rule_id}@unit", text, row.source)
    elif grams > row.max_g:
        text = f"每剂 {units.written(grams)} g,超过药典 {units.written(row.max_g)} g"
        yield taken.say(row.severity, f"{row.rule_id}@dose", text, row.source)
    elif row.min_g is not None and grams < row.min_g:
        text = f"每剂 {units.written(grams)} g,低于药典 {units.written(row.min_g)} g"
        yield taken.say(Severity.NOTE, f"{row.rule_id}@low", text, row.source)
