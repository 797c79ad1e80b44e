"""States: every allowed move happens once, every other is refused, the slower of two loses."""

import asyncio
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import states
from core.errors import Conflict
from core.outbox import OutboxEntry, OutboxStatus
from tests.core.conftest import make_entry


class Light(StrEnum):
    RED = "red"
    GREEN = "green"
    OUT = "out-of-order"


TABLE = {
    (Light.RED, "go"): Light.GREEN,
    (Light.GREEN, "stop"): Light.RED,
    (Light.GREEN, "break"): Light.OUT,
}
PARKING = {
    (OutboxStatus.WAITING, "park"): OutboxStatus.PARKED,
    (OutboxStatus.WAITING, "finish"): OutboxStatus.DONE,
}


@given(st.sampled_from(Light), st.sampled_from(["go", "stop", "break", "fly"]))
def test_after_follows_the_table_and_nothing_else(state, action):
    if (state, action) in TABLE:
        assert states.after(TABLE, state, action) == TABLE[state, action]
    else:
        with pytest.raises(Conflict) as refused:
            states.after(TABLE, state, action)
        assert refused.value.code == "transition_not_allowed"


@given(st.lists(st.sampled_from(["go", "stop", "break"]), max_size=20))
def test_no_walk_leaves_the_table(actions):
    state = Light.RED
    for action in actions:
        if action in states.allowed(TABLE, state):
            state = states.after(TABLE, state, action)
    assert state in set(TABLE.values()) | {Light.RED}


def test_a_table_draws_itself():
    assert states.mermaid(TABLE).splitlines() == [
        "stateDiagram-v2",
        "    red --> green: go",
        "    green --> red: stop",
        "    green --> out_of_order: break",
    ]


async def test_the_slower_of_two_is_told(database):
    entry = await make_entry()
    other = await OutboxEntry.get(id=entry.id)
    results = await asyncio.gather(
        states.advance(entry, PARKING, "park", last_error="a"),
        states.advance(other, PARKING, "finish", last_error="b"),
        return_exceptions=True,
    )
    refused = [r for r in results if isinstance(r, Conflict)]
    assert [r.code for r in refused] == ["changed_meanwhile"]
    stored = await OutboxEntry.get(id=entry.id)
    winner = entry if results[0] is None else other
    assert (stored.status, stored.last_error) == (winner.status, winner.last_error)
