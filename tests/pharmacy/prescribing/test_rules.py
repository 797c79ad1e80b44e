"""The law of prescriptions; each test names its article."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import SHANGHAI
from people.models import Licence, Tier
from pharmacy.formulary.models import Antimicrobial, Controlled, Kind
from pharmacy.prescribing import rules
from pharmacy.prescribing.models import Category
from pharmacy.prescribing.policy import Params
from pharmacy.prescribing.rules import Course, Doctor, Item

LIMITS = Params()
CHIEF = Doctor(Licence.PHYSICIAN, "副主任医师", Tier.COUNTY)
KNOWN = ("I10 原发性高血压",)


def item(place=0, **more):
    """A week of a harmless drug."""
    return Item(**{"place": place, "name": "某药", "kind": Kind.WESTERN, "days": 7} | more)


def course(**more):
    """A week for hypertension."""
    return Course(**{"category": Category.WESTERN, "diagnoses": KNOWN, "valid_days": 1} | more)


def against(*items, doctor=CHIEF, limits=LIMITS, known=KNOWN, **more):
    """The fields and sources of what stands in the way."""
    found = rules.objections(doctor, course(**more), items or [item()], known, limits)
    assert all(one.source for one in found)
    return [(one.field, one.source) for one in found]


def fields(*items, **more):
    """Only the fields."""
    return [field for field, _ in against(*items, **more)]


def test_a_week_of_one_drug_by_a_physician_stands():
    assert against() == []


def test_chufang_banfa_8_and_9_who_may_prescribe():
    def may(licence, tier):
        return fields(doctor=Doctor(licence, "医师", tier)) == []

    assert may(Licence.PHYSICIAN, Tier.COUNTY)
    assert may(Licence.ASSISTANT_PHYSICIAN, Tier.TOWNSHIP)
    assert not may(Licence.ASSISTANT_PHYSICIAN, Tier.COUNTY)
    for licence in (Licence.VILLAGE_DOCTOR, Licence.PHARMACIST, Licence.NURSE, Licence.NONE):
        assert not may(licence, Tier.VILLAGE)


def test_chufang_banfa_6_five_drugs_and_pieces_are_exempt():
    five = [item(n) for n in range(5)]
    assert fields(*five) == []
    assert fields(*five, item(5)) == ["lines"]
    pieces = [item(n, kind=Kind.PIECE) for n in range(16)]
    assert fields(*pieces, category=Category.TCM) == []
    assert [one.field for one in rules.how_many(Category.WESTERN, [])] == ["lines"]


def test_chufang_banfa_6_pieces_stand_apart_and_patent_medicine_does_not():
    assert fields(item(), item(1, kind=Kind.PATENT)) == []
    assert fields(item(), item(1, kind=Kind.PIECE)) == ["line-1"]
    assert fields(item(kind=Kind.PATENT), category=Category.TCM) == ["line-0"]
    mixed = [item(kind=Kind.PIECE), item(1, kind=Kind.GRANULE)]
    assert fields(*mixed, category=Category.TCM) == ["lines"]


@pytest.mark.parametrize("kind", [one for one in Controlled if one is not Controlled.NONE])
def test_zhenliao_banfa_19_nothing_specially_managed_online(kind):
    assert against(item(controlled=kind))[0] == ("line-0", "互联网诊疗管理办法(试行) 第十九条")


def test_kangjun_banfa_24_levels_by_title():
    def may(title, level):
        return (
            fields(item(antimicrobial=level), doctor=Doctor(Licence.PHYSICIAN, title, Tier.COUNTY))
            == []
        )

    assert may("医师", Antimicrobial.UNRESTRICTED)
    assert not may("医师", Antimicrobial.RESTRICTED)
    assert may("主治医师", Antimicrobial.RESTRICTED)
    assert may("副主任医师", Antimicrobial.RESTRICTED)


def test_kangjun_banfa_27_no_special_level_in_an_outpatient_clinic():
    found = against(item(antimicrobial=Antimicrobial.SPECIAL))
    assert found == [("line-0", "抗菌药物临床应用管理办法 第二十七条")]


def test_zhenliao_banfa_16_only_the_disease_that_is_followed_up():
    assert fields(diagnoses=("E11.9 2型糖尿病",)) == ["diagnosis"]
    assert fields(diagnoses=()) == ["diagnosis"]


def test_chufang_banfa_19_seven_days_three_in_an_emergency_longer_with_a_reason():
    assert fields(item(days=7)) == []
    assert fields(item(days=8)) == ["reason"]
    assert fields(item(days=8), reason="慢性病,住得远") == []
    assert fields(item(days=28), reason="慢性病,住得远") == []
    assert fields(item(days=29), reason="慢性病,住得远") == ["line-0-days"]
    assert fields(item(days=3), urgent=True) == []
    assert fields(item(days=4), urgent=True, reason="慢性病,住得远") == ["line-0-days"]
    pieces = item(kind=Kind.PIECE, days=8)
    assert fields(pieces, category=Category.TCM) == ["reason"]
    assert fields(item(days=10), limits=Params(general_days=10)) == [], "a setting"


def test_chufang_banfa_18_valid_the_day_of_issue_and_at_most_three():
    assert fields(valid_days=0) == fields(valid_days=4) == ["valid_days"]
    assert fields(valid_days=3) == []
    late = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)  # a minute before midnight in the county
    assert rules.valid_until(late, 1) - late == timedelta(minutes=1)
    after = rules.valid_until(late + timedelta(minutes=1), 1)
    assert after == datetime(2026, 11, 24, tzinfo=SHANGHAI)
    assert rules.valid_until(late, 3) == datetime(2026, 11, 25, tzinfo=SHANGHAI)


LONG = {"long_term": True, "stable": True}


def test_changchufang_stable_and_up_to_four_weeks():
    assert fields(item(days=28), **LONG) == []
    assert fields(item(days=28), long_term=True) == ["stable"]
    assert fields(item(days=3), urgent=True, **LONG) == ["urgent"]


def test_changchufang_the_first_by_an_intermediate_title():
    young = Doctor(Licence.PHYSICIAN, "医师", Tier.TOWNSHIP)
    assert fields(item(days=28), doctor=young, first_long=True, **LONG) == ["long_term"]
    assert fields(item(days=28), doctor=young, **LONG) == []
    older = Doctor(Licence.PHYSICIAN, "主治医师", Tier.TOWNSHIP)
    assert fields(item(days=28), doctor=older, first_long=True, **LONG) == []


def test_changchufang_beyond_four_weeks_assessed_and_confirmed_and_twelve_at_most():
    assert fields(item(days=29), **LONG) == ["assessment", "confirmed"]
    assert fields(item(days=29), **LONG, assessment="血压平稳", confirmed="1") == ["confirmed"]
    whole = LONG | {"assessment": "血压控制平稳半年,无不良反应", "confirmed": "phone"}
    assert fields(item(days=84), **whole) == []
    assert fields(item(days=84), **whole | {"confirmed": "said"}) == []
    assert fields(item(days=85), **whole) == ["long_term"]


def test_chufang_banfa_fujian_1_who_pays_stands_on_it():
    assert [fields(item(), fee=one) for one in ("自费", "医保", "公费", "其他")] == [[]] * 4
    assert fields(item(), fee="商业保险") == ["fee"]


def test_changchufang_not_for_antimicrobials_cold_or_controlled():
    plain = Antimicrobial.UNRESTRICTED
    assert fields(item(days=28, antimicrobial=plain), **LONG) == ["line-0"]
    assert fields(item(days=28, cold_chain=True), **LONG) == ["line-0"]
    found = fields(item(days=28, controlled=Controlled.PRECURSOR), **LONG)
    assert set(found) == {"line-0"}
    tuberculosis = ("A15.0 肺结核",)
    one = item(days=28, antimicrobial=plain)
    assert fields(one, diagnoses=tuberculosis, known=tuberculosis, **LONG) == []


def test_chufang_banfa_6_beyond_the_label_a_reason_and_a_second_signature():
    def said(reason, twice):
        return [one.field for one in rules.over_label(reason, signed_twice=twice, field="x")]

    assert said("", False) == []
    assert said("专家共识推荐", True) == []
    assert said("专家共识推荐", False) == ["signed_twice"]
    assert said("因", True) == ["x"]


@pytest.mark.parametrize(
    ("title", "grade"),
    [
        ("主任医师", rules.SENIOR),
        ("副主任医师", rules.SENIOR),
        ("主治医师", rules.INTERMEDIATE),
        ("主治中医师", rules.INTERMEDIATE),
        ("医师", rules.JUNIOR),
        ("乡村医生", rules.JUNIOR),
        ("", rules.JUNIOR),
    ],
)
def test_the_grades_of_titles(title, grade):
    assert rules.rank(title) == grade
