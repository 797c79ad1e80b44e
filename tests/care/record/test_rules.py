"""What can be true, what is abnormal, and what needs action now."""

from decimal import Decimal

import pytest

from care.record.models import (
    LASTING,
    MOMENTARY,
    EntryStatus,
    Interpretation,
    Meal,
    VitalSign,
)
from care.record.rules import ICD10, VITALS, bmi, chronic_flags, judge, why_impossible, written
from core.errors import Conflict
from core.states import after

BP, GLUCOSE = VitalSign.BLOOD_PRESSURE, VitalSign.GLUCOSE


@pytest.mark.parametrize(
    ("systolic", "diastolic", "age", "level"),
    [
        (120, 80, 40, "normal"),
        (139, 89, 40, "normal"),
        (140, 80, 40, "high"),
        (120, 90, 40, "high"),
        (179, 109, 40, "high"),
        (180, 80, 40, "critical"),
        (120, 110, 40, "critical"),
        (89, 60, 40, "low"),
        (100, 59, 40, "low"),
        (88, 50, 6, "not_judged"),
        (180, 80, 6, "critical"),
    ],
)
def test_blood_pressure(systolic, diastolic, age, level):
    finding = judge(BP, Decimal(systolic), diastolic=Decimal(diastolic), age_years=age)
    assert finding.level == level
    assert finding.level != "critical" or "公卫规范" in finding.source


@pytest.mark.parametrize(
    ("value", "meal", "level"),
    [
        ("3.9", Meal.FASTING, "critical"),
        ("4.0", Meal.FASTING, "normal"),
        ("6.9", Meal.FASTING, "normal"),
        ("7.0", Meal.FASTING, "high"),
        ("9.9", Meal.AFTER_MEAL, "normal"),
        ("10.0", Meal.AFTER_MEAL, "high"),
        ("11.0", None, "normal"),
        ("11.1", Meal.RANDOM, "high"),
        ("16.6", Meal.RANDOM, "high"),
        ("16.7", Meal.RANDOM, "critical"),
    ],
)
def test_blood_sugar(value, meal, level):
    assert judge(GLUCOSE, Decimal(value), meal=meal, age_years=60).level == level


@pytest.mark.parametrize(
    ("code", "value", "level"),
    [
        (VitalSign.SPO2, "89", "critical"),
        (VitalSign.SPO2, "90", "low"),
        (VitalSign.SPO2, "95", "normal"),
        (VitalSign.TEMPERATURE, "37.2", "normal"),
        (VitalSign.TEMPERATURE, "37.3", "high"),
        (VitalSign.TEMPERATURE, "35.9", "low"),
        (VitalSign.PULSE, "101", "high"),
        (VitalSign.PULSE, "59", "low"),
        (VitalSign.RESPIRATION, "21", "high"),
        (VitalSign.WEIGHT, "60", "not_judged"),
    ],
)
def test_the_others(code, value, level):
    assert judge(code, Decimal(value), age_years=50).level == Interpretation(level)


@pytest.mark.parametrize("code", [c for c in VitalSign if c is not BP])
def test_limits_of_what_can_be(code):
    vital = VITALS[code]
    assert not why_impossible(code, vital.low)
    assert not why_impossible(code, vital.high)
    assert why_impossible(code, vital.low - Decimal("0.1"))
    assert vital.name in why_impossible(code, vital.high + 1)["value"]


def test_blood_pressure_needs_both_and_in_order():
    assert "diastolic" in why_impossible(BP, Decimal(120))
    assert "写反" in why_impossible(BP, Decimal(80), Decimal(120))["diastolic"]
    assert "value" in why_impossible(BP, Decimal(301), Decimal(80))
    assert not why_impossible(BP, Decimal(120), Decimal(80))


def test_words_and_flags():
    assert written(BP, Decimal("168.0"), Decimal("102.0")) == "168/102 mmHg"
    assert written(VitalSign.TEMPERATURE, Decimal(37)) == "37.0 °C"
    assert bmi(Decimal("63.9"), Decimal(151)) == Decimal("28.0")
    assert chronic_flags([("原发性高血压", ""), ("x", "E11.9")]) == ["高血压", "糖尿病"]
    assert chronic_flags([("感冒", "J00")]) == []
    for code in ("I10", "E11.9", "I10.x00", "A17.0+G01*"):
        assert ICD10.match(code), code
    for code in ("10", "I1", "高血压", "I10.", "I10; DROP"):
        assert not ICD10.match(code), code


@pytest.mark.parametrize("table", [LASTING, MOMENTARY])
def test_every_move_of_an_entry(table):
    for status in EntryStatus:
        for action in ("end", "resume", "mark_in_error"):
            if (status, action) in table:
                assert after(table, status, action) is table[status, action]
            else:
                with pytest.raises(Conflict):
                    after(table, status, action)
    assert not any(before is EntryStatus.ENTERED_IN_ERROR for before, _ in table)
