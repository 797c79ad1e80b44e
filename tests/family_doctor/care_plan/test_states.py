"""The tables of plans and tasks, move by move, and the pages that draw them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from family_doctor.care_plan.states import CARE_PLAN, TASK, PlanStatus, TaskStatus

PAGES = Path(__file__).parents[3] / "docs/states"


@pytest.mark.parametrize(("table", "states"), [(CARE_PLAN, PlanStatus), (TASK, TaskStatus)])
def test_every_move_not_in_the_table_is_refused(table, states):
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)
    assert set(states) == {state for state, _ in table} | set(table.values())


@pytest.mark.parametrize(("name", "table"), [("care_plan", CARE_PLAN), ("task", TASK)])
def test_the_page_draws_the_table(name, table):
    drawn = re.search(r"```mermaid\n(.*?)\n```", (PAGES / f"{name}.md").read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(table)
