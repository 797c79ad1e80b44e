"""Who is blamed for what: my line, the other's line, the picture."""

from uuid import UUID

import pytest
from pydantic import ValidationError

from rtc.quality import scoring
from rtc.quality.ledger import Ledger, sample_of
from rtc.quality.schemas import Heard, Quality
from tests.rtc.quality.reports import heard, report

TWO, THREE = UUID(int=2), UUID(int=3)


def line(said: Quality, **lost: float) -> scoring.Verdict:
    return scoring.judge_line(said, {UUID(int=int(k[1:])): v for k, v in lost.items()})


def test_a_good_line_has_four_bars() -> None:
    verdict = line(report())
    assert (verdict.level, verdict.trouble) == (4, "")
    assert verdict.voice
    assert verdict.voice > 4.2
    assert verdict.video
    assert 3.5 < verdict.video < 3.8


@pytest.mark.parametrize(
    ("score", "bars"), [(None, 0), (1, 1), (3.09, 1), (3.1, 2), (3.6, 3), (4.02, 3), (4.03, 4)]
)
def test_bars_are_the_steps_of_g_107_table_b_1(score: float | None, bars: int) -> None:
    assert scoring.level(score) == bars


def test_loss_on_my_way_up_is_my_line_s() -> None:
    said = report(sent={"packets": 425, "lost": 75, "kbps": 600})
    verdict = line(said)
    assert (verdict.level, verdict.trouble) == (1, "loss")


def test_what_everybody_lost_on_the_way_to_me_is_my_line_s() -> None:
    said = report(heard=[heard(2, lost=75), heard(3, lost=70)])
    assert scoring.lost_down(said, {}) == pytest.approx(100 * 70 / 250)
    assert line(said).level == 1


def test_what_only_one_of_them_lost_is_theirs() -> None:
    said = report(heard=[heard(2, lost=75, concealed=0.28), heard(3)])
    assert scoring.lost_down(said, {}) == 0
    assert line(said).level == 4
    tiles = {one.seat: scoring.judge_heard(one, said).level for one in said.heard}
    assert tiles == {TWO: 1, THREE: 4}


def test_with_two_people_the_other_s_loss_is_told_by_the_other() -> None:
    said = report(heard=[heard(2, lost=75)])
    assert line(said).level == 1
    assert line(said, s2=29.0).level == 4


def test_repaired_loss_is_not_heard() -> None:
    """FEC: a tenth of the packets lost, nothing concealed."""
    said = report(heard=[heard(2, lost=25, concealed=0.0)])
    assert scoring.judge_heard(said.heard[0], said).level == 4


def test_delay_is_named() -> None:
    verdict = line(report(rtt_ms=700))
    assert verdict.trouble == "delay"
    assert verdict.level <= 2


def test_a_silent_line_says_nothing() -> None:
    quiet = Quality(seconds=5)
    assert line(quiet).level == 0
    few = Heard.model_validate({"seat": TWO, "voice": {"packets": 12, "lost": 1}})
    assert scoring.judge_heard(few, quiet).level == 0


def test_a_dead_line_has_one_bar_at_most() -> None:
    assert line(report(cut_s=3)).trouble == "cut"
    assert line(report(cut_s=3)).level == 1


def test_a_frozen_picture_is_no_good_line() -> None:
    said = report(heard=[heard(2, freezes=1, frozen_s=2.5, fps=12)])
    assert (line(said).level, line(said).trouble) == (2, "frozen")
    assert line(said, s2=15.0).trouble == "", "what froze on the other's line is theirs"
    both = report(heard=[heard(2, freezes=1, frozen_s=2.5), heard(3)])
    assert line(both).trouble == "", "one frozen camera among others is that camera's"


def test_a_minute_is_the_sum_of_its_reports() -> None:
    ledger = Ledger()
    ledger.reports = [
        report(seconds=5, rtt_ms=40),
        report(seconds=15, rtt_ms=80, path="relayed", protocol="tcp", cut_s=2),
        report(seconds=5, rtt_ms=None, path=None, sent=None, heard=[heard(2, width=320)]),
    ]
    sample = sample_of(ledger.total(), {})
    assert (sample.seconds, sample.cut_s) == (25, 2)
    assert sample.rtt_ms == pytest.approx(70)
    assert (sample.path, sample.protocol) == ("relayed", "tcp")
    assert (sample.codec, sample.width, sample.height) == ("VP8", 640, 360)
    assert sample.kbps_up == 820
    assert sample.loss_up == 0


@pytest.mark.parametrize(
    "lie",
    [
        {"seconds": 0},
        {"seconds": 9999},
        {"seconds": float("nan")},
        {"cut_s": 20},
        {"rtt_ms": -1},
        {"rtt_ms": float("inf")},
        {"path": "magic"},
        {"protocol": "pigeon"},
        {"heard": [heard(2, frozen_s=1000)]},
        {"heard": [heard(2), heard(2)]},
        {"heard": [heard(n) for n in range(2, 11)]},
        {"heard": [heard(2, lost=-5)]},
        {"heard": [heard(2, concealed=1.5)]},
        {"heard": [heard(2, kbps=10**9)]},
        {"heard": [heard(2, codec="<script>")]},
        {"sent": {"packets": 10**12, "lost": 0, "kbps": 1}},
        {"down_kbps": 10**9},
    ],
)
def test_impossible_reports_are_refused(lie: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        report(**lie)
