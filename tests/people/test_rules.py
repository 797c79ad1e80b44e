"""Documents, names, phones and likeness.

Vectors of GB 11643-1999 (domain facts §5.1): 11010519491231002X and 440524188001010014 are the
examples printed in the standard; 53010219200508011X is a further published one.
"""

from contextlib import suppress
from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from people import rules
from people.ages import age_in_words
from people.masking import mask_name, mask_number, mask_phone
from people.models import IdentifierKind, Sex
from people.rules import Likeness, NotADocument, read_document

TODAY = date(2026, 11, 2)
ID_CARD = IdentifierKind.ID_CARD


def read(number: str, kind: IdentifierKind = ID_CARD) -> rules.Document:
    return read_document(kind, number, today=TODAY)


@pytest.mark.parametrize(
    ("number", "born", "sex"),
    [
        ("11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        ("440524188001010014", date(1880, 1, 1), Sex.MALE),
        ("53010219200508011X", date(1920, 5, 8), Sex.MALE),
    ],
)
def test_the_vectors_of_the_standard(number, born, sex):
    assert read(number) == rules.Document(ID_CARD, number, born, sex)


@pytest.mark.parametrize(
    "typed", ["11010519491231002x", " 110105 19491231 002X ", "11010519491231002X"]
)
def test_what_people_type_is_tidied(typed):
    assert read(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("", "请填写证件号码"),
        ("1101051949123100", "是 18 位,现在是 16 位"),
        ("110105194912310021", "校验不通过"),
        ("1101051949123100XX", "前 17 位是数字"),
        ("11010519490230002X", "出生日期不存在"),
        ("11010520991231002X", "今天之后"),
        ("530102175001010013", "年份太早"),
        ("00010519491231002X", "地区代码"),
        ("99999999999999999", "现在是 17 位"),
        ("²10105194912310021", "18 位|校验|地区"),
    ],
)
def test_what_cannot_be_a_number_says_why(number, sentence):
    with pytest.raises(NotADocument, match=sentence):
        read(number)


@pytest.mark.parametrize("area", ["810000", "820000", "830000"])
def test_residence_permits_are_known_by_their_area(area):
    first = f"{area}19850607123"
    found = read(first + rules.check_character(first))
    assert (found.kind, found.sex) == (IdentifierKind.RESIDENCE_PERMIT, Sex.MALE)


def test_the_new_foreign_permanent_residence_card_checks_the_same_way():
    first = "91184019900101002"
    found = read(first + rules.check_character(first), IdentifierKind.FOREIGN_RESIDENCE)
    assert (found.kind, found.birth_date) == (
        IdentifierKind.FOREIGN_RESIDENCE,
        date(1990, 1, 1),
    )
    old = read("USA110010123456", IdentifierKind.FOREIGN_RESIDENCE)
    assert (old.number, old.birth_date) == ("USA110010123456", None)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        (IdentifierKind.PASSPORT, "E12345678", "E1"),
        (IdentifierKind.HK_MACAU_PERMIT, "h12345678", "X12345678"),
        (IdentifierKind.TAIWAN_PERMIT, "12345678", "1234567"),
        (IdentifierKind.BIRTH_CERTIFICATE, "Q110123456", "1101234567"),
        (IdentifierKind.HOUSEHOLD_BOOK, "00123456", "1"),
    ],
)
def test_other_documents_have_their_form(kind, right, wrong):
    assert read(right, kind).number == right.upper()
    with pytest.raises(NotADocument):
        read(wrong, kind)


def test_one_household_number_belongs_to_several_people():
    book = read("00123456", IdentifierKind.HOUSEHOLD_BOOK)
    texts = {
        rules.index_text(book, name=name, birth_date=date(2020, 1, 1)) for name in ("王一", "王二")
    }
    assert len(texts) == 2


numbers = st.builds(
    lambda area, born, sequence: f"{area}0101{born:%Y%m%d}{sequence:03d}",
    st.sampled_from(sorted(rules.PROVINCES)),
    st.dates(date(1900, 1, 1), TODAY),
    st.integers(0, 999),
)


