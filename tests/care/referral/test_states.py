"""The table, move by move, the page that draws it, and when a visit may be referred."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from care.encounter.states import Status as Visit
from care.referral.models import Direction, Urgency
from care.referral.rules import Params, direction, why_not_refer
from care.referral.states import LIVE, OPENS, OVER, REFERRAL, Status
from core.errors import Conflict
from core.states import after, mermaid
from people.models import Tier

PAGE = Path(__file__).parents[3] / "docs/states/referral.md"


def test_every_move_not_in_the_table_is_refused():
    for state in Status:
        for action in {action for _, action in REFERRAL}:
            if (state, action) not in REFERRAL:
                with pytest.raises(Conflict):
                    after(REFERRAL, state, action)
    assert {Status.PROPOSED, *REFERRAL.values()} == set(Status)


def test_what_runs_can_always_be_cancelled_and_ends_by_itself():
    for state in LIVE:
        assert after(REFERRAL, state, "cancel") is Status.CANCELLED
        assert after(REFERRAL, state, "expire") is Status.EXPIRED
    assert not [state for state, _ in REFERRAL if state in OVER]


def test_pipl_29_nothing_opens_before_the_resident_has_agreed():
    assert Status.PROPOSED not in OPENS
    assert {LIVE - OPENS} == {frozenset({Status.PROPOSED})}


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(REFERRAL)]


@pytest.mark.parametrize(
    ("status", "noted", "emergency", "may"),
    [
        (Visit.PLANNED, True, False, False),
        (Visit.WAITING, True, False, False),
        (Visit.CALLED, True, False, False),
        (Visit.IN_PROGRESS, False, False, False),
        (Visit.IN_PROGRESS, True, False, True),
        (Visit.FINISHED, True, False, True),
        (Visit.TERMINATED, False, False, True),
        (Visit.TERMINATED, True, True, False),
        (Visit.DID_NOT_HAPPEN, True, False, False),
        (Visit.CANCELLED, True, False, False),
    ],
)
def test_bingli_guifan_the_next_doctor_reads_a_signed_note(status, noted, emergency, may):
    assert (why_not_refer(status, noted=noted, emergency=emergency) == "") is may


def test_guobanfa_2015_70_both_ways():
    assert direction(Tier.TOWNSHIP, Tier.COUNTY) is Direction.UP
    assert direction(Tier.COUNTY, Tier.VILLAGE) is Direction.DOWN
    assert direction(Tier.COUNTY, Tier.COUNTY) is Direction.HORIZONTAL


def test_an_urgent_one_has_a_faster_clock():
    clocks = Params()
    assert clocks.answer_within(Urgency.URGENT) == timedelta(hours=2)
    assert clocks.answer_within(Urgency.ROUTINE) == timedelta(hours=24)
