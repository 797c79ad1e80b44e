"""The tables of bonds and accounts, and the page that draws them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, allowed, mermaid
from people.residents.models import ACCOUNT, BOND, AccountStatus, BondStatus

PAGE = Path(__file__).parents[3] / "docs/states/bond.md"
ACTIONS = ("prove", "end", "come_of_age", "close")


@pytest.mark.parametrize("before", BondStatus)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_move_of_a_bond_is_in_the_table_or_refused(before, action):
    if action in allowed(BOND, before):
        assert after(BOND, before, action) is not before
    else:
        with pytest.raises(Conflict):
            after(BOND, before, action)


def test_what_is_over_stays_over():
    assert allowed(BOND, BondStatus.ENDED) == []
    assert allowed(ACCOUNT, AccountStatus.CLOSED) == []


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(BOND), mermaid(ACCOUNT)]
