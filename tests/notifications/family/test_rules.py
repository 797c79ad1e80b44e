"""When the team's reminders come: within the window, in the morning of the county, never of two."""

import os
import time as machine
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.clock import SHANGHAI
from notifications.family.rules import HOUR, Params, at, coming, is_told, late

TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 10, tzinfo=SHANGHAI)
WHOLE = some.integers(-400, 400)


@given(opens=WHOLE, span=some.integers(0, 400), before=some.integers(0, 30), check=some.booleans())
def test_it_comes_in_a_morning_of_its_window_or_not_at_all(opens, span, before, check):
    first = TODAY + timedelta(days=opens)
    due = first + timedelta(days=span)
    moment = coming("child_3m", first, due, NOW, Params(before=before), check=check)
    if moment is None:
        assert due <= TODAY
        return
    assert moment > NOW
    assert first <= moment.date() <= due
    assert moment.astimezone(SHANGHAI).time() == HOUR


@pytest.mark.parametrize(
    ("opens", "due", "check", "day"),
    [
        (0, 14, False, 11),  # three days before the last one
        (10, 11, False, 10),  # never before it may be done
        (5, 35, True, 5),  # a check: when its window opens
        (-20, 10, True, 1),  # open already: the next morning
        (0, 2, False, 1),
        (-9, 0, False, None),  # its last morning is over
    ],
)
def test_the_day_of_a_reminder(opens, due, check, day):
    ends = (TODAY + timedelta(days=opens), TODAY + timedelta(days=due))
    found = coming("follow_up", *ends, NOW, Params(), check=check)
    assert found == (None if day is None else at(TODAY + timedelta(days=day)))


def test_once_when_late_and_only_if_the_house_wants_it():
    assert late("follow_up", TODAY, Params(), check=False) == at(date(2026, 11, 9))
    assert late("follow_up", TODAY, Params(late=0), check=False) is None
    assert late("elderly_check", TODAY, Params(checks=False), check=True) is None
    assert coming("elderly_check", TODAY, TODAY, NOW, Params(checks=False), check=True) is None


def test_jingshen_weisheng_fa_4_some_things_only_a_person_says():
    for code in ("mental", "tb_visit", "tb_first_visit"):
        assert not is_told(code)
        assert coming(code, TODAY, date(2027, 1, 1), NOW, Params(), check=True) is None
        assert late(code, TODAY, Params(), check=True) is None


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai", "Pacific/Auckland"])
def test_the_hour_is_the_countys_whatever_the_machine_thinks(monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    machine.tzset()
    try:
        assert at(TODAY).astimezone(UTC) == datetime(2026, 11, 2, 1, tzinfo=UTC)
        night = datetime(2026, 11, 2, 17, tzinfo=UTC)  # 1:00 of the 3rd in the county
        ends = (TODAY - timedelta(days=9), TODAY + timedelta(days=9))
        assert coming("child_3m", *ends, night, Params(), check=True) == at(date(2026, 11, 3))
    finally:
        os.environ.pop("TZ", None)
        monkeypatch.undo()
        machine.tzset()
