"""The table of contracts, move by move, and the page that draws it."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from family_doctor.contracts.states import CONTRACT, OVER, PENDING, Status

PAGE = Path(__file__).parents[2] / "docs/states/contract.md"


def test_every_move_not_in_the_table_is_refused():
    for state in Status:
        for action in {action for _, action in CONTRACT}:
            if (state, action) not in CONTRACT:
                with pytest.raises(Conflict):
                    after(CONTRACT, state, action)
    assert {Status.APPLIED, *CONTRACT.values()} == set(Status)


def test_what_is_on_its_way_can_be_withdrawn_and_ends_by_itself():
    for state in PENDING:
        assert after(CONTRACT, state, "withdraw") is Status.WITHDRAWN
        assert after(CONTRACT, state, "lapse") is Status.EXPIRED
    assert not [state for state, _ in CONTRACT if state in OVER]


def test_contract_rules_nothing_is_in_force_before_both_have_signed():
    into = {(state, action) for (state, action), to in CONTRACT.items() if to is Status.ACTIVE}
    assert into == {(Status.SIGNED, "begin")}
    into = {(state, action) for (state, action), to in CONTRACT.items() if to is Status.SIGNED}
    assert into == {(Status.REVIEWED, "sign")}


def test_the_page_draws_the_table():
    drawn = re.search(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn is not None
    assert drawn[1] == mermaid(CONTRACT)
