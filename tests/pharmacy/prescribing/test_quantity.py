"""Quantities: exact, never short, never a pack too many, never a float."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmacy.prescribing import quantity
from pharmacy.prescribing.quantity import Product, Uncountable, needed, supply, takeable, times
from pharmacy.prescribing.words import AS_MUCH, FREQUENCIES

TABLET = Product("片", 28, 1260, False, Decimal(5), "mg")
DOSES = st.decimals(min_value="0.0001", max_value="5000", places=4)
PRODUCTS = st.builds(
    Product,
    unit=st.just("片"),
    pack_size=st.integers(1, 500),
    price_fen=st.integers(0, 10**6),
    splittable=st.booleans(),
    strength_value=st.decimals(min_value="0.0001", max_value="5000", places=4),
    strength_unit=st.sampled_from(["mg", "g", "μg"]),
)


@pytest.mark.parametrize(
    ("dose", "unit", "often", "product", "units", "packs", "fen"),
    [
        ("5", "mg", 28, TABLET, 28, 1, 1260),
        ("10", "mg", 28, TABLET, 56, 2, 2520),
        ("2.5", "mg", 7, TABLET, 28, 1, 1260),
        ("0.005", "g", 7, TABLET, 28, 1, 1260),
        ("1", "片", 29, TABLET, 56, 2, 2520),
        ("2.5", "mg", 7, Product("片", 28, 1260, True, Decimal(5), "mg"), 4, 1, 180),
        ("10", "IU", 21, Product("IU", 300, 7150, False, Decimal(1), "IU"), 300, 1, 7150),
        ("10", "ml", 9, Product("ml", 100, 980, False, None, ""), 100, 1, 980),
        ("9", "g", 7, Product("g", 1000, 3800, True, Decimal(1), "g"), 63, 1, 239),
        ("0.5", "mg", 10, Product("片", 10, 100, False, Decimal("0.3"), "mg"), 20, 2, 200),
        ("5", "mg", 3, Product("片", 5, 100, True, Decimal(3), "mg"), 5, 1, 100),
    ],
)
def test_so_much_is_handed_out(dose, unit, often, product, units, packs, fen):
    found = needed(Decimal(dose), unit, often, product)
    assert (found.units, found.packs, found.amount_fen) == (units, packs, fen)


def test_a_dose_in_a_unit_that_says_nothing_is_not_guessed():
    cream = Product("g", 10, 1510, False)
    with pytest.raises(Uncountable):
        needed(Decimal(1), "mg", 7, Product("片", 10, 100, False))
    with pytest.raises(Uncountable):
        needed(None, AS_MUCH, 7, cream)
    assert needed(None, AS_MUCH, 7, cream, packs=2) == quantity.Supply(20, 2, 3020)


@pytest.mark.parametrize(
    ("code", "days", "often"),
    [("qd", 28, 28), ("tid", 7, 21), ("qod", 7, 4), ("qw", 28, 4), ("qw", 8, 2), ("st", 5, 1)],
)
def test_a_begun_cycle_counts_whole(code, days, often):
    assert times(FREQUENCIES[code], days) == often


def test_tablets_break_into_quarters_and_capsules_not_at_all():
    assert takeable(Fraction(1, 4), "片")
    assert not takeable(Fraction(5, 3), "片")
    assert not takeable(Fraction(1, 2), "粒")
    assert takeable(Fraction(7, 3), "ml")


@given(DOSES, st.sampled_from(["mg", "g", "μg", "片"]), st.integers(1, 600), PRODUCTS)
def test_never_short_and_never_a_pack_too_many(dose, unit, often, product):
    need = quantity.units_at_once(dose, unit, product) * often
    found = needed(dose, unit, often, product)
    assert found.units >= need
    assert all(type(number) is int for number in (found.units, found.packs, found.amount_fen))
    if product.splittable:
        assert found.units == ceil(need)
    else:
        assert found.units == found.packs * product.pack_size
        assert found.units - need < product.pack_size
        assert found.amount_fen == found.packs * product.price_fen
    assert 0 <= found.packs * product.pack_size - found.units < product.pack_size


@given(DOSES, st.integers(1, 300), st.integers(1, 300), PRODUCTS)
def test_more_days_never_give_less(dose, few, more, product):
    least, most = sorted((few, more))
    short = needed(dose, "mg", least, product)
    long = needed(dose, "mg", most, product)
    assert short.units <= long.units
    assert short.amount_fen <= long.amount_fen


@given(st.fractions(min_value=0, max_value=10**6), PRODUCTS)
def test_splitting_never_costs_more_than_whole_packs(need, product):
    split = Product(product.unit, product.pack_size, product.price_fen, splittable=True)
    whole = Product(product.unit, product.pack_size, product.price_fen, splittable=False)
    assert supply(need, split).amount_fen <= supply(need, whole).amount_fen


@given(DOSES)
def test_a_number_is_written_without_exponent_and_reads_back(value):
    assert Decimal(quantity.plain(value)) == value
