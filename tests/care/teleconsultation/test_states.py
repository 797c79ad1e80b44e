"""The tables, move by move, and the page that draws them."""

import re
from pathlib import Path

import pytest

from care.teleconsultation.states import (
    CONSULTATION,
    EXPERT,
    LIVE,
    OVER,
    ExpertStatus,
    Status,
)
from core.errors import Conflict
from core.states import after, mermaid

PAGE = Path(__file__).parents[3] / "docs/states/consultation.md"

PATH = [
    ("submit", Status.SUBMITTED),
    ("accept", Status.ACCEPTED),
    ("request_material", Status.MATERIAL_REQUESTED),
    ("provide_material", Status.MATERIAL_READY),
    ("schedule", Status.SCHEDULED),
    ("open", Status.WAITING),
    ("begin", Status.IN_SESSION),
    ("end", Status.OPINION_DRAFT),
    ("sign", Status.OPINION_SIGNED),
    ("decide", Status.FEEDBACK),
    ("archive", Status.ARCHIVED),
]


def test_the_whole_path_of_the_domain_facts():
    state = Status.DRAFT
    for action, expected in PATH:
        state = after(CONSULTATION, state, action)
        assert state == expected


@pytest.mark.parametrize("table", [CONSULTATION, EXPERT], ids=["consultation", "expert"])
def test_every_move_not_in_the_table_is_refused(table):
    states = type(next(iter(table))[0])
    actions = {action for _, action in table}
    for state in states:
        for action in actions:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_a_signed_consultation_cannot_be_cancelled_or_taken_back():
    for state in (Status.OPINION_SIGNED, Status.FEEDBACK, Status.ARCHIVED):
        leaving = {action for before, action in CONSULTATION if before == state}
        assert leaving <= {"correct", "decide", "archive"}


def test_declined_and_expired_requests_can_still_become_a_referral():
    for state in (Status.DECLINED, Status.EXPIRED, Status.ABORTED):
        assert after(CONSULTATION, state, "convert") == Status.CONVERTED_TO_REFERRAL


def test_every_state_is_reached_and_counted_once():
    reached = {Status.DRAFT, *CONSULTATION.values()}
    assert reached == set(Status)
    assert LIVE | OVER | {Status.DRAFT} == set(Status)
    assert not LIVE & OVER
    assert {ExpertStatus.INVITED, *EXPERT.values()} == set(ExpertStatus)


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(CONSULTATION), mermaid(EXPERT)]
