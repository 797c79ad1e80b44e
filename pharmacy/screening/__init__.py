"""Screening of prescriptions: what software can say before the pharmacist looks.

Pure: knows no tables and no web, only its own plain values (`case`, `finding`) and the rules that
pharmacists read and extend, in the files of `rules/`. It decides nothing: a pharmacist reviews
every prescription (处方办法 art. 35, 审核规范), and what software cannot judge says so.
"""

from pharmacy.screening.case import (
    Amount,
    Case,
    Controlled,
    Drug,
    Ingredient,
    Kind,
    Line,
    Liver,
    Medicine,
    Person,
    Pregnancy,
    Problem,
    Sex,
    ingredients,
)
from pharmacy.screening.engine import screen
from pharmacy.screening.finding import WORDS, Finding, Screening, Severity
from pharmacy.screening.rulebook import Rules, configure

__all__ = [
    "WORDS",
    "Amount",
    "Case",
    "Controlled",
    "Drug",
    "Finding",
    "Ingredient",
    "Kind",
    "Line",
    "Liver",
    "Medicine",
    "Person",
    "Pregnancy",
    "Problem",
    "Rules",
    "Screening",
    "Severity",
    "Sex",
    "configure",
    "ingredients",
    "screen",
]
