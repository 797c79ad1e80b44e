"""Who may act for whom, as tables, each line with its source."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import SHANGHAI
from core.errors import Conflict
from core.states import Table, after, allowed
from people.ages import years
from people.residents import rules
from people.residents.models import BOND, BondStatus, Proof, Relation, Scope

TODAY = date(2026, 11, 22)
GROWN = rules.Applicant(date(1990, 5, 1))
YEAR = timedelta(days=365)


def born(age: int, *, days: int = 0) -> date:
    """Somebody of this age today; `days` after the birthday."""
    return TODAY.replace(year=TODAY.year - age) - timedelta(days=days)


@pytest.mark.parametrize(
    ("relation", "born_on", "applicant", "why"),
    [
        (Relation.SELF, born(18), None, ""),  # 民法典第十七条、第十八条第一款
        (Relation.SELF, born(18, days=-1), None, "民法典第十八条"),
        (Relation.SELF, born(15), None, "民法典第三十四条"),
        (Relation.SELF, born(13), None, "个人信息保护法第三十一条"),
        (Relation.SELF, born(0), None, "个人信息保护法第三十一条"),
        (Relation.CHILD, born(5), GROWN, ""),  # 民法典第二十七条: parents are guardians
        (Relation.CHILD, born(5), None, "先添加您本人"),  # 互联网诊疗监管细则: real name first
        (Relation.CHILD, born(5), rules.Applicant(born(17)), "不满 18 岁不能"),
        (Relation.CHILD, date(1980, 1, 1), GROWN, "比您还早"),
        (Relation.WARD, born(5), GROWN, ""),
        (Relation.WARD, born(80), GROWN, ""),  # 民法典第二十八条: adults without capacity
        (Relation.PARENT, date(1960, 1, 1), GROWN, ""),
        (Relation.PARENT, date(1995, 1, 1), GROWN, "比您还晚"),
        (Relation.PARENT, born(10), rules.Applicant(born(30)), "比您还晚"),
        (Relation.SPOUSE, born(30), GROWN, ""),
        (Relation.SPOUSE, born(17), GROWN, "不满 18 岁"),
    ],
)
def test_who_may_be_added_as_what(relation, born_on, applicant, why):
    found = rules.why_not(relation, born_on, applicant, today=TODAY)
    assert (why in found) if why else found == ""


@pytest.mark.parametrize(("age", "may"), [(15, False), (16, True), (17, True), (18, True)])
def test_self_supporting_from_sixteen(age, may):
    """民法典第十八条第二款."""
    found = rules.why_not(Relation.SELF, born(age), None, today=TODAY, self_supporting=True)
    assert (found == "") is may


@pytest.mark.parametrize(
    ("relation", "age", "extra"),
    [
        (Relation.SELF, 40, set()),
        (Relation.CHILD, 13, {"guardian", "child"}),  # 个人信息保护法第三十一条
        (Relation.CHILD, 14, {"guardian"}),  # 民法典第三十四条
        (Relation.WARD, 17, {"guardian"}),
        (Relation.CHILD, 18, {"proxy"}),  # 民法典第一百六十五条
        (Relation.PARENT, 70, {"proxy"}),
        (Relation.SPOUSE, 30, {"proxy"}),
    ],
)
def test_what_has_to_be_agreed_to(relation, age, extra):
    """Always the contract, the notice, and health data on their own (PIPL 17, 29)."""
    needed = rules.needed_agreements(relation, born(age), TODAY)
    assert set(needed) == {"service", "privacy", "health_data"} | extra


@pytest.mark.parametrize(
    ("relation", "minor", "holder", "is_new", "on_record", "proof"),
    [
        (Relation.SELF, False, True, True, False, Proof.REAL_NAME),
        (Relation.SELF, False, True, False, False, Proof.REAL_NAME),
        (Relation.SELF, False, False, True, False, Proof.NONE),
        (Relation.SELF, False, False, False, True, Proof.NONE),
        (Relation.CHILD, True, False, True, False, Proof.GUARDIAN),
        (Relation.CHILD, True, True, False, True, Proof.GUARDIAN),
        (Relation.CHILD, True, True, False, False, Proof.NONE),
        (Relation.WARD, True, True, False, False, Proof.NONE),
        (Relation.PARENT, False, True, True, True, Proof.NONE),
        (Relation.SPOUSE, False, True, False, False, Proof.NONE),
    ],
)
def test_what_the_entry_itself_proves(relation, minor, holder, is_new, on_record, proof):
    """民法典第一百六十五条: another adult gives the proxy; 第三十四条: the guardian has it."""
    found = rules.proof_at_entry(
        relation, minor=minor, holder=holder, is_new=is_new, guardian_on_record=on_record
    )
    assert found is proof


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_the_eighteenth_birthday_ends_it_to_the_moment(birth):
    """民法典第十七条: from eighteen one is of age; a day earlier one is not."""
    moment = rules.comes_of_age_at(birth)
    day = moment.astimezone(SHANGHAI).date()
    assert moment.astimezone(SHANGHAI).hour == 0
    assert years(birth, day) == rules.ADULT_YEARS
    assert years(birth, day - timedelta(days=1)) == rules.ADULT_YEARS - 1


def test_nobody_acts_for_another_adult_longer_than_agreed():
    now = datetime(2026, 11, 22, 3, tzinfo=UTC)
    until = rules.bond_until(Relation.PARENT, born(70), None, now=now, longest=YEAR)
    assert until == now + YEAR
    until = rules.bond_until(Relation.PARENT, born(70), date(2026, 12, 31), now=now, longest=YEAR)
    assert until == datetime(2027, 1, 1, tzinfo=SHANGHAI)
    until = rules.bond_until(Relation.PARENT, born(70), date(2099, 1, 1), now=now, longest=YEAR)
    assert until == now + YEAR
    assert rules.bond_until(Relation.SELF, born(70), None, now=now, longest=YEAR) is None
    until = rules.bond_until(Relation.CHILD, born(17), None, now=now, longest=YEAR)
    assert until == rules.comes_of_age_at(born(17))


@given(st.lists(st.sampled_from(Scope)))
def test_scopes_are_what_was_asked_in_one_order(asked):
    found = rules.scopes_for(Relation.PARENT, born(70), asked, TODAY)
    assert found == [scope for scope in Scope if scope in asked or not asked]
    assert rules.scopes_for(Relation.CHILD, born(5), asked, TODAY) == list(Scope)


ACTIONS = ("prove", "end", "come_of_age")


@given(st.lists(st.sampled_from(ACTIONS), max_size=12))
def test_an_ended_bond_never_opens_again(actions):
    """Whatever happens, in whatever order."""
    table: Table[BondStatus] = BOND
    state, ended = BondStatus.PENDING, False
    for action in actions:
        try:
            state = after(table, state, action)
        except Conflict:
            assert action not in allowed(table, state)
        ended = ended or action == "end"
        assert (state is BondStatus.ENDED) is ended
