"""The tables, move by move, and the page that draws them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from pharmacy.review.states import (
    APPRAISAL,
    DUTY,
    REVIEW,
    AppraisalStatus,
    DutyStatus,
    ReviewStatus,
)

PAGE = Path(__file__).parents[3] / "docs/states/prescription-review.md"


@pytest.mark.parametrize("table", [REVIEW, DUTY, APPRAISAL], ids=["review", "duty", "appraisal"])
def test_every_move_not_in_the_table_is_refused(table):
    states = type(next(iter(table))[0])
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_every_state_is_reached_and_a_sitting_has_one_end():
    assert {ReviewStatus.CLAIMED, *REVIEW.values()} == set(ReviewStatus)
    assert {DutyStatus.OPEN, *DUTY.values()} == set(DutyStatus)
    assert {AppraisalStatus.DRAWN, *APPRAISAL.values()} == set(AppraisalStatus)
    assert {before for before, _ in REVIEW} == {ReviewStatus.CLAIMED}


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(REVIEW), mermaid(DUTY), mermaid(APPRAISAL)]
