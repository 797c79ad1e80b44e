"""Who may sign for whom."""

import pytest

from care.consent.models import SignatureMethod, Signer
from care.consent.rules import who_may_sign, why_guardian, why_not, why_unsigned

SELF, GUARDIAN, RELATIVE = Signer.SELF, Signer.GUARDIAN, Signer.NEAR_RELATIVE


@pytest.mark.parametrize(
    ("age", "self_supporting", "allowed"),
    [
        (0, False, (GUARDIAN,)),
        (13, True, (GUARDIAN,)),
        (14, False, (GUARDIAN,)),
        (15, True, (GUARDIAN,)),
        (16, False, (GUARDIAN,)),
        (16, True, (SELF, GUARDIAN)),
        (17, False, (GUARDIAN,)),
        (18, False, (SELF, RELATIVE, GUARDIAN)),
        (90, False, (SELF, RELATIVE, GUARDIAN)),
    ],
)
def test_who_may_sign_at_which_age(age, self_supporting, allowed):
    assert who_may_sign(age, self_supporting=self_supporting) == allowed


def test_the_family_is_told_why():
    assert "14" in why_guardian(13)
    assert "18" in why_guardian(14)
    assert why_guardian(18) == ""


BASE = {
    "age_years": 60,
    "patient_name": "王秀兰",
    "signer": SELF,
    "signer_name": "王秀兰",
    "relation": "",
    "unable_reason": "",
    "self_supporting": False,
}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({}, set()),
        ({"signer_name": "王 秀兰"}, set()),
        ({"signer_name": "李建国"}, {"signer_name"}),
        ({"age_years": 17}, {"signer"}),
        ({"age_years": 17, "self_supporting": True}, set()),
        ({"age_years": 10, "signer": RELATIVE}, {"signer"}),
        ({"age_years": 10, "signer": GUARDIAN, "signer_name": "李梅"}, {"relation"}),
        ({"age_years": 10, "signer": GUARDIAN, "signer_name": "李梅", "relation": "母亲"}, set()),
        ({"age_years": 10, "signer": GUARDIAN, "relation": "母亲"}, {"signer_name"}),
        (
            {"signer": RELATIVE, "signer_name": "李建国", "relation": "邻居"},
            {"relation", "unable_reason"},
        ),
        (
            {
                "signer": RELATIVE,
                "signer_name": "李建国",
                "relation": "子女",
                "unable_reason": "昏迷",
            },
            set(),
        ),
    ],
)
def test_whose_signature_counts(changes, fields):
    assert set(why_not(**(BASE | changes))) == fields


@pytest.mark.parametrize("method", SignatureMethod)
def test_nothing_counts_before_it_is_signed(method):
    assert why_unsigned(method, picture=False, typed_name="", signer_name="王秀兰")
    assert not why_unsigned(method, picture=True, typed_name="王秀兰", signer_name="王秀兰")
