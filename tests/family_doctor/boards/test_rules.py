"""Periods, shares, and what small groups do not tell."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from family_doctor.boards.periods import choices, months_before, months_until, period_of
from family_doctor.boards.rules import hidden, percent, wait_of

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("key", "first", "day", "name"),
    [
        ("2026-11", date(2026, 11, 1), TODAY, "2026 年 11 月"),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28), "2026 年 2 月"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2026 年第 1 季度"),
        ("2026-Q4", date(2026, 10, 1), TODAY, "2026 年第 4 季度"),
        ("2025", date(2025, 1, 1), date(2025, 12, 31), "2025 年"),
    ],
)
def test_a_period_ends_on_its_last_day_or_today(key, first, day, name):
    found = period_of(key, TODAY)
    assert (found.first, found.day, found.name) == (first, day, name)


@pytest.mark.parametrize(
    "key", ["2026-12", "2027", "2026-13", "2026-Q5", "x", "", "2026-1", "1999"]
)
def test_what_is_no_period_or_has_not_begun_is_none(key):
    assert period_of(key, TODAY) is None


def test_gongwei_guifan_the_twelve_months_of_a_whole_year_are_that_year():
    assert period_of("2025", TODAY).since == date(2024, 12, 31)
    assert period_of("2026-11", TODAY).since == date(2025, 11, 20)


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-24, 48))
def test_months_before_stays_in_its_month(day, count):
    found = months_before(day, count)
    assert (day.year * 12 + day.month) - (found.year * 12 + found.month) == count
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


@given(st.dates(date(2022, 1, 1), date(2040, 1, 1)))
def test_a_form_offers_only_what_has_begun(today):
    for group in choices(today).values():
        assert group
        for key, name in group:
            found = period_of(key, today)
            assert found.name == name
            assert found.day <= today
            assert months_until(found, today)[-1].day == found.day


def test_percent_is_never_told_without_somebody_and_never_rounded_to_all_or_nobody():
    assert percent(0, 0) is None
    assert (percent(0, 9), percent(9, 9), percent(1, 3)) == (0.0, 100.0, 33.3)
    assert (percent(9999, 10000), percent(1, 10000)) == (99.9, 0.1)


def test_waits_by_nearest_rank():
    assert wait_of([], 50) is None
    assert (wait_of([7], 50), wait_of([7], 90)) == (7, 7)
    assert (wait_of([9, 1, 5], 50), wait_of(list(range(1, 11)), 90)) == (5, 9)


@given(st.lists(st.integers(0, 40), max_size=12), st.integers(0, 10))
def test_small_groups_are_hidden_and_never_one_alone(groups, least):
    gone = hidden(groups, least)
    for place, group in enumerate(groups):
        assert place in gone or not 0 < group < least
    shown = [group for place, group in enumerate(groups) if place not in gone]
    if len(gone) == 1:
        assert not any(shown), "the total would tell it"
    assert all(groups[place] for place in gone)
