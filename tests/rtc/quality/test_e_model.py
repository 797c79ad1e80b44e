"""ITU-T G.107: the published values, and that worse lines never score better."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtc.quality import e_model

DELAYS = st.floats(0, 2000)
LOSSES = st.floats(0, 100)


def test_the_default_connection_of_g_107_rates_93_2() -> None:
    """G.107, clause 7.7: with all default values, R = 93.2 and MOS 4.41."""
    r = e_model.rating(0, 0, ie=0, bpl=4.3)
    assert r == pytest.approx(93.2, abs=0.05)
    assert e_model.mos(r) == pytest.approx(4.41, abs=0.005)


def test_its_parts_at_the_default_values() -> None:
    """Ro 94.77 and Is 1.41, as the calculation program of G.107 gives them."""
    assert e_model.signal_to_noise() == pytest.approx(94.77, abs=0.01)
    assert e_model.simultaneous() == pytest.approx(1.41, abs=0.01)


@pytest.mark.parametrize(
    ("r", "mos"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1.0), (100, 4.5)]
)
def test_r_becomes_mos_as_in_annex_b(r: float, mos: float) -> None:
    """G.107 Table B.1."""
    assert e_model.mos(r) == pytest.approx(mos, abs=0.01)


@pytest.mark.parametrize(
    ("codec", "ie", "bpl", "loss", "expected"),
    [
        ("G.711 with concealment, 2 % lost", 0, 25.1, 2, 7.01),
        ("G.711 without, 1 % lost", 0, 4.3, 1, 17.92),
        ("G.729A with VAD, nothing lost", 11, 19, 0, 11),
        ("G.729A with VAD, 5 % lost", 11, 19, 5, 28.5),
        ("G.723.1 6.3 kbit/s with VAD, 3 % lost", 15, 16.1, 3, 27.57),
    ],
)
def test_codecs_of_g_113(codec: str, ie: float, bpl: float, loss: float, expected: float) -> None:
    """Ie and Bpl of G.113 Appendix I in formula 7-29."""
    assert e_model.equipment(loss, ie=ie, bpl=bpl) == pytest.approx(expected, abs=0.01), codec


@pytest.mark.parametrize("delay", [0, 50, 100, 150, 200, 250, 300, 350, 400])
def test_delay_costs_what_cole_and_rosenbluth_fitted(delay: float) -> None:
    """Id = 0.024 d + 0.11 (d - 177.3) H(d - 177.3), "Voice over IP Performance Monitoring", 2001.

    Their line leaves the curve of G.107 by up to 4 points where it bends.
    """
    fitted = 0.024 * delay + 0.11 * max(0.0, delay - 177.3)
    assert e_model.delayed(delay) == pytest.approx(fitted, abs=4)


@pytest.mark.parametrize(
    ("delay", "loss", "words", "low", "high"),
    [
        (40, 0, "a village with fibre", 4.3, 4.5),
        (110, 1, "4G", 4.03, 4.3),
        (110, 5, "a bad evening", 3.4, 3.65),
        (350, 2, "a satellite", 2.7, 3.1),
        (110, 15, "voices break up", 2.1, 2.6),
        (110, 40, "nobody understands anything", 1, 1.6),
    ],
)
def test_lines_of_a_county(delay: float, loss: float, words: str, low: float, high: float) -> None:
    assert low < e_model.voice_score(delay, loss) < high, words


@given(DELAYS, LOSSES, LOSSES)
def test_more_loss_is_never_better(delay: float, one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert e_model.voice_score(delay, less) >= e_model.voice_score(delay, more)


@given(DELAYS, DELAYS, LOSSES)
def test_more_delay_is_never_better(one: float, other: float, loss: float) -> None:
    """But for the formula's own ripple of 0.06 points below 1 ms (talker echo)."""
    less, more = sorted((one, other))
    assert e_model.rating(less, loss) >= e_model.rating(more, loss) - 0.06
    assert e_model.voice_score(less, loss) >= e_model.voice_score(more, loss) - 0.005


@given(DELAYS, LOSSES)
def test_a_score_is_from_1_to_4_and_a_half(delay: float, loss: float) -> None:
    assert 1 <= e_model.voice_score(delay, loss) <= 4.5
