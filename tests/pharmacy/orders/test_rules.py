"""When a prescription may be ordered, until when it is paid, and how a drug is taken."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from core.clock import SHANGHAI, set_clock
from pharmacy.formulary.models import Medication
from pharmacy.orders import rules, words
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import Status as Rx

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=SHANGHAI)
LATER = NOW + timedelta(days=1)


@pytest.mark.parametrize("status", [one for one in Rx if one is not Rx.ACTIVE])
def test_only_what_passed_the_review_is_ordered(status):
    """医疗机构处方审核规范: nothing is priced, charged or dispensed before it passes."""
    assert rules.why_not_order(status, LATER, NOW) is not None


def test_its_days_are_the_last_word():
    """处方管理办法 art. 18."""
    assert rules.why_not_order(Rx.ACTIVE, LATER, NOW) is None
    assert rules.why_not_order(Rx.ACTIVE, NOW, NOW).code == "prescription_expired"
    soon = NOW + timedelta(minutes=10)
    assert rules.pay_by(NOW, timedelta(minutes=30), soon) == soon
    assert rules.pay_by(NOW, timedelta(minutes=30), LATER) == NOW + timedelta(minutes=30)


def test_the_price_is_split():
    price = rules.Price(drugs_fen=2450, delivery_fen=500, decoction_fen=300)
    assert price.total_fen == 3250


DRUG = Medication(
    unit="片",
    pack_size=28,
    pack_unit="盒",
    strength_value=Decimal(5),
    strength_unit="mg",
)


def line(**more):
    """5 mg every morning."""
    values = {
        "dose": Decimal(5),
        "dose_unit": "mg",
        "unit": "片",
        "route": "口服",
        "frequency": "qm",
        "days": 28,
        "quantity": 28,
    }
    return PrescribedLine(**(values | more))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "每天早上 1 次;每次 1 片(5mg);口服;用 28 天"),
        ({"dose": Decimal("2.5")}, "每天早上 1 次;每次半片(2.5mg);口服;用 28 天"),
        ({"dose": Decimal("10.0000")}, "每天早上 1 次;每次 2 片(10mg);口服;用 28 天"),
        (
            {"dose_unit": "片", "dose": Decimal("0.25")},
            "每天早上 1 次;每次四分之一片;口服;用 28 天",
        ),
        ({"dose_unit": "ml", "dose": Decimal(10)}, "每天早上 1 次;每次 10 ml;口服;用 28 天"),
        ({"dose_unit": "适量", "route": "外用"}, "每天早上 1 次;每次适量;外用;用 28 天"),
        ({"frequency": "bid"}, "每天 2 次,早晚各 1 次;每次 1 片(5mg);口服;用 28 天"),
        (
            {"frequency": "", "dose": Decimal(9), "dose_unit": "g", "note": "先煎"},
            "每剂 9 g(先煎)",
        ),
    ],
)
def test_how_it_is_taken_in_plain_words(more, said):
    assert words.dosage(line(**more), DRUG) == said


def test_every_frequency_a_doctor_may_choose_has_plain_words():
    from pharmacy.prescribing.words import FREQUENCIES

    assert set(words.HOW_OFTEN) == set(FREQUENCIES)


def test_herbs_are_taken_together():
    row = MedicationRequest(
        category=Category.TCM, doses=7, content={"way": "每日 1 剂,分 2 次,口服"}
    )
    assert words.together(row) == "共 7 剂;每日 1 剂,分 2 次,口服"
    assert words.together(MedicationRequest(category=Category.WESTERN)) == ""


def test_packs_and_single_units():
    assert words.how_much(line(), DRUG) == "1 盒(共 28 片)"
    assert words.how_much(line(quantity=10), DRUG) == "10 片"


def test_a_day_ends_at_24():
    with set_clock(lambda: NOW):
        midnight = NOW.replace(hour=0) + timedelta(days=1)
        assert words.until_words(midnight) == "今天 24:00"
        assert words.until_words(midnight + timedelta(days=1)) == "明天 24:00"
        assert words.until_words(NOW.replace(hour=18)) == "今天 18:00"