@given(numbers)
def test_a_right_number_tells_birth_and_sex_and_agrees_with_stdnum(first):
    number = first + rules.check_character(first)
    assert rules.check_character(first) == ric.calc_check_digit(number)
    found = read(number)
    assert f"{found.birth_date:%Y%m%d}" == first[6:14]
    assert (found.sex is Sex.MALE) == (int(first[16]) % 2 == 1)


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes(first, place, change):
    check = rules.check_character(first)
    digit = str((int(first[place]) + change) % 10)
    spoiled = first[:place] + digit + first[place + 1 :]
    assert rules.check_character(spoiled) != check


@given(numbers, st.integers(0, 15))
def test_two_swapped_neighbours_never_pass(first, place):
    swapped = first[:place] + first[place + 1] + first[place] + first[place + 2 :]
    assert swapped == first or rules.check_character(swapped) != rules.check_character(first)


@given(st.text(max_size=30), st.sampled_from(list(IdentifierKind)))
def test_no_text_breaks_the_reader(text, kind):
    with suppress(NotADocument):
        assert read(text, kind).number == rules.tidy_number(text)


@pytest.mark.parametrize("name", ["张桂英", "欧阳建国", "阿依古丽•买买提", "John Smith", "𠮷田一"])
def test_names_as_they_stand_on_documents(name):
    assert rules.name_objection(name) == ""


@pytest.mark.parametrize("name", ["张", "张3", "<b>", "138", "张桂英;", ""])
def test_what_is_no_name(name):
    assert rules.name_objection(name)


def test_one_name_has_one_form():
    assert rules.tidy_name("阿依古丽•买买提") == rules.tidy_name("阿依古丽·买买提 ")
    assert rules.tidy_name("张 桂 英") == "张桂英"
    assert rules.tidy_name("John  Smith") == "JOHN SMITH"


@pytest.mark.parametrize(
    "phone", ["13812341234", "138 1234 1234", "+86 13812341234", "0539-5550100"]
)
def test_phones(phone):
    assert rules.phone_objection(phone) == ""
    assert rules.tidy_phone(phone).isdigit()


@pytest.mark.parametrize(
    "phone", ["", "1381234123", "12812341234", "5550100", "abc", "138123412345"]
)
def test_what_is_no_phone(phone):
    assert rules.phone_objection(phone)


BASE = Likeness(None, "张桂英", date(1949, 12, 31), Sex.FEMALE, "p1")


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"phone": None}, True),  # name, birth date and sex
        ({"birth_date": date(1950, 3, 3)}, True),  # name, phone and sex
        ({"name": "张桂芳"}, True),  # one character off, the rest the same
        ({"name": "李秀兰"}, True),  # twins or a slip: same birth date, phone and sex
        ({"name": "李秀兰", "phone": "p2"}, False),
        ({"birth_date": date(1980, 1, 1), "phone": "p2"}, False),
        ({"number": "53010219200508011X"}, True),  # the known one's number is not known to us
    ],
)
def test_who_looks_alike(change, alike):
    values = {"name": BASE.name, "birth_date": BASE.birth_date, "sex": BASE.sex, "phone": "p1"}
    known = Likeness(uuid4(), **{**values, **change})
    assert rules.looks_like(BASE, known) is alike
    assert rules.suspects(BASE, [known]) == ([known.id] if alike else [])


def test_two_different_identity_numbers_are_two_people():
    new = Likeness(None, "张桂英", date(1949, 12, 31), Sex.FEMALE, "p1", "11010519491231002X")
    other = Likeness(uuid4(), "张桂英", date(1949, 12, 31), Sex.FEMALE, "p1", "110105194912310046")
    assert not rules.looks_like(new, other)


def test_masks():
    assert mask_name("欧阳建国") == "欧**"
    assert mask_number("11010519491231002X") == "110***********002X"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_number("E1234567") == "E******7"
    assert mask_number("") == mask_name("") == ""
    assert mask_phone("12345") == "*****"


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (TODAY - timedelta(days=12), "12天"),
        (date(2026, 6, 2), "5个月"),
        (date(2023, 9, 1), "3岁2个月"),
        (date(2023, 11, 2), "3岁"),
        (date(1980, 11, 3), "45岁"),
        (date(1980, 11, 2), "46岁"),
    ],
)
def test_ages(born, words):
    assert age_in_words(born, TODAY) == words
