"""Every row of the two tables, its boundary values, and one visit for both diseases."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from family_doctor.followup.rules import diabetes, hypertension
from family_doctor.followup.rules.hypertension import Pressure
from family_doctor.followup.rules.table import (
    Action,
    Before,
    Classification,
    Decision,
    Params,
    Row,
    Unmeasured,
    decision,
    row_of,
)
from family_doctor.followup.rules.together import Disease, judge

WELL = hypertension.Findings(age=60, pressure=Pressure(128, 78))
SWEET = diabetes.Findings(fasting=Decimal("6.1"))
HIGH = Pressure(150, 84)
FINE_BEFORE = Before(controlled=True, adverse_reaction=False)
HIGH_BEFORE = Before(controlled=False, adverse_reaction=False)
REACTION_BEFORE = Before(controlled=True, adverse_reaction=True)

PRESSURES = st.builds(Pressure, st.integers(60, 250), st.integers(30, 160))


def after_pressure(found: hypertension.Findings) -> Decision:
    return decision(row_of(hypertension.seen(found)), Params())


def after_glucose(found: diabetes.Findings) -> Decision:
    return decision(row_of(diabetes.seen(found)), Params())


@pytest.mark.parametrize(
    ("found", "row", "classification", "action", "days"),
    [
        (
            replace(WELL, dangers=frozenset({hypertension.Danger.EYE_PAIN})),
            Row.EMERGENCY, None, Action.REFER_NOW, 14,
        ),
        (
            replace(WELL, new_complication=True),
            Row.COMPLICATION, Classification.COMPLICATION, Action.REFER, 14,
        ),
        (
            replace(WELL, adverse_reaction=True, hard_to_control=True),
            Row.ADVERSE_HARD, Classification.ADVERSE_REACTION, Action.REFER, 14,
        ),
        (
            replace(WELL, adverse_reaction=True, before=REACTION_BEFORE),
            Row.ADVERSE_HARD, Classification.ADVERSE_REACTION, Action.REFER, 14,
        ),
        (
            replace(WELL, pressure=HIGH, before=HIGH_BEFORE),
            Row.STILL_UNCONTROLLED, Classification.UNSATISFIED, Action.REFER, 14,
        ),
        (
            replace(WELL, pressure=HIGH, before=FINE_BEFORE),
            Row.UNCONTROLLED, Classification.UNSATISFIED, Action.ADJUST, 14,
        ),
        (
            replace(WELL, pressure=HIGH),
            Row.UNCONTROLLED, Classification.UNSATISFIED, Action.ADJUST, 14,
        ),
        (
            replace(WELL, adverse_reaction=True),
            Row.ADVERSE, Classification.ADVERSE_REACTION, Action.ADJUST, 14,
        ),
        (WELL, Row.SATISFIED, Classification.SATISFIED, Action.CONTINUE, 90),
        (
            replace(WELL, before=HIGH_BEFORE),
            Row.SATISFIED, Classification.SATISFIED, Action.CONTINUE, 90,
        ),
    ],
)  # fmt: skip
def test_gongwei_guifan_hypertension_every_row(found, row, classification, action, days):
    asked = after_pressure(found)
    assert (asked.row, asked.classification, asked.action, asked.days) == (
        row,
        classification,
        action,
        days,
    )
    assert asked.next_by(date(2026, 11, 22)).toordinal() == date(2026, 11, 22).toordinal() + days


@pytest.mark.parametrize(
    ("found", "row"),
    [
        (replace(SWEET, dangers=frozenset({diabetes.Danger.KETONE_BREATH})), Row.EMERGENCY),
        (replace(SWEET, new_complication=True), Row.COMPLICATION),
        (replace(SWEET, adverse_reaction=True, hard_to_control=True), Row.ADVERSE_HARD),
        (replace(SWEET, adverse_reaction=True, before=REACTION_BEFORE), Row.ADVERSE_HARD),
        (replace(SWEET, fasting=Decimal("7.0"), before=HIGH_BEFORE), Row.STILL_UNCONTROLLED),
        (replace(SWEET, fasting=Decimal("7.0"), before=FINE_BEFORE), Row.UNCONTROLLED),
        (replace(SWEET, adverse_reaction=True), Row.ADVERSE),
        (SWEET, Row.SATISFIED),
    ],
)
def test_gongwei_guifan_diabetes_every_row(found, row):
    assert after_glucose(found).row is row


@pytest.mark.parametrize(
    ("glucose", "dangerous"),
    [("16.6", False), ("16.7", True), ("4.0", False), ("3.9", True), ("3.8", True)],
)
def test_gongwei_guifan_diabetes_dangerous_glucose_at_any_time_of_day(glucose, dangerous):
    value = Decimal(glucose)
    assert diabetes.is_emergency(diabetes.Findings(fasting=value)) is dangerous
    assert diabetes.is_emergency(diabetes.Findings(fasting=None, other=value)) is dangerous


@pytest.mark.parametrize(
    ("more", "dangerous"),
    [
        ({"temperature": Decimal("39.0")}, False),
        ({"temperature": Decimal("39.1")}, True),
        ({"pressure": Pressure(179, 109)}, False),
        ({"pressure": Pressure(180, 60)}, True),
        ({"pressure": Pressure(120, 110)}, True),
    ],
)
def test_gongwei_guifan_diabetes_other_numbers_that_are_emergencies(more, dangerous):
    assert diabetes.is_emergency(replace(SWEET, **more)) is dangerous


@pytest.mark.parametrize("danger", hypertension.Danger)
def test_gongwei_guifan_hypertension_each_danger_sign_goes_first(danger):
    worst = replace(
        WELL,
        dangers=frozenset({danger}),
        new_complication=True,
        adverse_reaction=True,
        hard_to_control=True,
    )
    assert after_pressure(worst).action is Action.REFER_NOW


@pytest.mark.parametrize("danger", diabetes.Danger)
def test_gongwei_guifan_diabetes_each_danger_sign_goes_first(danger):
    found = diabetes.Findings(fasting=None, dangers=frozenset({danger}), new_complication=True)
    assert after_glucose(found).action is Action.REFER_NOW


@given(PRESSURES, st.integers(35, 110))
def test_gongwei_guifan_hypertension_numbers_alone(pressure: Pressure, age: int):
    top = 150 if age >= 65 else 140
    row = after_pressure(hypertension.Findings(age=age, pressure=pressure)).row
    if pressure.systolic >= 180 or pressure.diastolic >= 110:
        assert row is Row.EMERGENCY
    elif pressure.systolic < top and pressure.diastolic < 90:
        assert row is Row.SATISFIED
    else:
        assert row is Row.UNCONTROLLED


@pytest.mark.parametrize(
    ("age", "lower_wanted", "target", "limit"),
    [
        (64, False, None, (140, 90)),
        (65, False, None, (150, 90)),
        (65, True, None, (140, 90)),
        (50, True, Pressure(130, 80), (130, 80)),
        (80, False, Pressure(140, 90), (140, 90)),
        (50, False, Pressure(160, 100), (140, 90)),
    ],
)
def test_gongwei_guifan_hypertension_limit_by_age_and_own_target(age, lower_wanted, target, limit):
    own = hypertension.limit_of(age, lower_wanted=lower_wanted, target=target)
    assert own == Pressure(*limit)


def test_gongwei_guifan_a_high_pressure_of_one_who_is_expecting_is_an_emergency():
    assert not hypertension.is_emergency(replace(WELL, expecting=True))
    assert hypertension.is_emergency(replace(WELL, expecting=True, pressure=Pressure(140, 70)))


def test_who_has_both_is_seen_once_and_the_stricter_row_decides():
    both = judge(
        {
            Disease.HYPERTENSION: hypertension.seen(WELL),
            Disease.DIABETES: diabetes.seen(
                replace(SWEET, fasting=Decimal("8.2"), before=HIGH_BEFORE)
            ),
        },
        Params(),
    )
    assert both.rows == {
        Disease.HYPERTENSION: Row.SATISFIED,
        Disease.DIABETES: Row.STILL_UNCONTROLLED,
    }
    assert both.decision.action is Action.REFER
    assert both.decision.follows_referral


@given(st.sampled_from(Row), st.sampled_from(Row))
def test_the_stricter_row_never_asks_for_a_later_contact(one: Row, other: Row):
    strict = decision(min(one, other), Params())
    assert strict.days <= decision(max(one, other), Params()).days


def test_an_emergency_does_not_wait_for_a_fasting_glucose():
    unmeasured = diabetes.seen(diabetes.Findings(fasting=None))
    with pytest.raises(Unmeasured):
        judge({Disease.DIABETES: unmeasured}, Params())
    crisis = hypertension.seen(replace(WELL, pressure=Pressure(186, 100)))
    urgent = judge({Disease.HYPERTENSION: crisis, Disease.DIABETES: unmeasured}, Params())
    assert urgent.rows == {Disease.HYPERTENSION: Row.EMERGENCY}
    assert urgent.decision.action is Action.REFER_NOW
