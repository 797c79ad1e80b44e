"""Screen a prescription."""

from collections.abc import Callable, Iterator
from typing import Final

from pharmacy.screening.case import Case
from pharmacy.screening.checks import (
    allergy,
    dosing,
    herbs,
    indication,
    legal,
    pairs,
    person,
    recognising,
    routes,
)
from pharmacy.screening.finding import Finding, Screening
from pharmacy.screening.resolving import Known, known
from pharmacy.screening.rulebook import Rules, current

CHECKS: Final[tuple[Callable[[Known], Iterator[Finding]], ...]] = (
    legal.check,
    recognising.check,
    indication.check,
    dosing.check,
    routes.check,
    pairs.check,
    allergy.check,
    person.check,
    herbs.check,
)


def screen(case: Case, rules: Rules | None = None) -> Screening:
    """Everything that is to be said about it, the heaviest first, by the rules in force or these.

    A drug that is added never takes a finding away: what is said of a line or a pair stands.
    """
    rules = rules or current()
    seen = known(case, rules)
    found = (finding for check in CHECKS for finding in check(seen))
    return Screening.of(found, rules.version)
