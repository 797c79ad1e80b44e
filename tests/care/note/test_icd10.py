"""The list of diseases: sound, and found the way doctors look."""

import pytest
from pydantic import ValidationError

from care.note import icd10, orders
from care.note.icd10 import DISEASES, Disease, coded, search


@pytest.mark.parametrize(
    "words", ["I10", "i10", "\uff29\uff11\uff10", "高血压", "原发性", "gxy", "GXY", "yfxgxy"]
)
def test_a_disease_is_found_by_code_name_and_initials(words):
    assert search(words)[0].line == "I10 原发性高血压"


def test_the_exact_comes_before_what_only_contains_it():
    assert search("慢阻肺")[0].code == "J44.9"
    assert {one.code[:3] for one in search("e11")} == {"E11"}
    assert search("") == search("   ") == []
    assert search("没有这个病") == []
    assert len(search("x", most=3)) <= 3


@pytest.mark.parametrize(
    ("typed", "code", "name"),
    [
        ("I10 原发性高血压", "I10", "原发性高血压"),
        ("i10", "I10", "原发性高血压"),
        ("I10.x00 高血压", "I10.x00", "高血压"),
        ("E11.9 糖尿病", "E11.9", "糖尿病"),
        ("高血压", "I10", "高血压"),
        ("gxy", "I10", "原发性高血压"),
        ("口腔溃疡", "", "口腔溃疡"),
        ("jzx", "", "jzx"),
    ],
)
def test_what_is_typed_becomes_code_and_name_and_no_name_is_lost(typed, code, name):
    assert coded(typed) == (code, name)


def test_one_sign_has_one_initial_throughout_the_list():
    """A slip of the pen would hide a disease from its doctors."""
    many_voices = set("重长行参")  # 多音字
    heard: dict[str, str] = {}
    for one in DISEASES.values():
        for name, initials in zip(one.names, one.initials, strict=True):
            for sign, initial in zip(name.lower(), initials, strict=True):
                assert sign in many_voices or heard.setdefault(sign, initial) == initial, (
                    one.code,
                    sign,
                )


def test_the_file_names_its_source_and_refuses_what_is_no_code():
    assert "ICD-10" in icd10.SOURCE
    assert len(DISEASES) > 100
    with pytest.raises(ValidationError):
        Disease(code="高血压", names=("高血压",), initials=("gxy",))
    with pytest.raises(ValidationError):
        Disease(code="I10", names=("高血压",), initials=("gx",))


def test_what_is_suggested_names_its_source_and_no_medicine():
    """监管细则: nothing prescribes by itself; suggestions are tests, examinations, follow-up."""
    assert orders.set_of("hypertension").key == "hypertension"
    assert orders.set_of("generic", "E11.9").key == "diabetes"
    assert orders.set_of("generic", "").key == "generic"
    assert orders.set_of("unknown", "Z99").key == "generic"
    for one in orders.ORDER_SETS:
        assert one.source
        assert "120" in one.alarm
        for item in one.items:
            assert item.kind in set(orders.OrderKind)
            assert not any(word in item.text for word in ("片", "胶囊", "注射", "mg", "毫克"))
