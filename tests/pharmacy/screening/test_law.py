"""What the law forbids online, by article. How much and for how long: tests of prescribing."""

from dataclasses import replace

import pytest

from pharmacy.screening import Case, Controlled, Drug, Ingredient, Line, Person, Severity, screen
from pharmacy.screening.reading import read
from tests.pharmacy.screening.cases import TODAY, drugs

PLAIN = Drug("某药", (Ingredient("amlodipine"),))


def case(drug: Drug, *, online: bool = True) -> Case:
    return Case(TODAY, Person(), (Line(drug),), online=online)


@pytest.mark.parametrize("controlled", [each for each in Controlled if each != Controlled.NONE])
def test_diagnosis_measures_article_19_specially_managed_drugs(controlled: Controlled) -> None:
    """互联网诊疗管理办法 art. 19 and 互联网医院管理办法 art. 20."""
    blocked = screen(case(replace(PLAIN, controlled=controlled))).by(Severity.BLOCKING)
    assert [each.rule_id for each in blocked] == [f"controlled/{controlled}"]
    assert "第十九条" in blocked[0].source


@pytest.mark.parametrize(
    "code", ["morphine", "diazepam", "estazolam", "tramadol", "ephedrine", "t-shengchuanwu"]
)
def test_diagnosis_measures_article_19_despite_a_forgotten_tick(code: str) -> None:
    """The substance itself is enough, whatever the formulary says of the product."""
    assert screen(case(replace(PLAIN, ingredients=(Ingredient(code),)))).blocked


def test_antimicrobial_measures_article_27_special_level_not_for_outpatients() -> None:
    """抗菌药物临床应用管理办法 art. 27."""
    blocked = screen(case(replace(PLAIN, antimicrobial="special"))).by(Severity.BLOCKING)
    assert "第二十七条" in blocked[0].source
    assert not screen(case(replace(PLAIN, antimicrobial="restricted"))).blocked


def test_the_law_on_online_visits_binds_only_those() -> None:
    assert not screen(case(replace(PLAIN, controlled=Controlled.NARCOTIC), online=False)).blocked


def test_no_other_rule_blocks() -> None:
    """A clinical judgement can be overridden with a reason; only the law cannot."""
    blocking = {
        each.row.FILE
        for each in read().rows
        if getattr(each.row, "severity", None) is Severity.BLOCKING
    }
    assert blocking == {"controlled"}


def test_every_controlled_drug_of_the_demo_is_blocked() -> None:
    controlled = [drug for drug in drugs().values() if drug.controlled is not Controlled.NONE]
    assert len(controlled) >= 8
    assert all(screen(case(drug)).blocked for drug in controlled)


def test_review_rules_what_cannot_be_judged_is_said() -> None:
    """审核规范 §2.4: unknown to the rules is not the same as harmless."""
    unknown = replace(PLAIN, ingredients=(Ingredient("nosuch"),))
    said = {each.rule_id for each in screen(case(unknown)).by(Severity.UNJUDGED)}
    assert {"substances/unknown", "allergies/not-asked"} <= said
    assert screen(case(replace(PLAIN, ingredients=()))).by(Severity.UNJUDGED)
