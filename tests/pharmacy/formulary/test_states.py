"""The table of reservations and the page that draws it."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from pharmacy.formulary.states import RESERVATION, ReservationStatus

PAGE = Path(__file__).parents[3] / "docs/states/stock-reservation.md"


@pytest.mark.parametrize("state", ReservationStatus)
def test_every_move_not_in_the_table_is_refused(state: ReservationStatus):
    for action in ("issue", "release"):
        if (state, action) not in RESERVATION:
            with pytest.raises(Conflict):
                after(RESERVATION, state, action)


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(RESERVATION)]
