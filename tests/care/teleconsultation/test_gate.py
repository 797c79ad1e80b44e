"""The quality gate: what each specialty needs, and what an emergency may skip."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from care.record.models import AttachmentKind, VitalSign
from care.teleconsultation.gate import NEEDS, Application, Facts, blocks, missing
from care.teleconsultation.models import Urgency
from people.specialties import SPECIALTIES

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)

COMPLETE = Application(
    aim="明确诊断,指导用药",
    chief_complaint="胸闷 3 天",
    history="3 天前活动后出现胸闷,休息可缓解,未用药。",
    exam="心率 88 次/分,律齐,双下肢不肿。",
    working_diagnosis="冠心病待查",
    questions=("是否需要转县医院?",),
    specialties=("cardiology",),
)
READY = Facts(
    allergies_asked=True,
    medicines_asked=True,
    vitals=dict.fromkeys((v.value for v in VitalSign), NOW),
    attachments=dict.fromkeys((k.value for k in AttachmentKind), NOW),
)


def codes(application: Application, facts: Facts) -> set[str]:
    return {gap.code for gap in missing(application, facts, NOW)}


@pytest.mark.parametrize("specialty", SPECIALTIES)
def test_a_complete_request_passes_in_every_specialty(specialty):
    assert missing(replace(COMPLETE, specialties=(specialty,)), READY, NOW) == []


@pytest.mark.parametrize("specialty", SPECIALTIES)
def test_every_specialty_names_each_of_its_needs_from_an_empty_record(specialty):
    found = codes(replace(COMPLETE, specialties=(specialty,)), Facts())
    assert found == {"allergies"} | {need.code for need in NEEDS[specialty]}
    assert NEEDS[specialty], "every specialty needs something"


def test_needs_name_what_the_record_can_hold():
    known = {v.value for v in VitalSign} | {k.value for k in AttachmentKind} | {"medicines"}
    assert {need.code for needs in NEEDS.values() for need in needs} <= known
    assert all(need.sentence and need.reason for needs in NEEDS.values() for need in needs)


@pytest.mark.parametrize(
    ("specialty", "kind", "code", "days"),
    [(s, n.kind, n.code, n.days) for s, needs in NEEDS.items() for n in needs if n.days],
)
def test_what_is_too_old_counts_as_missing(specialty, kind, code, days):
    application = replace(COMPLETE, specialties=(specialty,))
    old = NOW - timedelta(days=days, minutes=1)
    just = NOW - timedelta(days=days)
    name = "vitals" if kind == "vital" else "attachments"
    stale = replace(READY, **{name: {**getattr(READY, name), code: old}})
    fresh = replace(READY, **{name: {**getattr(READY, name), code: just}})
    assert code in codes(application, stale)
    assert code not in codes(application, fresh)


@pytest.mark.parametrize(
    "field", ["aim", "chief_complaint", "history", "exam", "working_diagnosis"]
)
def test_an_empty_text_is_named(field):
    assert codes(replace(COMPLETE, **{field: " "}), READY) == {field}


def test_a_question_must_be_asked():
    assert codes(replace(COMPLETE, questions=("?",)), READY) == {"questions"}


def test_no_medicines_is_an_answer():
    endocrine = replace(COMPLETE, specialties=("endocrinology",))
    facts = replace(READY, medicines_asked=False)
    assert codes(endocrine, facts) == {"medicines"}
    assert codes(replace(endocrine, no_medicines=True), facts) == set()


def test_several_specialties_ask_for_the_same_thing_once():
    both = replace(COMPLETE, specialties=("cardiology", "emergency", "neurology"))
    found = [gap.code for gap in missing(both, Facts(), NOW)]
    assert len(found) == len(set(found))


def test_only_an_emergency_with_a_reason_goes_out_incomplete():
    gaps = missing(COMPLETE, Facts(), NOW)
    assert blocks(COMPLETE, gaps)
    assert blocks(replace(COMPLETE, urgency=Urgency.URGENT, sent_anyway_reason="没有设备"), gaps)
    emergency = replace(COMPLETE, urgency=Urgency.EMERGENCY)
    assert blocks(emergency, gaps), "without a reason"
    assert not blocks(replace(emergency, sent_anyway_reason="患者意识不清,来不及做"), gaps)


def test_even_an_emergency_says_whom_and_what():
    silent = Application(urgency=Urgency.EMERGENCY, sent_anyway_reason="来不及,先发出去")
    assert blocks(silent, missing(silent, Facts(), NOW))
