"""When the programme wants somebody seen, and who without a disease is measured how often."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from family_doctor.followup.rules import dates, screening
from family_doctor.followup.rules.dates import Params, SelfCare, Stability
from family_doctor.followup.rules.hypertension import Pressure
from family_doctor.followup.rules.screening import Person, Risk, Step

BIRTH = date(2026, 1, 31)
HOME = date(2026, 2, 3)
PLAIN = Person(age=40, is_man=False, pressure=Pressure(118, 76), bmi=Decimal("21.5"), waist=70)
DAYS = [date(2026, 11, day) for day in (1, 3, 3, 9)]


def test_gongwei_guifan_children_are_seen_at_these_ages():
    due = {one.code: one for one in dates.child(BIRTH, HOME, Params())}
    months = [3, 6, 8, 12, 18, 24, 30, 36, 48, 60, 72]
    assert list(due) == ["newborn_visit", "full_month", *(f"child_{n}m" for n in months)]
    assert due["newborn_visit"].by == HOME + timedelta(days=7)
    assert (due["full_month"].opens, due["full_month"].by) == (
        date(2026, 2, 28),
        date(2026, 3, 2),
    )
    assert due["child_3m"].opens == date(2026, 4, 30)
    assert due["child_72m"].opens == date(2032, 1, 31)
    with_it = {code: one.with_it for code, one in due.items()}
    assert [code for code, more in with_it.items() if "blood" in more] == [
        "child_8m",
        "child_18m",
        "child_30m",
    ]
    assert [code for code, more in with_it.items() if "hearing" in more] == [
        "child_6m",
        "child_12m",
        "child_24m",
        "child_36m",
    ]


def test_gongwei_guifan_five_checks_in_pregnancy_and_two_after_birth():
    checks = list(dates.pregnancy(date(2026, 1, 1)))
    weeks = [((one.opens - date(2026, 1, 1)).days // 7) for one in checks]
    assert weeks == [0, 16, 21, 28, 37]
    assert checks[0].by == date(2026, 1, 1) + timedelta(weeks=13, days=-1)
    assert "booklet" in checks[0].with_it
    visit, check = dates.childbed(BIRTH, HOME, Params())
    assert visit.by == HOME + timedelta(days=7)
    assert check.opens == BIRTH + timedelta(days=42)


def test_gongwei_guifan_one_check_a_year_from_65():
    assert dates.elderly(date(1961, 12, 31), 2025) is None
    due = dates.elderly(date(1961, 12, 31), 2026)
    assert due is not None
    assert (due.opens, due.by) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0, SelfCare.ABLE),
        (3, SelfCare.ABLE),
        (4, SelfCare.MILD),
        (8, SelfCare.MILD),
        (9, SelfCare.MODERATE),
        (18, SelfCare.MODERATE),
        (19, SelfCare.UNABLE),
    ],
)
def test_gongwei_guifan_self_care(score, level):
    assert dates.self_care(score) is level


@pytest.mark.parametrize("score", [-1, 31])
def test_a_score_that_cannot_be_is_refused(score):
    with pytest.raises(ValueError, match=str(score)):
        dates.self_care(score)


@pytest.mark.parametrize(
    ("risk", "more", "how"),
    [
        (0, {}, Stability.STABLE),
        (1, {}, Stability.BASICALLY_STABLE),
        (2, {}, Stability.BASICALLY_STABLE),
        (3, {}, Stability.UNSTABLE),
        (0, {"marked_symptoms": True}, Stability.UNSTABLE),
        (0, {"insight": False}, Stability.UNSTABLE),
        (0, {"acute": True}, Stability.UNSTABLE),
    ],
)
def test_gongwei_guifan_mental_disorder(risk, more, how):
    plain = {"marked_symptoms": False, "insight": True, "acute": False}
    assert dates.stability(risk=risk, **{**plain, **more}) is how
    assert dates.DAYS_UNTIL_NEXT[how] == (90 if how is Stability.STABLE else 14)


def test_gongwei_guifan_tuberculosis_first_visit_in_72_hours_then_as_long_as_it_is_treated():
    def visits(*, staff: bool) -> list[dates.Due]:
        return list(
            dates.tuberculosis(
                date(2026, 1, 1),
                date(2026, 7, 1),
                Params(),
                supervised_by_staff=staff,
                intensive_ends=date(2026, 3, 1),
            )
        )

    assert [one.by for one in visits(staff=True)][:3] == [
        date(2026, 1, 4),
        date(2026, 2, 4),
        date(2026, 3, 4),
    ]
    family = [one.by for one in visits(staff=False)]
    assert family[1] - family[0] == timedelta(days=10)
    assert family[-1] <= date(2026, 7, 1)
    assert len(family) > len(visits(staff=True))


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 80))
def test_months_later_is_in_that_month_and_never_beyond_its_end(day: date, months: int):
    then = dates.months_after(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day <= day.day


@pytest.mark.parametrize(
    ("person", "risk"),
    [
        (replace(PLAIN, pressure=Pressure(130, 70)), Risk.HIGH_NORMAL),
        (replace(PLAIN, pressure=Pressure(110, 85)), Risk.HIGH_NORMAL),
        (replace(PLAIN, bmi=Decimal(24)), Risk.WEIGHT),
        (replace(PLAIN, waist=85), Risk.WEIGHT),
        (replace(PLAIN, is_man=True, waist=90), Risk.WEIGHT),
        (replace(PLAIN, family_history=True), Risk.FAMILY),
        (replace(PLAIN, high_salt=True), Risk.SALT),
        (replace(PLAIN, heavy_drinking=True), Risk.DRINKING),
        (replace(PLAIN, age=55), Risk.AGE),
    ],
)
def test_gongwei_guifan_each_risk_halves_the_time_between_measurements(person, risk):
    assert screening.risks(person) == {risk}
    assert screening.months_between(person, screening.Params()) == 6


@pytest.mark.parametrize(
    "person",
    [PLAIN, replace(PLAIN, is_man=True, waist=89), replace(PLAIN, pressure=Pressure(129, 84))],
)
def test_gongwei_guifan_everybody_from_35_is_measured_once_a_year(person):
    assert screening.months_between(person, screening.Params()) == 12
    assert screening.months_between(replace(person, age=34), screening.Params()) is None


@pytest.mark.parametrize(
    ("high", "step"),
    [
        ([], Step.NOTHING),
        (DAYS[:1], Step.MEASURE_AGAIN),
        (DAYS[:3], Step.MEASURE_AGAIN),
        (DAYS, Step.REFER),
    ],
)
def test_gongwei_guifan_high_on_three_days_is_referred(high, step):
    readings = [(day, Pressure(140, 80)) for day in high]
    assert screening.after_readings([*readings, (date(2026, 11, 20), PLAIN.pressure)]) is step
    assert screening.ask_about_referral_by(DAYS[0], screening.Params()) == date(2026, 11, 15)
