"""The law of the note; each test names its article."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.encounter import rules as visits
from care.encounter.states import Status
from care.note import rules
from care.note.filling import filled
from care.note.icd10 import expanded
from care.note.schemas import FIELDS, LISTS, NoteIn, typed
from tests.care.encounter.conftest import note

PROVEN = [("I10.x00", "原发性高血压")]


def entry(**more):
    """A whole note."""
    words = note(**more)
    words["diagnosis"] = more.get("diagnosis", [words["diagnosis"]])
    return NoteIn.model_validate(words)


def lacking(**more):
    """The fields a signature still needs."""
    return {error.field for error in rules.missing(entry(**more))}


def test_shuxie_guifan_13_a_follow_up_note_is_whole_before_it_is_signed():
    assert lacking() == set()
    for name in ("complaint", "history", "findings", "plan", "advice", "alarm"):
        assert lacking(**{name: ""}) == {name}
    assert lacking(diagnosis=[]) == {"diagnosis"}


@pytest.mark.parametrize(
    "lines",
    [["gx"], ["I10 hypertension"], ["I1 高血压"], ["I10 高血压", "I10 高血压"], ["啊" * 100]],
    ids=["unknown-initials", "no-chinese-name", "no-code", "twice", "too-long"],
)
def test_a_diagnosis_is_a_name_with_a_sound_code_or_none(lines):
    assert lacking(diagnosis=lines) == {"diagnosis"}


@pytest.mark.parametrize("typed", ["gxy", "I10", "高血压", "i10 高血压"])
def test_what_is_signed_was_shown_before_as_it_is_signed(typed):
    assert lacking(diagnosis=[typed]) == {"diagnosis"}
    assert lacking(diagnosis=expanded([typed])) == set()


def test_blanks_of_a_template_are_filled_before_it_is_signed():
    assert lacking(findings="家测血压:") == {"findings"}
    assert lacking(findings="空腹血糖:\n餐后血糖:9.1") == set()
    assert lacking(findings="空腹血糖:\n餐后血糖:") == {"findings"}
    assert lacking(history="居民自述:\n血压 138/86") == set()


def test_several_diagnoses_keep_their_order_and_codes():
    found = rules.diagnoses(entry(diagnosis=["I10", "E11.9 2型糖尿病", "口腔溃疡"]))
    assert [(one["icd10"], one["name"]) for one in found] == [
        ("I10", "原发性高血压"),
        ("E11.9", "2型糖尿病"),
        ("", "口腔溃疡"),
    ]


def refusal(code, name, *, why="", status=Status.IN_PROGRESS, proven=PROVEN):
    """Why this main diagnosis cannot be signed, as a code."""
    found = visits.why_no_note(status, [{"icd10": code, "name": name}], proven, why)
    if found:
        assert "第十六条" in found.source
    return found.code if found else None


def test_zhenliao_banfa_16_the_note_is_about_the_diagnosis_that_was_proven():
    assert refusal("I10", "高血压") is None, "the same disease in another edition's code"
    assert refusal("", "原发性高血压") is None, "the same name"
    assert refusal("E11.9", "2型糖尿病") == "another_diagnosis"
    assert refusal("I11.9", "高血压性心脏病") == "another_diagnosis"
    assert refusal("I11.9", "高血压性心脏病", why="同为高血压病,已有心脏受累") is None
    assert refusal("I11.9", "高血压性心脏病", why="同") == "another_diagnosis"
    assert refusal("I10", "高血压", proven=[("", "血压高")]) == "another_diagnosis"
    assert refusal("I10", "高血压", proven=[]) == "another_diagnosis"


def test_zhenliao_banfa_16_a_terminated_visit_may_find_another_disease():
    assert refusal("E11.9", "2型糖尿病", status=Status.TERMINATED) is None


def test_jianguan_xize_no_visit_is_finished_without_a_signed_note():
    assert visits.why_not_end(noted=True) is None
    assert visits.why_not_end(noted=False).code == "no_note"


def test_jianguan_xize_the_note_is_kept_fifteen_years():
    leap = datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert rules.keep_until(leap) == datetime(2043, 3, 1, 10, tzinfo=UTC)


WORDS = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.text("甲乙丙", min_size=1), max_size=3)
        if name in LISTS
        else st.text("甲乙丙", min_size=1)
        for name in FIELDS
    },
)


@given(WORDS, WORDS)
def test_filling_in_loses_no_word_and_twice_is_once(written, more):
    once = filled(written, more)
    for name, value in written.items():
        if name in LISTS:
            assert value == once[name][: len(value)]
        else:
            assert once[name].startswith(value)
    assert filled(once, more) == once


def test_only_the_notes_own_words_are_kept_of_what_is_posted():
    posted = {"complaint": "头晕", "password": "geheim", "orders": ["化验:血"], "plan": ["x"]}
    assert typed(posted) == {"complaint": "头晕", "orders": ["化验:血"]}
