"""What comes out of screening keeps its order and survives a JSON column."""

import json
from decimal import Decimal

import pytest

from pharmacy.screening import Amount, Finding, Ingredient, Screening, Severity, ingredients


def finding(severity: Severity, *lines: int, rule_id: str = "a/b") -> Finding:
    return Finding(severity, rule_id, "说明", "来源", ("氨氯地平片",), lines)


def test_the_heaviest_comes_first_and_each_once() -> None:
    found = [
        finding(Severity.NOTE, 0),
        finding(Severity.BLOCKING, 1),
        finding(Severity.NOTE, 0),
        finding(Severity.SEVERE, 0),
    ]
    screening = Screening.of(found)
    assert [each.severity for each in screening.findings] == ["blocking", "severe", "note"]
    assert screening.blocked
    assert screening.needs_reason
    assert [each.severity for each in screening.of_line(0)] == ["severe", "note"]


def test_a_screening_survives_json() -> None:
    screening = Screening.of([finding(Severity.WARNING, 0, 2), finding(Severity.UNJUDGED)], "v1")
    assert Screening.from_json(json.loads(json.dumps(screening.as_json()))) == screening


def test_ingredients_are_read_with_and_without_amounts() -> None:
    assert ingredients("amlodipine") == (Ingredient("amlodipine"),)
    assert ingredients("paracetamol@325mg + dextromethorphan@15 mg") == (
        Ingredient("paracetamol", Amount(Decimal(325), "mg")),
        Ingredient("dextromethorphan", Amount(Decimal(15), "mg")),
    )
    assert ingredients("") == ()


@pytest.mark.parametrize("text", ["", "mg", "1.2.3mg"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        Amount.of(text)
