"""Every move of a panel: allowed once, else refused; the page of the diagram is the table."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from care.laboratory.states import COUNTS, LABORATORY_REPORT, Status
from core import states

PAGE = Path(__file__).parents[3] / "docs/states/laboratory-report.md"
ACTIONS = ("correct", "mark_in_error")


def test_the_page_is_the_table():
    assert states.mermaid(LABORATORY_REPORT) in PAGE.read_text()


@given(st.lists(st.sampled_from(ACTIONS), max_size=6))
def test_what_counts_no_more_never_counts_again(actions):
    state = Status.FINAL
    for action in actions:
        assert (action in states.allowed(LABORATORY_REPORT, state)) == (state in COUNTS)
        state = LABORATORY_REPORT.get((state, action), state)
    assert (state in COUNTS) == (not actions)
