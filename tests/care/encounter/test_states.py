"""The tables, move by move, what their states mean, and the page that draws them."""

import re
from pathlib import Path

import pytest

from care.encounter.states import (
    ENCOUNTER,
    IN_LINE,
    LIVE,
    MEANS,
    OVER,
    ROOM_OPEN,
    SHIFT,
    TALKING,
    ShiftStatus,
    Status,
)
from core.errors import Conflict
from core.states import after, mermaid

PAGE = Path(__file__).parents[3] / "docs/states/encounter.md"


def test_the_whole_path():
    state = Status.PLANNED
    for action, expected in [
        ("arrive", Status.WAITING),
        ("step_out", Status.AWAY),
        ("come_back", Status.WAITING),
        ("call", Status.CALLED),
        ("pass", Status.WAITING),
        ("call", Status.CALLED),
        ("begin", Status.IN_PROGRESS),
        ("change_kind", Status.IN_PROGRESS),
        ("finish", Status.FINISHED),
    ]:
        state = after(ENCOUNTER, state, action)
        assert state is expected


@pytest.mark.parametrize("table", [ENCOUNTER, SHIFT], ids=["encounter", "shift"])
def test_every_move_not_in_the_table_is_refused(table):
    states = type(next(iter(table))[0])
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_every_state_is_reached_and_what_ended_stays_ended():
    assert {Status.PLANNED, *ENCOUNTER.values()} == set(Status)
    assert {ShiftStatus.OPEN, *SHIFT.values()} == set(ShiftStatus)
    assert not {before for before, _ in ENCOUNTER} & OVER
    assert set(Status) == LIVE | OVER


def test_queue_room_talk_and_medicine_follow_from_the_state_alone():
    assert set(MEANS) == set(Status)
    assert not IN_LINE & ROOM_OPEN, "nobody is in line and in the room"
    assert IN_LINE | ROOM_OPEN == TALKING
    assert not OVER & TALKING
    assert [status for status in Status if MEANS[status].prescribe] == [Status.IN_PROGRESS]
    assert not MEANS[Status.CANCELLED].read
    assert not MEANS[Status.DID_NOT_HAPPEN].read


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(ENCOUNTER), mermaid(SHIFT)]
