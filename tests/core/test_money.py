"""Amounts for people."""

import pytest

from core.money import fee, yuan


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "0.00 元"),
        (5, "0.05 元"),
        (4005, "40.05 元"),
        (-123450, "-1,234.50 元"),
        (-1, "-0.01 元"),
    ],
)
def test_whole_fen_are_yuan_and_never_abbreviated(fen: int, words: str) -> None:
    assert yuan(fen) == words


def test_what_costs_nothing_says_so() -> None:
    assert (fee(0), fee(1500)) == ("免费", "15.00 元")
