"""What a scanner reads, how packs are shared out, and codes that are typed wrong."""

import re
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pharmacy.dispensing import rules, trace

DIGITS = st.text("0123456789", min_size=13, max_size=13)
WORD = st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789-", min_size=1, max_size=20)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(st.text("0123456789", min_size=20, max_size=20), st.sampled_from(["", " ", "\t"]))
def test_twenty_digits_are_a_trace_code(digits, around):
    found = trace.read(f"{around}{digits[:5]} {digits[5:]}{around}")
    assert (found.code, found.prefix) == (digits, digits[:7])


def gtin(digits):
    """With its check digit."""
    return digits + trace.check_digit(digits)


@given(DIGITS, WORD, WORD, DAYS, st.sampled_from(["\x1d", "|", "~", "{GS}"]), st.booleans())
def test_a_gs1_string_reads_the_same_in_every_spelling(digits, lot, serial, day, gs, bare):
    number, ends = gtin(digits), f"{day:%y%m%d}"
    joined = f"01{number}17{ends}10{lot}{gs}21{serial}"
    other = f"]d2{gs}01{number}21{serial}{gs}17{ends}10{lot}"
    printed = f"(01){number}(17){ends}(10){lot}(21){serial}"
    wanted = trace.Scan(f"{number}.{serial}", number[1:8], lot, day)
    assert trace.read(joined) == wanted
    assert trace.read(other) == wanted
    assert trace.read(printed) == wanted
    short = f"01{number}21{serial}"
    if bare and not re.fullmatch(r"\d{20}", short.replace("-", "")):
        assert trace.read(short) == trace.Scan(wanted.code, wanted.prefix)


def test_twenty_digits_win_over_a_serial_of_two():
    """No maker counts its packs with two digits; the 20-digit code is what packs here carry."""
    number = f"01{gtin('0812345600001')}2107"
    assert trace.read(number) == trace.Scan(number, number[:7])


@given(st.text(max_size=300))
def test_nothing_else_breaks_it(text):
    found = trace.read(text)
    assert found is None or (found.code and len(found.prefix) == 7)


@given(DIGITS, st.integers(0, 9))
def test_a_wrong_check_digit_is_no_pack(digits, wrong):
    number = digits + str(wrong)
    found = trace.read(f"(01){number}(21)A")
    assert (found is not None) == (trace.check_digit(digits) == str(wrong))


@pytest.mark.parametrize(
    ("text", "last"),
    [("271200", date(2027, 12, 31)), ("280200", date(2028, 2, 29)), ("270230", None)],
)
def test_day_zero_is_the_last_of_the_month(text, last):
    found = trace.read(f"(01){gtin('0812345600001')}(17){text}(21)A")
    assert (found.expires_on if found else None) == last


@given(st.integers(1, 500), st.integers(1, 100), st.lists(st.integers(1, 60), max_size=20))
def test_the_shares_of_a_pack_never_exceed_it(remaining, pack, wishes):
    """拆零: the sum of all takings is at most the pack."""
    sold = 0
    for wish in [remaining, *wishes]:
        found = rules.share(remaining=wish, pack_units=pack, sold=sold, splittable=True)
        assert (found.refusal is None) == (sold < pack)
        assert found.units <= wish
        sold += found.units
    assert sold <= pack


def test_a_pack_that_may_not_be_split_is_sold_whole_and_once():
    whole = rules.share(remaining=56, pack_units=28, sold=0, splittable=False)
    assert whole.units == 28
    for remaining, sold, code in ((20, 0, "not_splittable"), (56, 28, "sold_before")):
        found = rules.share(remaining=remaining, pack_units=28, sold=sold, splittable=False)
        assert found.refusal.code == code


@given(st.text("0123456789", min_size=7, max_size=7), st.integers(0, 7), st.integers(1, 9))
def test_a_pick_up_code_typed_wrong_in_one_digit_is_none(digits, place, more):
    code = digits + rules.check(digits)
    assert rules.read_code(code) == rules.read_code(f"QY{code}") == code
    assert rules.read_code(f"{code[:4]} {code[4:]}") == code
    wrong = code[:place] + str((int(code[place]) + more) % 10) + code[place + 1 :]
    assert rules.read_code(wrong) is None


def test_new_codes_read_back():
    for _ in range(50):
        code = rules.new_code()
        assert rules.read_code(rules.qr_text(code)) == code


def test_all_ten_and_another_person():
    """处方管理办法 art. 37: 四查十对; the checker is not the dispenser."""
    assert len(rules.TEN) == 10
    assert [key for keys in rules.FOUR.values() for key in keys] == list(rules.TEN)
    assert rules.missing_boxes(list(rules.TEN)[1:]) == ["对科别"]
    picker = uuid4()
    assert rules.why_not_checker(picker, [picker], self_check=False).code == "same_person"
    assert rules.why_not_checker(picker, [picker], self_check=True) is None
    assert rules.why_not_checker(uuid4(), [picker], self_check=False) is None
