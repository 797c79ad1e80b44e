"""When nobody is disturbed."""

from datetime import time

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


def test_the_next_end_is_always_to_come():
    assert Quiet().next_end(at(3, 7)) == at(3, 8)
    assert Quiet().next_end(at(3, 8)) == at(4, 8)
