"""The tables of communications and their attempts, move by move, and the pages that draw them."""

import itertools
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import Table, after, mermaid
from notifications.states import (
    CALL,
    COMMUNICATION,
    DELIVERY,
    IN_FLIGHT,
    Call,
    Delivery,
    Stage,
)

PAGES = Path(__file__).parents[2] / "docs/states"
TABLES: list[tuple[Table, type, str, str]] = [
    (DELIVERY, Delivery, Delivery.SENDING, "delivery.md"),
    (CALL, Call, Call.OPEN, "call.md"),
    (COMMUNICATION, Stage, Stage.WAITING, "communication.md"),
]


@pytest.mark.parametrize(("table", "states", "first", "page"), TABLES)
def test_every_move_is_in_the_table_or_refused_and_drawn(table, states, first, page) -> None:
    for state, action in itertools.product(states, {action for _, action in table}):
        if (state, action) in table:
            assert after(table, state, action) is table[state, action]
        else:
            with pytest.raises(Conflict):
                after(table, state, action)
    assert {first, *table.values()} == set(states)
    assert mermaid(table) in (PAGES / page).read_text()


def test_what_is_over_for_an_attempt_is_over() -> None:
    assert {state for state, _ in DELIVERY} == {*IN_FLIGHT, Delivery.SENT}
    assert not any(state is Delivery.SENT and action != "refuse" for state, action in DELIVERY)
