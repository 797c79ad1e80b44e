"""When a picture may come back."""

from rtc.media.patience import BLANK, FAILED, HOLD, LONGEST, Patience


def wait(patience: Patience, since: float) -> float:
    """Seconds until something may be shown larger."""
    return next(n / 10 for n in range(1000) if patience.over(since + n / 10 + 0.001))


def test_a_fall_in_several_steps_is_one_failure() -> None:
    patience = Patience()
    patience.rose(100.0)
    for now in (105.0, 105.5, 106.0, 106.5):
        patience.fell(now)
    assert wait(patience, 106.5) == 2 * HOLD


def test_each_rise_that_fails_is_waited_for_twice_as_long() -> None:
    patience, now, waits = Patience(), 100.0, []
    for _ in range(8):
        patience.fell(now)
        waits.append(wait(patience, now))
        now += waits[-1]
        patience.rose(now)
        now += 3
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    assert waits[-1] == LONGEST


def test_a_rise_that_lasted_and_a_pardon_forget_it() -> None:
    patience = Patience()
    for now in (100.0, 103.0, 106.0):
        patience.fell(now)
        patience.rose(now + 2)
    patience.fell(108.0 + FAILED + 1)
    assert wait(patience, 124.0) == HOLD
    patience.rose(130.0)
    patience.fell(131.0)
    patience.pardon(131.5)
    assert patience.over(131.5)
    patience.fell(132.0)
    assert wait(patience, 132.0) == HOLD


def test_a_picture_instead_of_none_is_not_waited_for_long() -> None:
    patience, now = Patience(), 100.0
    for _ in range(6):
        patience.fell(now)
        patience.rose(now + 1)
        now += 3
    patience.fell(now)
    assert wait(patience, now) == LONGEST
    assert not patience.over(now + BLANK - 0.1, blank=True)
    assert patience.over(now + BLANK, blank=True)
