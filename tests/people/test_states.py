"""The tables of cards and links, and the page that draws them."""

import re
from pathlib import Path

import pytest

from core.errors import Conflict
from core.states import after, mermaid
from people.cards.states import CARD, CardStatus
from people.matching.states import LINK, LinkStatus

PAGE = Path(__file__).parents[2] / "docs/states/health-card.md"


@pytest.mark.parametrize(
    ("table", "before", "action"),
    [(CARD, CardStatus.LOST, "lose"), (LINK, LinkStatus.UNDONE, "unmerge")],
)
def test_what_is_over_stays_over(table, before, action):
    with pytest.raises(Conflict):
        after(table, before, action)


def test_the_page_draws_the_tables():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(CARD), mermaid(LINK)]
