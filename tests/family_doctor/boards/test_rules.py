"""Periods, shares, and what small groups do not tell."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from family_doctor.boards.periods import choices, months_before, months_until, period_of
from family_doctor.boards.rules import Group, percent, untold, wait_of

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


def group(key: str, *inside: Group | int, opens: bool = False) -> Group:
    """A whole of groups; numbers stand for parts that are named after the whole."""
    parts = tuple(
        Group(f"{key}{place}", one, opens) if isinstance(one, int) else one
        for place, one in enumerate(inside, start=1)
    )
    return Group(key, sum(one.size for one in parts), opens, parts)


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (group("c", 50, 20, 9), ""),
        (group("c", 50, 20, 3), "c2 c3"),
        (group("c", 50, 3, 2), "c2 c3"),
        (group("c", 50, 20, 0), ""),
        (group("c", 3, 0), "c c1 c2"),
        (group("c"), ""),
        # b goes with a, and what is inside goes with it, on whichever board it is read
        (group("c", group("a", 3), group("b", 12, 9), group("d", 40, 50)), "a a1 b b1 b2"),
        (group("c", group("a", 20, 3), group("b", 12, 9)), "a1 a2"),
        # who may see two of three teams knows the third from the total, so the total goes
        (group("c", group("a", 3), group("b", 30, opens=True)), "a a1 c"),
        (
            group("c", group("t", group("a", 3), group("b", 9, opens=True)), group("u", 60), 70),
            "a a1 t u u1",
        ),
        (group("c", group("a", 3, opens=True), group("b", 40)), ""),
    ],
)
def test_what_is_not_told_of_small_groups(tree, expected):
    assert sorted(map(str, untold(tree, 5))) == expected.split()
    assert untold(tree, 0) == set()


def trees():
    """Sizes of the smallest parts, nested; a part opens or not with all that is in it."""
    leaf = st.tuples(st.integers(0, 30), st.booleans())
    return st.recursive(leaf, lambda inside: st.lists(inside, min_size=1, max_size=4), max_leaves=9)


def planted(seed, key: str = "r") -> Group:
    if isinstance(seed, tuple):
        return Group(key, seed[0], seed[1])
    inside = tuple(planted(one, f"{key}{place}") for place, one in enumerate(seed))
    size, opens = sum(one.size for one in inside), all(one.opens for one in inside)
    return Group(key, size, opens, inside)


@given(trees(), st.integers(0, 10))
def test_no_sum_tells_what_is_hidden(seed, least):
    """Every sum has no unknown or two, so that no chain of sums can be solved for one."""
    whole = planted(seed)
    gone, left = untold(whole, least), [whole]
    while left:
        one = left.pop()
        left += one.inside
        assert one.opens or one.key in gone or not 0 < one.size < least
        assert not (one.opens and one.key in gone)
        if one.inside:
            unknown = sum(each.key in gone for each in (one, *one.inside))
            assert unknown != 1, one
