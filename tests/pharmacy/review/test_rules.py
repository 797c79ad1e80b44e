"""Who may review, what is checked, how old is old; each by its article."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SHANGHAI
from people.models import Licence
from pharmacy.prescribing.models import Category
from pharmacy.review import rules
from pharmacy.review.checklist import (
    FAMILIES,
    PIECES,
    WESTERN,
    filled,
    lacking,
    of_screening,
    points_of,
)
from pharmacy.review.policy import Params

RULES = Path(__file__).parents[3] / "pharmacy/screening/rules"
TODAY = date(2026, 11, 2)
GOOD = rules.Reviewer(Licence.PHARMACIST, "药师", date(2016, 7, 1), trained=True)


def code_of(reviewer, params=None):
    refusal = rules.reviewer_may(reviewer, TODAY, params or Params())
    return refusal.code if refusal else ""


def test_shenhe_guifan_reviewer_has_title_years_and_training():
    """审核规范: 药师 or above, three years of dispensing work, trained and examined."""
    assert code_of(GOOD) == ""
    assert code_of(replace(GOOD, since=date(2023, 11, 3))) == "too_new"
    assert code_of(replace(GOOD, since=date(2023, 11, 2))) == ""
    assert code_of(replace(GOOD, since=None)) == "too_new"
    assert code_of(replace(GOOD, trained=False)) == "not_trained"
    assert code_of(replace(GOOD, trained=False), Params(training=False)) == ""


def test_chufang_banfa_29_and_31_licence_and_title():
    """处方办法 art. 29 and 31: a pharmacist, and 药师 or above."""
    assert code_of(replace(GOOD, licence=Licence.PHYSICIAN)) == "not_a_pharmacist"
    assert code_of(replace(GOOD, title="药士")) == "title_too_low"
    assert code_of(replace(GOOD, title="")) == "title_too_low"
    for title in ("药师", "中药师", "主管药师", "主管中药师", "副主任药师", "主任药师"):
        assert code_of(replace(GOOD, title=title)) == "", title


def test_shenhe_guifan_nobody_reviews_their_own_prescription():
    one, other = uuid4(), uuid4()
    assert rules.may_review(one, one)
    assert rules.may_review(one, other) is None


def test_dianping_guifan_another_pharmacist_appraises():
    """点评规范: neither who wrote it nor who let it pass."""
    one, author, reviewer = uuid4(), uuid4(), uuid4()
    assert rules.may_appraise(one, author, reviewer) is None
    assert rules.may_appraise(author, author, reviewer)
    assert rules.may_appraise(reviewer, author, reviewer)


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 0), (40, 40), (100, 100), (5_000, 100), (100_000, 100), (100_001, 101), (250_000, 250)],
)
def test_dianping_guifan_one_permille_and_at_least_a_hundred(population, size):
    """点评规范 2010: not under one permille, not under a hundred a month."""
    assert rules.sample_size(population, Params()) == size


def test_chufang_banfa_35_nine_points_of_fitness_and_five_for_pieces():
    """处方办法 art. 35 and 审核规范: what is checked."""
    assert len(WESTERN) == 9
    assert len(PIECES) == 5
    assert [point.part.value for point in points_of(Category.TCM)].count("fit") == 5


def test_shenhe_guifan_what_software_cannot_judge_goes_to_the_pharmacist():
    """审核规范: flagged or not judged by software means judged by a person."""
    lines = filled(Category.WESTERN, of_screening(Category.WESTERN, {}))
    assert all(line.open for line in lines)
    assert len(lacking(lines)) == len(lines)
    ran = of_screening(Category.WESTERN, {"version": "1", "findings": []})
    lines = filled(Category.WESTERN, ran)
    assert {"fit-skin-test", "fit-solvent", "fit-other"} <= {
        line.point.code for line in lines if line.open
    }
    assert not any(line.person for line in lines), "nothing in the pharmacist's name"


@given(
    st.sampled_from([*sorted(FAMILIES), "something-new"]),
    st.sampled_from(["blocking", "severe", "warning", "unjudged"]),
    st.sampled_from(list(Category)),
)
def test_no_finding_is_lost_on_the_way_to_the_list(family, severity, category):
    finding = {"severity": severity, "rule_id": f"{family}/x", "sentence": "有问题"}
    lines = filled(category, of_screening(category, {"version": "1", "findings": [finding]}))
    held = [line for line in lines if "有问题" in line.sentences]
    assert held
    assert all(line.open for line in held)


def test_every_family_of_the_screening_rules_has_its_point():
    """A new file of rules has to say where the pharmacist reads its findings."""
    sheets = {sheet.stem for sheet in RULES.glob("*.csv")} - {"classes", "signs"}
    assert sheets <= set(FAMILIES)


def test_shenhe_guifan_of_an_unknown_drug_software_judges_nothing():
    """审核规范: what software cannot judge is judged by the pharmacist, point by point."""
    unknown = {"severity": "unjudged", "rule_id": "substances/unknown", "sentence": "不认识"}
    said = of_screening(Category.WESTERN, {"version": "1", "findings": [unknown]})
    lines = filled(Category.WESTERN, said)
    assert all(line.open for line in lines if line.point.part.value == "fit")


def test_a_fault_is_never_approved():
    codes = [point.code for point in points_of(Category.WESTERN)]
    lines = filled(Category.WESTERN, {}, fit=codes)
    assert lacking(lines) == []
    lines = filled(Category.WESTERN, {}, fit=codes, faults=["fit-dose"])
    assert [line.point.code for line in lacking(lines)] == ["fit-dose"]


def test_yiyuan_banfa_fulu_somebody_reviews_during_business_hours():
    """医院办法 附录: on duty during business hours; outside them, from when."""
    params = Params()

    def at(hour, minute=0):
        return datetime(2026, 11, 2, hour, minute, tzinfo=SHANGHAI)

    assert rules.next_duty(at(9), params) is None
    assert rules.next_duty(at(7, 59), params) == at(8)
    assert rules.next_duty(at(18), params) == at(8) + timedelta(days=1)


def test_the_colours_of_waiting():
    params = Params()
    ages = [rules.age_of(timedelta(minutes=one), params) for one in (0, 9, 10, 29, 30)]
    assert [age.value for age in ages] == ["fresh", "fresh", "soon", "soon", "late"]
