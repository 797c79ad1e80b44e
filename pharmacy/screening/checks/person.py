"""Is it for this person? Age, pregnancy, lactation, kidneys, liver, diseases (适宜性 7)."""

from collections.abc import Iterator

from people.ages import years
from pharmacy.screening.case import Liver, Pregnancy, Sex
from pharmacy.screening.finding import Finding, Severity
from pharmacy.screening.resolving import REVIEW, Known, Part, Taken, matches
from pharmacy.screening.rows import AgeLimit

FERTILE = range(12, 55)
"""Years in which a pregnancy is asked about."""
OLD = 65
"""Years from which kidneys are asked about (老年人)."""
IMPAIRED = 60
"""eGFR below which an old value raises a doubt as well (KDIGO: G3a and worse)."""
_LIVERS = (Liver.NORMAL, Liver.MILD, Liver.MODERATE, Liver.SEVERE)


def check(known: Known) -> Iterator[Finding]:
    """Every part of every line, what a patent medicine only contains as well."""
    for taken in known.lines:
        for part in taken.parts:
            yield from _age(known, taken, part)
            if not taken.external:
                yield from _kidneys(known, taken, part)
                yield from _liver(known, taken, part)
            yield from _pregnancy(known, taken, part)
            yield from _lactation(known, taken, part)
            yield from _diseases(known, taken, part)


def _age(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    rows = known.rules.ages.nearest(part.code, part.classes)
    born = known.case.person.birth_date
    for row in rows:
        if born is None:
            text = "有年龄限制,没有写年龄,请药师核对"
            yield taken.say(Severity.UNJUDGED, f"{row.rule_id}@unknown", text, row.source)
        elif _hit(row, known):
            yield taken.say(row.severity, row.rule_id, row.text, row.source)


def _hit(row: AgeLimit, known: Known) -> bool:
    born, on = known.case.person.birth_date, known.case.on
    if born is None:
        return False
    early = row.below is not None and not row.below.reached(born, on)
    late = row.reached is not None and row.reached.reached(born, on)
    return early or late


def _kidneys(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    rows = known.rules.kidneys.of(part.code, part.classes)
    if known.egfr is None:
        grave = any(row.severity is Severity.SEVERE for row in rows)
        if grave and _doubtful_kidneys(known):
            rule = f"kidneys/{part.code}@unknown"
            yield taken.say(Severity.UNJUDGED, rule, _unknown_kidneys(known), REVIEW)
        return
    below = [row for row in rows if row.day_max is None and known.egfr < row.egfr_below]
    if below:
        row = min(below, key=lambda each: each.egfr_below)
        text = f"{known.egfr_words},{row.text}"
        yield taken.say(row.severity, row.rule_id, text, row.source)


def _doubtful_kidneys(known: Known) -> bool:
    person = known.case.person
    born = person.birth_date
    old = born is not None and years(born, known.case.on) >= OLD
    was_low = person.egfr is not None and person.egfr < IMPAIRED
    return old or was_low or "kidney" in known.signs


def _unknown_kidneys(known: Known) -> str:
    person = known.case.person
    if person.egfr_stale:
        return f"按肾功能用药,最近一次是{person.egfr_from},太久了,请药师判断"
    return "按肾功能用药,没有 eGFR 或肌酐,请药师判断"


def _liver(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    rows = known.rules.liver.of(part.code, part.classes)
    degree = known.case.person.liver
    if degree is Liver.UNKNOWN:
        if rows and "liver" in known.signs:
            text = "有肝病,肝功能程度没有写,请药师判断能不能用"
            yield taken.say(Severity.UNJUDGED, f"liver/{part.code}@unknown", text, REVIEW)
        return
    hit = [row for row in rows if _LIVERS.index(row.degree) <= _LIVERS.index(degree)]
    if hit:
        row = max(hit, key=lambda each: _LIVERS.index(each.degree))
        yield taken.say(row.severity, row.rule_id, row.text, row.source)


def _pregnancy(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    person = known.case.person
    if person.sex is Sex.MALE:
        return
    rows = known.rules.pregnancy.nearest(part.code, part.classes)
    pregnant = person.pregnancy is Pregnancy.YES or "pregnancy" in known.signs
    if pregnant:
        weeks = person.pregnancy_weeks
        for row in rows:
            early = weeks is not None and row.weeks_from is not None and weeks < row.weeks_from
            late = weeks is not None and row.weeks_to is not None and weeks > row.weeks_to
            if not (early or late):
                yield taken.say(row.severity, row.rule_id, row.text, row.source)
    elif person.pregnancy is Pregnancy.UNKNOWN and _may_be_pregnant(known):
        grave = [row for row in rows if row.severity is Severity.SEVERE]
        if grave:
            text = "怀孕时不能用,有没有怀孕没有写,请问清楚"
            yield taken.say(Severity.UNJUDGED, f"{grave[0].rule_id}@unknown", text, grave[0].source)


def _may_be_pregnant(known: Known) -> bool:
    born = known.case.person.birth_date
    return born is None or years(born, known.case.on) in FERTILE


def _lactation(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    person = known.case.person
    if person.sex is Sex.MALE or not (person.lactating or "lactation" in known.signs):
        return
    for row in known.rules.lactation.nearest(part.code, part.classes):
        yield taken.say(row.severity, row.rule_id, row.text, row.source)


def _diseases(known: Known, taken: Taken, part: Part) -> Iterator[Finding]:
    for row in known.rules.contraindications.of(part.code, part.classes):
        if row.sex is not None and row.sex is not known.case.person.sex:
            continue
        anywhere = not row.icd10 and not row.words
        if anywhere or matches(known.problems, row.icd10, row.words):
            yield taken.say(row.severity, row.rule_id, row.text, row.source)
