"""Reading what a scanner makes of a card: nothing breaks the parser, nothing else passes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from people.cards import rules

CODE = rules.DynamicCode("0123456789ABCDEF", 1_795_000_000, "FEDCBA9876543210", "AB" * 16)
HEX = st.text("0123456789ABCDEF", min_size=16, max_size=16)


@given(HEX, st.integers(1_000_000_000, 9_999_999_999), HEX, HEX, HEX)
def test_what_is_written_is_read(ref, expires, nonce, mac, more):
    code = rules.DynamicCode(ref, expires, nonce, mac + more)
    assert rules.read(code.text) == code
    assert len(code.text) <= rules.LONGEST


@given(st.text(max_size=300))
def test_any_text_is_read_or_not_a_card(text):
    found = rules.read(text)
    assert found is None or rules.read(rules.tidy(text)) == found


@given(st.integers(0, len(CODE.text) - 1), st.characters())
def test_a_changed_letter_is_another_code_or_none(place, letter):
    changed = rules.read(CODE.text[:place] + letter + CODE.text[place + 1 :])
    same = rules.tidy(letter) == CODE.text[place].upper()
    assert (changed == CODE) if same else (changed != CODE)


@pytest.mark.parametrize(
    "typed",
    [
        CODE.text.upper(),
        CODE.text.lower(),
        CODE.text.replace(".", "。"),
        CODE.text.replace(".", "．"),
        "".join(chr(ord(c) + 0xFEE0) if c != "." else "。" for c in CODE.text),
        f"  {CODE.text}\r\n",
    ],
)
def test_an_input_method_in_the_way_is_tidied(typed):
    assert rules.read(typed) == CODE


@given(st.integers(0, 10**13 - 1), st.integers(0, 14), st.integers(1, 9))
def test_a_wrong_digit_of_a_printed_number_is_noticed(digits, place, by):
    number = rules.number_of(f"{digits:013d}")
    assert rules.read(number) == rules.PrintedCard(number)
    assert rules.read(rules.grouped(number).lower()) == rules.PrintedCard(number)
    wrong = str((int(number[place + 1]) + by) % 10)
    assert rules.read(number[: place + 1] + wrong + number[place + 2 :]) is None


@given(st.integers(0, 10**13 - 1), st.integers(0, 11))
def test_two_digits_in_the_wrong_order_are_noticed(digits, place):
    number = rules.number_of(f"{digits:013d}")
    one, two = number[place + 1], number[place + 2]
    swapped = number[: place + 1] + two + one + number[place + 3 :]
    assert (rules.read(swapped) is None) == (one != two)


@pytest.mark.parametrize("text", ["", "A2B3C4D5E6", "11010519491231002X", "E1234567", "v1...."])
def test_other_papers_are_no_cards(text):
    assert rules.read(text) is None
