"""The estimate of a line, on lines made of arithmetic: rate, queue, delay and chance."""

import random
from collections import deque

import pytest

from rtc.media.bandwidth import START, Line
from rtc.media.probing import Prober
from rtc.media.transport import Told

STEP = 0.02  # s between two packets
FEEDBACK = 0.1


class Wire:
    """A line with a rate and a queue. The receiver's clock is another than ours."""

    def __init__(self, rate: float, queue: float = 0.3, loss: float = 0.0) -> None:
        self.rate, self.queue, self.loss = rate, queue, loss
        self.line, self.prober = Line(), Prober()
        self.now = 100.0
        self.lost_here = 0
        self._free = 0.0
        self._told: list[Told] = []
        self._under_way: deque[tuple[float, Told]] = deque()
        self._rng = random.Random(4)

    def _send(self, size: int) -> None:
        wait = max(0.0, self._free - self.now)
        if wait > self.queue or self._rng.random() < self.loss:
            self.lost_here += 1
            self._under_way.append((self.now + 0.03, (self.now, size, None)))
            return
        self._free = max(self._free, self.now) + size * 8 / self.rate
        arrived = self._free + 0.03
        self._under_way.append((arrived, (self.now, size, arrived + 5e4)))

    def run(self, seconds: float, sending: float, wanted: float = 0.0) -> None:
        """Send so many bit/s of media, with probes when more is wanted."""
        until = self.now + seconds
        next_feedback = self.now
        while self.now < until:
            rate = sending + self.prober.padding(sending)
            for _ in range(max(1, round(rate * STEP / 8 / 1000))):
                self._send(max(1, round(rate * STEP / 8 / max(1, round(rate * STEP / 8 / 1000)))))
            self.now += STEP
            while self._under_way and self._under_way[0][0] <= self.now:
                self._told.append(self._under_way.popleft()[1])
            if self.now >= next_feedback:
                next_feedback += FEEDBACK
                told, self._told = self._told, []
                self.line.feedback(self.now, told)
                if wanted:
                    self.prober.want(self.now, self.line, wanted)
                self.prober.judge(self.now, self.line)


def test_a_good_line_is_found_to_be_good_within_seconds() -> None:
    wire = Wire(5e6)
    wire.run(6, 300e3, wanted=1.5e6)
    assert wire.line.estimate >= 1.3e6
    assert wire.lost_here == 0


@pytest.mark.parametrize("rate", [100e3, 300e3, 600e3])
def test_a_line_that_becomes_slow_is_noticed_soon(rate: float) -> None:
    wire = Wire(5e6)
    wire.run(5, 900e3)
    wire.rate = rate
    wire.run(1.3, 900e3)
    assert wire.line.estimate < rate * 1.6  # the second before was a good one
    wire.run(1.5, min(900e3, wire.line.estimate))
    assert wire.line.estimate == pytest.approx(rate * 0.85, rel=0.45)


def test_probes_on_a_slow_line_become_rarer_and_stay_short() -> None:
    wire = Wire(300e3)
    wire.run(10, 200e3, wanted=1.2e6)
    wire.lost_here, full = 0, 0
    for _ in range(600):
        wire.run(0.1, 200e3, wanted=1.2e6)
        full += wire.line.full
    assert wire.lost_here < 30
    assert full < 60  # a tenth of the time
    assert 220e3 < wire.line.estimate < 330e3


def test_a_line_that_recovers_is_used_again() -> None:
    wire = Wire(100e3)
    wire.run(30, 75e3, wanted=1.2e6)
    assert wire.line.estimate < 120e3
    wire.rate = 5e6
    wire.run(20, 75e3, wanted=1.2e6)
    assert wire.line.estimate > 1e6


@pytest.mark.parametrize("loss", [0.05, 0.15, 0.3])
def test_loss_by_chance_is_told_from_a_line_that_is_full(loss: float) -> None:
    wire = Wire(5e6, loss=loss)
    wire.run(15, 400e3)
    assert wire.line.estimate > 0.6 * 400e3
    wire.run(30, 400e3)
    assert wire.line.estimate > 0.6 * 400e3


def test_a_short_queue_shows_itself_by_loss() -> None:
    wire = Wire(200e3, queue=0.05)
    wire.run(4, 500e3)
    assert wire.line.estimate < 320e3


def test_clocks_that_drift_and_silence_change_nothing() -> None:
    line = Line()
    for n in range(3000):  # five minutes; the receiver's clock runs 200 ppm fast
        now = 10 + n * 0.1
        line.feedback(now, [(now, 500, now * 1.0002 + 77)])
    assert line.queue < 0.01
    assert line.estimate == START
    line.feedback(400.0, [])
    assert line.estimate == START


def test_absurd_times_do_not_break_the_estimate() -> None:
    rng = random.Random(1)
    line = Line()
    for n in range(2000):
        told = [(n * 0.1, rng.randrange(2000), rng.choice((None, rng.uniform(-1e9, 1e9))))]
        line.feedback(n * 0.1, told)
        assert 0 < line.estimate < 1e9


def test_what_is_sent_again_takes_its_share_of_the_line_and_no_heap() -> None:
    """Twenty packets that a full line dropped do not fill it again at once."""
    line = Line()  # START: 300 kbit/s
    sent = [line.may_repeat(10.0, 1000) for _ in range(20)]
    assert 4 <= sum(sent) <= 6
    assert not line.may_repeat(10.01, 1000)
    again = sum(line.may_repeat(10.0 + n / 100, 1000) for n in range(1, 1001))
    assert again * 8000 / 10 == pytest.approx(START / 2, rel=0.1)
