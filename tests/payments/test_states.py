"""The tables, move by move, and the pages that draw them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from payments.states import (
    DIFFERENCE,
    LIVE,
    PAYMENT,
    RECEIVED,
    REFUND,
    RETURNED,
    Clearing,
    RefundStatus,
    Status,
)

PAGES = Path(__file__).parents[2] / "docs/states"
FIRST = {Status: Status.ORDERED, RefundStatus: RefundStatus.REQUESTED, Clearing: Clearing.OPEN}


@pytest.mark.parametrize("table", [PAYMENT, REFUND, DIFFERENCE], ids=["payment", "refund", "diff"])
def test_every_move_is_in_the_table_or_refused(table):
    states = type(next(iter(table))[0])
    assert {FIRST[states], *table.values()} == set(states), "every state is reached"
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) in table:
                assert after(table, state, action) is table[state, action]
            else:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_money_that_came_never_leaves_its_state():
    assert not {before for before, _ in PAYMENT} & RECEIVED
    assert not {before for before, _ in REFUND} & RETURNED
    assert set(LIVE) == {Status.ORDERED, Status.PAID}


def test_the_pages_draw_the_tables():
    drawn = [
        re.findall(r"```mermaid\n(.*?)\n```", (PAGES / name).read_text(), re.DOTALL)
        for name in ("payment.md", "refund.md")
    ]
    assert drawn == [[mermaid(PAYMENT), mermaid(DIFFERENCE)], [mermaid(REFUND)]]
