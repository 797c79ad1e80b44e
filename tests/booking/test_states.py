"""The tables, move by move, and the page that draws them."""

import re
from pathlib import Path

import pytest

from booking.states import APPOINTMENT, HOLDS_PLACE, LIVE, REMEDY, WISH, Remedy, Status, Wish
from core.errors import Conflict
from core.states import after, mermaid

PAGE = Path(__file__).parents[2] / "docs/states/appointment.md"
PATH = [
    ("confirm", Status.BOOKED),
    ("check_in", Status.CHECKED_IN),
    ("call", Status.CALLED),
    ("begin", Status.IN_SERVICE),
    ("finish", Status.DONE),
]


def test_the_whole_path_of_the_contract():
    state = Status.HELD
    for action, expected in PATH:
        state = after(APPOINTMENT, state, action)
        assert state == expected


@pytest.mark.parametrize("table", [APPOINTMENT, WISH, REMEDY], ids=["appointment", "wish", "rem"])
def test_every_move_not_in_the_table_is_refused(table):
    states = type(next(iter(table))[0])
    for state in states:
        for action in {action for _, action in table}:
            if (state, action) not in table:
                with pytest.raises(Conflict):
                    after(table, state, action)


def test_every_state_is_reached_and_what_ended_stays_ended():
    assert {Status.HELD, *APPOINTMENT.values()} == set(Status)
    assert {Wish.WAITING, *WISH.values()} == set(Wish)
    assert {Remedy.OPEN, *REMEDY.values()} == set(Remedy)
    over = set(Status) - LIVE
    assert not {before for before, _ in APPOINTMENT} & over


def test_a_place_comes_back_exactly_when_the_appointment_is_cancelled_or_expires():
    assert set(Status) - HOLDS_PLACE == {Status.CANCELLED, Status.EXPIRED}


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(APPOINTMENT), mermaid(WISH), mermaid(REMEDY)]
