"""The table, move by move, the page that draws it, and the clocks."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.complaint.rules import Params, after_working_days, due_at
from care.complaint.states import COMPLAINT, OWED, Status
from care.complaint.words import promise
from core.clock import SHANGHAI
from core.errors import Conflict
from core.states import after, mermaid

PAGE = Path(__file__).parents[3] / "docs/states/complaint.md"
MONDAY = datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)


def test_every_move_not_in_the_table_is_refused():
    for state in Status:
        for action in {action for _, action in COMPLAINT}:
            if (state, action) not in COMPLAINT:
                with pytest.raises(Conflict):
                    after(COMPLAINT, state, action)
    assert {Status.RECEIVED, *COMPLAINT.values()} == set(Status)


def test_what_the_house_owes_can_be_withdrawn_and_what_is_closed_taken_up_again():
    for state in OWED:
        assert after(COMPLAINT, state, "withdraw") is Status.WITHDRAWN
    assert after(COMPLAINT, Status.CLOSED, "reopen") is Status.REOPENED


def test_the_page_draws_the_table():
    drawn = re.findall(r"```mermaid\n(.*?)\n```", PAGE.read_text(), re.DOTALL)
    assert drawn == [mermaid(COMPLAINT)]


def test_facts_1_6_fifteen_working_days_without_weekends_and_holidays():
    end = after_working_days(MONDAY, 15)
    assert end == datetime(2026, 11, 24, tzinfo=SHANGHAI), "the end of Monday the 23rd"
    holiday = {date(2026, 11, 5), date(2026, 11, 7)}  # a Thursday, and a Saturday that counts not
    assert after_working_days(MONDAY, 15, holiday) == end + timedelta(days=1)


def test_what_is_promised_is_what_the_house_has_decided():
    assert promise(Params()) == "1 天内受理,15 个工作日内答复。"
    sooner = Params(accept=timedelta(hours=4), close_days=7)
    assert promise(sooner) == "4 小时内受理,7 个工作日内答复。"


@given(st.integers(0, 30_000), st.integers(1, 40))
def test_more_days_are_always_later(hours, days):
    moment = MONDAY + timedelta(hours=hours)
    assert moment < after_working_days(moment, days) < after_working_days(moment, days + 1)


@pytest.mark.parametrize(
    ("status", "due"),
    [
        (Status.RECEIVED, "accept"),
        (Status.ACCEPTED, "close"),
        (Status.REOPENED, "close"),
        (Status.ANSWERED, None),
        (Status.CLOSED, None),
        (Status.WITHDRAWN, None),
    ],
)
def test_which_clock_runs(status, due):
    found = {"accept": MONDAY, "close": MONDAY + timedelta(days=15), None: None}
    assert due_at(status, found["accept"], found["close"]) == found[due]
