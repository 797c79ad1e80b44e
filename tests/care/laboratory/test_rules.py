"""Numbers as typed, units, flags, ranges, and how well kidneys filter."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.laboratory import catalogue, kidneys, rules
from care.laboratory.catalogue import analytes, range_for, read_ranges
from care.laboratory.rules import Number
from care.record.models import Interpretation

I = Interpretation  # noqa: E741


def number(text):
    found = rules.read_number(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("7.9", "7.9", ""),
        ("<0.5", "0.5", "<"),
        ("8。4 ↑", "8.4", ""),
        (">1000", "1000", ">"),
        ("７６", "76", ""),
    ],
)
def test_numbers_are_read_as_slips_write_them(text, value, sign):
    assert number(text) == Number(Decimal(value), sign)


@given(st.text(max_size=12))
def test_whatever_is_typed_is_a_number_or_none(text):
    found = rules.read_number(text)
    assert found is None or found.value >= 0


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("-", "阴性"),
        ("(-)", "阴性"),
        ("+-", "±"),
        ("++", "2+"),
        ("+1", "1+"),
        ("3+", "3+"),
        ("多", None),
    ],
)
def test_words_in_place_of_numbers(text, answer):
    assert rules.read_answer(analytes()["urine_protein"], text) == answer


@pytest.mark.parametrize(
    ("code", "typed", "unit", "own"),
    [
        ("creatinine", "1.1", "mg/dL", "97.24"),
        ("fasting_glucose", "126", "mg/dL", "6.993"),
        ("uric_acid", "7", "mg/dL", "416.36"),
        ("hba1c", "48", "mmol/mol", "6.543"),
        ("hemoglobin", "12.8", "g/dL", "128"),
        ("acr", "3.4", "mg/mmol", "30.056"),
    ],
)
def test_a_value_in_the_wrong_unit_is_impossible_and_the_right_one_is_asked(code, typed, unit, own):
    analyte = analytes()[code]
    right = analyte.unit_of(unit)
    assert abs(rules.converted(Decimal(typed), right) - Decimal(own)) < Decimal("0.01")
    if code == "acr":
        return  # both units hold small numbers: nothing to guess by
    assert not rules.possible(analyte, number(typed), analyte.unit)
    assert rules.other_unit(analyte, number(typed), analyte.unit) == right
    sentence = rules.why_impossible(analyte, number(typed), analyte.unit)
    assert f"是不是 {typed} {right.shown}" in sentence


def test_a_slip_of_the_pen_that_fits_no_unit_is_refused_with_the_bounds():
    sentence = rules.why_impossible(
        analytes()["potassium"], number("45"), analytes()["potassium"].unit
    )
    assert "不可能是 45 mmol/L" in sentence
    assert "1 到 12 mmol/L" in sentence


@pytest.mark.parametrize(
    ("text", "low", "high", "level"),
    [
        ("5.3", "3.5", "5.3", I.NORMAL),
        ("5.31", "3.5", "5.3", I.HIGH),
        ("3.4", "3.5", "5.3", I.LOW),
        ("<0.5", None, "10", I.NORMAL),
        ("<3.5", "3.5", "5.3", I.LOW),
        ("<5", "3.5", "5.3", I.NOT_JUDGED),
        (">5.3", "3.5", "5.3", I.HIGH),
        (">4", "3.5", "5.3", I.NOT_JUDGED),
        ("4", None, None, I.NOT_JUDGED),
    ],
)
def test_high_and_low_by_the_range(text, low, high, level):
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    assert rules.judge(number(text), *ends) is level


def test_default_ranges_go_by_sex_and_age_and_know_no_children():
    young, old = range_for("creatinine", "female", 40), range_for("creatinine", "female", 69)
    assert (young.high, old.high) == (73, 81)
    assert "WS/T 404.5" in old.source
    assert range_for("creatinine", "male", 40).high == 97
    assert range_for("creatinine", "female", 9) is None
    assert range_for("hemoglobin", "unknown", 40) is None


def test_a_house_has_its_own_ranges_and_a_broken_file_says_where(tmp_path):
    path = tmp_path / "ours.csv"
    path.write_text("code,sex,age_from,age_to,low,high,source\nalt,,0,,5,60,本院\n")
    try:
        catalogue.configure(path)
        assert range_for("alt", "male", 3).source == "本院"
        assert range_for("creatinine", "male", 40) is None
    finally:
        catalogue.configure(None)
    path.write_text("code,sex,age_from,age_to,low,high,source\nalt,,0,,60,5,本院\n")
    with pytest.raises(ValueError, match="第 2 行"):
        read_ranges(path)


def test_the_catalogue_is_whole():
    codes = [one.loinc for one in analytes().values()]
    assert len(codes) == len(set(codes)) == 24
    for one in analytes().values():
        assert one.answers or (one.low < one.high and one.unit.code)
        assert one.code.isidentifier()


@pytest.mark.parametrize(
    ("mg_dl", "female", "age", "egfr"),
    [
        ("1.2", False, 55, 71),  # National Kidney Foundation, the page of its calculator
        ("0.7", True, 18, 128),  # at κ both powers are 1: 142 x 1.012 x 0.9938^18
        ("0.9", False, 18, 127),
        ("2.0", True, 69, 27),
        ("1.0", False, 50, 92),
        ("0.5", True, 30, 129),
    ],
)
def test_ckd_epi_2021(mg_dl, female, age, egfr):
    umol = Decimal(mg_dl) * Decimal("88.4")
    assert kidneys.ckd_epi(umol, female=female, age_years=age) == egfr


@pytest.mark.parametrize(("height", "mg_dl", "egfr"), [("100", "0.4", 103), ("100", "0.5", 83)])
def test_bedside_schwartz_2009(height, mg_dl, egfr):
    """Worked examples as they are published with the formula: 41.3 / 0.4, 41.3 / 0.5."""
    umol = Decimal(mg_dl) * Decimal("88.4")
    assert kidneys.schwartz(umol, height_cm=Decimal(height)) == egfr


def test_no_formula_without_what_it_needs():
    def found(**given):
        whole = {"sex": "female", "age_years": 40, "height_cm": None} | given
        return kidneys.filtration(Decimal(88), **whole)

    assert found() is not None
    assert found(sex="unknown") is None
    assert found(age_years=17) is None
    assert found(age_years=17, height_cm=Decimal(160)) == 66
    assert found(age_years=0, height_cm=Decimal(60)) is None
    assert kidneys.filtration(Decimal(0), sex="male", age_years=40) is None
