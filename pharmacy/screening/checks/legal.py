"""Substances that may not be prescribed online at all."""

from collections.abc import Iterator

from pharmacy.screening.finding import Finding
from pharmacy.screening.resolving import Known


def check(known: Known) -> Iterator[Finding]:
    """诊疗办法 art. 19: no narcotic, psychotropic or other specially managed drug online.
    抗菌药物临床应用管理办法 art. 27: special-level antimicrobials not for outpatients.

    Asked of the formulary's class and of the substance's own, so that a forgotten tick in the
    formulary opens nothing.
    """
    for taken in known.lines:
        if taken.line is None or not known.case.online:
            continue
        drug = taken.line.drug
        subjects = {drug.controlled.value, drug.antimicrobial}
        subjects |= {name for part in taken.parts if part.declared for name in part.classes}
        for subject in sorted(subjects):
            for row in known.rules.controlled.about(subject):
                yield taken.say(row.severity, row.rule_id, row.text, row.source)
