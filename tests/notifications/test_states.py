"""The table of deliveries, move by move, and the page that draws it."""

import itertools
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from notifications.states import DELIVERY, Delivery

PAGE = Path(__file__).parents[2] / "docs/states/delivery.md"
ACTIONS = {action for _, action in DELIVERY}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(Delivery, sorted(ACTIONS))))
def test_every_move_is_in_the_table_or_refused(state: Delivery, action: str) -> None:
    if (state, action) in DELIVERY:
        assert after(DELIVERY, state, action) is DELIVERY[state, action]
    else:
        with pytest.raises(Conflict):
            after(DELIVERY, state, action)


def test_every_state_is_reached_and_only_a_failure_is_tried_again() -> None:
    assert {Delivery.SENDING, *DELIVERY.values()} == set(Delivery)
    assert {state for state, _ in DELIVERY} == {Delivery.SENDING, Delivery.FAILED}


def test_the_page_draws_the_table() -> None:
    assert mermaid(DELIVERY) in PAGE.read_text()
