"""Days and spans as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from core import clock


def test_a_day_is_the_county_s_day():
    early = datetime(2026, 11, 22, 22, 25, tzinfo=UTC)  # 06:25 in the county
    assert clock.day(early) == "2026-11-23"
    assert clock.day(date(2026, 3, 1)) == "2026-03-01"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 分钟"),
        (59, "59 分钟"),
        (60, "1 小时"),
        (185, "3 小时 5 分"),
        (1440, "1 天"),
        (4520, "3 天"),
        (-5, "0 分钟"),
    ],
)
def test_how_long_somebody_waited(minutes, words):
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with clock.set_clock(lambda: now):
        assert clock.waited(now - timedelta(minutes=minutes)) == words
