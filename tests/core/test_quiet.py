"""When nobody is disturbed."""

from datetime import time, timedelta

import pytest

from core.quiet import Quiet
from tests.booking.conftest import at


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        (Quiet(), at(3, 20, 59), None),
        (Quiet(), at(3, 21), at(4, 8)),
        (Quiet(), at(4, 0, 15), at(4, 8)),
        (Quiet(), at(4, 8), None),
        (Quiet(time(1), time(6)), at(4, 0, 30), None),
        (Quiet(time(1), time(6)), at(4, 1), at(4, 6)),
        (Quiet(time(0), time(0)), at(4, 0), None),
    ],
)
def test_quiet_hours(quiet, moment, until):
    assert quiet.until(moment) == until


@pytest.mark.parametrize(
    ("quiet", "moment", "hours", "after"),
    [
        (Quiet(), at(3, 10), 2, at(3, 12)),
        (Quiet(), at(3, 19), 2, at(3, 21)),
        (Quiet(), at(3, 20, 30), 2, at(4, 9, 30)),
        (Quiet(), at(3, 23), 2, at(4, 10)),
        (Quiet(), at(3, 10), 30, at(5, 14)),
        (Quiet(time(0), time(0)), at(3, 23), 30, at(5, 5)),
        (Quiet(time(1), time(6)), at(3, 0), 2, at(3, 7)),
    ],
)
def test_time_in_which_it_is_not_quiet(quiet, moment, hours, after):
    assert quiet.after(moment, timedelta(hours=hours)) == after


def test_the_next_end_is_always_to_come():
    assert Quiet().next_end(at(3, 7)) == at(3, 8)
    assert Quiet().next_end(at(3, 8)) == at(4, 8)
