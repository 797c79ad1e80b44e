"""The law of online visits; each test names its article."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.encounter import estimate, reasons, rules
from care.encounter.models import Verdict
from care.encounter.reasons import NotHappened, Termination
from care.encounter.rules import Proof
from care.encounter.states import Status
from people.models import Licence

TODAY = date(2026, 11, 2)
HYPERTENSION = ("I10", "I11")


@pytest.mark.parametrize(
    ("proof", "good"),
    [
        (Proof(TODAY - timedelta(days=180), "I10.x00", of_the_county=True), True),
        (Proof(TODAY - timedelta(days=181), "I10.x00", of_the_county=True), False),
        (Proof(TODAY + timedelta(days=1), "I10.x00", of_the_county=True), False),
        (Proof(TODAY, "E11.900", of_the_county=True), False),
        (Proof(TODAY, "", has_file=True), True),
        (Proof(TODAY, ""), False),
    ],
    ids=["last-day", "too-old", "to-come", "other-disease", "uploaded", "only-said"],
)
def test_zhenliao_banfa_16_no_first_visit_and_the_same_diagnosis_only(proof, good):
    refused = rules.why_no_follow_up([proof], HYPERTENSION, TODAY, 180)
    assert (refused is None) is good
    if refused:
        assert "第十六条" in refused.source


@given(st.lists(st.integers(min_value=181, max_value=5000)))
def test_zhenliao_banfa_16_no_number_of_old_papers_makes_a_fresh_one(ages):
    proofs = [Proof(TODAY - timedelta(days=age), "I10", of_the_county=True) for age in ages]
    assert rules.why_no_follow_up(proofs, HYPERTENSION, TODAY, 180)


@pytest.mark.parametrize(
    ("licence", "since", "code"),
    [
        (Licence.PHYSICIAN, date(2023, 11, 2), None),
        (Licence.PHYSICIAN, date(2023, 11, 3), "too_short"),
        (Licence.PHYSICIAN, None, "too_short"),
        (Licence.ASSISTANT_PHYSICIAN, date(2010, 1, 1), "no_licence"),
        (Licence.VILLAGE_DOCTOR, date(1998, 1, 1), "village_doctor"),
        (Licence.NURSE, date(2000, 1, 1), "no_licence"),
    ],
)
def test_zhenliao_banfa_25_three_years_and_no_village_doctor_alone(licence, since, code):
    refused = rules.doctor_may(licence, since, TODAY)
    assert (refused.code if refused else None) == code


def test_zhenliao_banfa_19_a_child_under_six_comes_with_a_guardian():
    six, younger = date(2020, 11, 2), date(2020, 11, 3)
    assert not rules.needs_guardian(six, TODAY)
    assert rules.needs_guardian(younger, TODAY)
    assert rules.why_no_guardian(six, TODAY, by="self", present=False) is None
    assert rules.why_no_guardian(younger, TODAY, by="child", present=True) is None
    assert (
        rules.why_no_guardian(younger, TODAY, by="child", present=False).code == "guardian_absent"
    )
    assert rules.why_no_guardian(younger, TODAY, by="spouse", present=True).code == "guardian_only"


def prescribing(status=Status.IN_PROGRESS, verdict=Verdict.ELIGIBLE, **more):
    """Why nothing may be prescribed, as a code."""
    given = {"child": False, "guardian_confirmed": False, "specialty": "cardiology"} | more
    refused = rules.why_not_prescribe(status, verdict, **given)
    return refused.code if refused else None


def test_jianguan_xize_nothing_is_prescribed_before_the_verdict_or_outside_the_visit():
    assert prescribing() is None
    assert prescribing(verdict=None) == "no_verdict"
    assert prescribing(verdict=Verdict.CHANGED) == "not_eligible"
    for status in set(Status) - {Status.IN_PROGRESS, Status.TERMINATED}:
        assert prescribing(status) == "not_in_progress", status


def test_zhenliao_banfa_16_a_terminated_visit_carries_no_prescription():
    assert prescribing(Status.TERMINATED) == "terminated"


def test_zhenliao_banfa_19_under_six_guardian_and_specialty_are_there_before_prescribing():
    assert prescribing(child=True) == "guardian_absent"
    assert prescribing(child=True, guardian_confirmed=True) == "no_specialist"
    assert prescribing(child=True, guardian_confirmed=True, specialty="pediatrics") is None
    assert prescribing(child=True, guardian_confirmed=True, accompanied_by="李医生") is None


def test_jianguan_xize_every_visit_is_judged_before_it_is_finished():
    assert rules.why_not_finish(None).code == "no_verdict"
    assert rules.why_not_finish(Verdict.FIRST_VISIT).code == "not_eligible"
    assert rules.why_not_finish(Verdict.ELIGIBLE) is None


def test_jianguan_xize_the_process_is_kept_three_years():
    leap = datetime(2028, 2, 29, 10, tzinfo=UTC)
    assert rules.keep_process_until(leap) == datetime(2031, 3, 1, 10, tzinfo=UTC)


def test_every_reason_has_words_for_both_sides_and_a_rule_for_the_money():
    assert set(reasons.TERMINATIONS) == set(Termination)
    assert len(reasons.NOT_HAPPENED) == len(set(NotHappened)) == 6
    for one in (*reasons.TERMINATIONS.values(), *reasons.NOT_HAPPENED.values()):
        assert one.words
        assert one.guidance.endswith("。")
    assert all(one.refund is not None for one in reasons.NOT_HAPPENED.values())
    assert not reasons.refunds(NotHappened.NO_SHOW, terminated=True)
    assert reasons.refunds(NotHappened.NOT_REACHED, terminated=False)
    assert reasons.refunds(Termination.FIRST_VISIT, terminated=True)
    assert not reasons.refunds(Termination.FIRST_VISIT, terminated=False)
    assert "120" in reasons.TERMINATIONS[Termination.EMERGENCY_SIGNS].guidance


def test_an_estimate_is_a_range_and_nothing_is_said_when_nothing_is_known():
    ten = [timedelta(minutes=m) for m in (6, 8, 9, 10, 12, 15)]
    assert estimate.estimate(3, ten[:2]) is None
    found = estimate.estimate(3, ten)
    assert (found.shortest, found.longest) == (20, 50)
    assert "20 到 50 分钟" in estimate.in_words(3, found)
    assert "说不准" in estimate.in_words(3, None)
    assert "下一个" in estimate.in_words(0, found)


@given(
    st.integers(min_value=0, max_value=60),
    st.lists(st.integers(min_value=0, max_value=7200), min_size=3, max_size=10),
)
def test_an_estimate_never_promises_less_than_nothing(ahead, seconds):
    found = estimate.estimate(ahead, [timedelta(seconds=one) for one in seconds])
    assert 0 <= found.shortest < found.longest
    assert found.shortest % 5 == found.longest % 5 == 0
