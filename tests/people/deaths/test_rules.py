"""On which day somebody may have died, and the table with the page that draws it."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import Conflict
from core.states import after, mermaid
from people.deaths.rules import why_not_day
from people.deaths.states import DEATH, Status

PAGE = Path(__file__).parents[3] / "docs/states/death.md"
days = some.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1))


@given(born=days, lived=some.integers(0, 40000), since=some.integers(0, 4000))
def test_minfadian_15_a_day_between_birth_and_today_is_possible(born, lived, since):
    died = born + timedelta(days=lived)
    assert why_not_day(died, born, died + timedelta(days=since)) == ""


@given(born=days, early=some.integers(1, 400))
def test_nobody_dies_before_birth_or_tomorrow(born, early):
    assert "出生" in why_not_day(born - timedelta(days=early), born, born)
    assert "今天" in why_not_day(born + timedelta(days=early), born, born)


def test_every_move_not_in_the_table_is_refused():
    for state in Status:
        for action in {action for _, action in DEATH}:
            if (state, action) not in DEATH:
                with pytest.raises(Conflict):
                    after(DEATH, state, action)
    assert {Status.PROPOSED, *DEATH.values()} == set(Status)


def test_the_page_draws_the_table():
    drawn = re.search(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(DEATH)
