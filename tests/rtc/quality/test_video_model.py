"""ITU-T G.1070, clause 11.2, with coefficient set #5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc.quality.video_model import coding, transmission, video_score

RATES = st.floats(10, 5000)
FRAMES = st.floats(0.5, 60)
LOSSES = st.floats(0, 100)


@pytest.mark.parametrize(
    ("kbps", "frames", "loss", "expected"),
    [  # by hand from the formulas of the Recommendation
        (800, 25, 0, 3.698),
        (300, 15, 0, 3.030),
        (100, 10, 0, 2.169),
        (800, 25, 2, 2.553),
        (800, 25, 10, 1.171),
    ],
)
def test_worked_examples(kbps: float, frames: float, loss: float, expected: float) -> None:
    assert video_score(kbps, frames, loss) == pytest.approx(expected, abs=0.01)


def test_a_picture_that_stands_still_is_the_worst() -> None:
    assert video_score(800, 0) == 1
    assert video_score(0, 25) == 1


@given(RATES, FRAMES, LOSSES, LOSSES)
def test_more_loss_is_never_better(kbps: float, frames: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert video_score(kbps, frames, less) >= video_score(kbps, frames, more)


@given(st.floats(10, 1800), st.floats(10, 1800))
def test_more_rate_at_the_rate_s_best_is_never_worse(one: float, other: float) -> None:
    less, more = sorted((one, other))
    at = [coding(kbps, 5.517 + 0.0129 * kbps) for kbps in (less, more)]
    assert at[0] <= at[1] + 1e-9


@given(RATES, FRAMES, LOSSES)
def test_bounds(kbps: float, frames: float, loss: float) -> None:
    assert 0 <= coding(kbps, frames) <= 4
    assert 0 <= transmission(kbps, frames, loss) <= 1
    assert 1 <= video_score(kbps, frames, loss) <= 5
