"""Lines on which packets are long under way, and busy computers at their ends.

A camera in two sizes and two voices are sent as far as the estimate allows; feedback takes its
time to come back, and comes late and in heaps when a computer is busy.
"""

import random
from collections import deque
from collections.abc import Callable
from typing import Final

import pytest

from rtc.media.bandwidth import QUEUE, Line
from rtc.media.probing import Prober
from rtc.media.transport import Told

VOICES: Final = 72e3  # bit/s
SIZES: Final = (VOICES, VOICES + 90e3, VOICES + 180e3, VOICES + 900e3, VOICES + 1700e3)
ALL: Final = SIZES[-1]
STEP: Final = 0.01  # s
FEEDBACK: Final = 0.065
OLD: Final = 0.1  # s between an estimate and what is sent by it
UP: Final = 2.0  # s from a step down to the next step up

Noise = Callable[[random.Random], float]


def calm(_: random.Random) -> float:
    """Nobody else works."""
    return 0.0


def busy(rng: random.Random) -> float:
    """Each program waits for its turn, mostly a little, at times long (as seen at load 8)."""
    return rng.uniform(0, 0.02) if rng.random() < 0.9 else rng.uniform(0.02, 0.08)


class Path:
    """A line of a rate, a buffer and a delay each way. The receiver's clock is another than ours.

    `noise` is how much later than it might a program does its work.
    """

    def __init__(self, rate: float, one_way: float, noise: Noise = calm, seed: int = 4) -> None:
        self.rate, self.one_way, self.noise, self.buffer, self.loss = rate, one_way, noise, 0.3, 0.0
        self.line, self.prober = Line(), Prober()
        self.now = 100.0
        self.sending = VOICES
        self.queues: list[tuple[float, float]] = []  # moment, s that a packet would wait
        self.rates: list[tuple[float, float]] = []  # moment, bit/s sent without padding
        self._rng = random.Random(seed)
        self._free = self._up_after = 0.0
        self._under_way: deque[tuple[float, Told]] = deque()
        self._here: list[Told] = []  # at the receiver, not yet told of
        self._back: deque[tuple[float, list[Told]]] = deque()
        self._feedback_at = self._looked_at = self._awake_at = self._last = 0.0

    def run(self, seconds: float, wanted: float = ALL) -> None:
        """So long, with everything in full as the aim."""
        until = self.now + seconds
        carry = 0.0
        while self.now < until:
            self.now += STEP
            carry += (self.sending + self.prober.padding(self.sending)) * STEP / 8
            while carry >= 600:
                carry -= 600
                self._send(600)
            self._receive()
            self._hear(wanted)
            self.rates.append((self.now, self.sending))
            self.queues.append((self.now, max(0.0, self._free - self.now)))

    def _send(self, size: int) -> None:
        waits = max(0.0, self._free - self.now)
        if waits > self.buffer or self._rng.random() < self.loss:
            self._under_way.append((self.now + self.one_way, (self.now, size, None)))
            return
        self._free = max(self._free, self.now) + size * 8 / self.rate
        self._last = max(self._last, self._free + self.one_way + self.noise(self._rng))  # in order
        self._under_way.append((self._last, (self.now, size, self._last + 5e4)))

    def _receive(self) -> None:
        while self._under_way and self._under_way[0][0] <= self.now:
            self._here.append(self._under_way.popleft()[1])
        if self.now >= self._feedback_at and any(told[2] is not None for told in self._here):
            self._feedback_at = self.now + FEEDBACK + self.noise(self._rng)
            due = self.now + self.one_way + self.noise(self._rng)
            self._back.append((max(due, self._back[-1][0] if self._back else 0.0), self._here))
            self._here = []

    def _hear(self, wanted: float) -> None:
        """The node wakes, late when it is busy, and takes all that has come by then."""
        if self.now < self._awake_at:
            return
        self._awake_at = self.now + self.noise(self._rng)
        while self._back and self._back[0][0] <= self.now:
            self.line.feedback(self.now, self._back.popleft()[1])
        if self.now >= self._looked_at:
            self._looked_at = self.now + OLD
            self.prober.judge(self.now, self.line)
            self.prober.want(self.now, self.line, wanted / 0.9)
            self._adapt()

    def _adapt(self) -> None:
        most = max(r for r in SIZES if r <= max(VOICES, self.line.estimate * 1.1))
        least = max(r for r in SIZES if r <= max(VOICES, self.line.estimate * 0.9))
        if self.line.pardoned_at > self.now - 2 * OLD:
            self._up_after = self.now
        if self.sending > most:
            self.sending, self._up_after = most, self.now + UP
        elif least > self.sending and self.now >= self._up_after:
            self.sending = least

    def since(self, moment: float) -> list[float]:
        """How long packets had to wait since then, from the least to the longest."""
        return sorted(waited for at, waited in self.queues if at >= moment)

    def seconds_below(self, rate: float, since: float) -> float:
        """For how long less than this was sent."""
        return sum(STEP for at, sent in self.rates if at >= since and sent < rate)


@pytest.mark.parametrize("noise", [calm, busy])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("before", "after"), [(0.005, 0.3), (0.02, 0.15), (0.075, 0.3), (0.1, 0.8)]
)
def test_a_path_that_becomes_longer_is_no_full_line(
    before: float, after: float, seed: int, noise: Noise
) -> None:
    """Another mast, a satellite: the pictures are back within seconds, and never go altogether."""
    path = Path(8e6, before, noise, seed)
    path.run(12)
    assert path.sending == ALL
    since, path.one_way = path.now, after
    path.run(12)
    assert path.seconds_below(ALL, since) < 4 + 2 * after
    assert path.seconds_below(SIZES[1], since) < 1.5 + 2 * after, "no picture at all"
    assert path.sending == ALL


@pytest.mark.parametrize("noise", [calm, busy])
@pytest.mark.parametrize("one_way", [0.03, 0.3])
@pytest.mark.parametrize("rate", [100e3, 300e3, 600e3])
def test_a_slow_line_is_known_for_what_it_is(rate: float, one_way: float, noise: Noise) -> None:
    """However long it is: no more is sent than it carries, and nothing stands in its queue."""
    path = Path(8e6, one_way, noise)
    path.run(12)
    path.rate = rate
    path.run(3 + 3 * one_way)
    settled = path.now
    path.run(40)
    assert path.sending <= rate
    waits = path.since(settled)
    assert waits[len(waits) // 2] < 0.05
    assert waits[len(waits) * 2 // 3] < QUEUE
    assert waits[len(waits) * 9 // 10] < 0.28
    path.rate = 8e6
    path.run(25)
    assert path.sending == ALL


@pytest.mark.parametrize("seed", range(3))
def test_a_path_that_becomes_longer_and_slower(seed: int) -> None:
    """Both at once: the delay is accepted, the rate is found."""
    path = Path(8e6, 0.02, busy, seed)
    path.run(12)
    path.one_way, path.rate = 0.3, 400e3
    path.run(10)
    settled = path.now
    path.run(30)
    assert SIZES[1] <= path.sending <= 400e3
    waits = path.since(settled)
    assert waits[len(waits) // 2] < QUEUE


@pytest.mark.parametrize("seed", range(3))
def test_a_stall_of_the_line_costs_a_moment(seed: int) -> None:
    """A second in which nothing passes, after which everything comes at once."""
    path = Path(8e6, 0.3, busy, seed)
    path.run(15)
    since = path.now
    path._free = path.now + 1.0
    path.buffer = 2.0
    path.run(12)
    assert path.sending == ALL
    assert path.seconds_below(SIZES[1], since) < 4
