"""The table, move by move, the page that draws it, and what no way may skip."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Conflict
from core.states import after, allowed, mermaid
from pharmacy.prescribing.states import LIVE, MEDICATION_REQUEST, Status

PAGE = Path(__file__).parents[3] / "docs/states/medication-request.md"
ACTIONS = sorted({action for _, action in MEDICATION_REQUEST})


@pytest.mark.parametrize("state", Status)
def test_every_move_not_in_the_table_is_refused(state: Status):
    for action in ACTIONS:
        if (state, action) not in MEDICATION_REQUEST:
            with pytest.raises(Conflict):
                after(MEDICATION_REQUEST, state, action)


@given(st.lists(st.sampled_from(ACTIONS), max_size=30))
def test_nothing_is_dispensed_unapproved_and_no_approval_outlives_a_return(wishes: list[str]):
    """处方办法 art. 35 and 审核规范: dispensed only after the last review has let it pass."""
    state, approved = Status.DRAFT, False
    for action in wishes:
        if (state, action) not in MEDICATION_REQUEST:
            continue
        state = MEDICATION_REQUEST[state, action]
        approved = action == "approve" or (approved and state is not Status.ON_HOLD)
        if state in {Status.DISPENSING, Status.COMPLETED}:
            assert approved


def test_a_live_one_can_be_taken_back_and_runs_out():
    for state in LIVE:
        assert {"cancel", "expire"} <= set(allowed(MEDICATION_REQUEST, state))


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(MEDICATION_REQUEST)]
