"""The tables, move by move, and the pages that draw them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from pharmacy.dispensing.states import MEDICATION_DISPENSE
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.orders.states import MEDICATION_ORDER, STOPPABLE
from pharmacy.orders.states import OrderStatus as Status

PAGES = Path(__file__).parents[3] / "docs/states"
TABLES = {
    "medication-order": (MEDICATION_ORDER, Status),
    "medication-dispense": (MEDICATION_DISPENSE, Desk),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_move_not_in_the_table_is_refused(name):
    table, states = TABLES[name]
    actions = {action for _, action in table}
    for state in states:
        for action in actions:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


@pytest.mark.parametrize("name", TABLES)
def test_the_page_draws_the_table(name):
    page = (PAGES / f"{name}.md").read_text()
    drawn = re.findall(r"```mermaid\n(.*?)\n```", page, re.DOTALL)
    assert drawn == [mermaid(TABLES[name][0])]


def test_what_was_paid_and_not_handed_over_can_always_be_stopped():
    for state in STOPPABLE:
        assert (state, "stop") in MEDICATION_ORDER
