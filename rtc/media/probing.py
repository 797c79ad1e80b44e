"""When to try whether a line carries more, by sending padding over it."""

from typing import Final

from rtc.media.bandwidth import QUEUE, SHORT, Line
from rtc.media.throughput import WINDOW


class Prober:
    """When to try whether a line carries more, and how much padding that takes.

    After a failure the next try waits longer, twice as long each time.
    """

    STAGE: Final = 0.7  # s of padding at least
    PAUSE: Final = 0.9  # s of padding after which its first feedback is waited for
    TIMEOUT: Final = 2.5  # s, and a round trip
    FIRST: Final = 4.0  # s of waiting after congestion
    LONGEST: Final = 15.0
    BOLD: Final = 2.0  # times the estimate that one probe tries
    SETTLE: Final = 1.5  # s after a step up in which the line is left alone
    TIMID: Final = 1.3  # the same after a failure

    def __init__(self) -> None:
        self.goal = 0.0  # bit/s in all; 0: not probing
        self._pausing = False
        self._since = 0.0
        self._before = 0.0  # bit/s that arrived before the padding
        self._wait = self.FIRST
        self._factor = self.BOLD
        self._not_before = 0.0
        self._failed_at = self._seen = self._pardoned = 0.0

    def want(self, now: float, line: Line, wanted: float) -> None:
        """More would be of use: `wanted` bit/s in all. Begins a probe when it is time."""
        if self.goal or wanted <= line.estimate or now < self._not_before or line.full:
            return
        if now - self._since > self.TIMEOUT + WINDOW:  # the last probe is no part of it
            self._before = line.rate()
        self.goal = min(wanted, self._factor * line.estimate)
        self._since = now

    def judge(self, now: float, line: Line) -> None:
        """After each feedback: has the line carried it?"""
        age, way = now - self._since, min(line.round_trip, self.TIMEOUT)
        self._pausing = self.PAUSE <= age < self.PAUSE + way
        if line.congested_at > self._seen:
            self._seen = line.congested_at
            if self.goal:
                line.blame_probe(now, self._before)
            self._fail(now)
        elif self.goal and age > self.STAGE and self._carried(line):
            line.raise_to(line.rate(SHORT))
            self.goal, self._factor = 0.0, self.BOLD
        elif self.goal and age > self.TIMEOUT + way:
            line.raise_to(line.rate())
            self._fail(now)
        if line.pardoned_at > self._pardoned:  # there was nothing to wait for
            self._pardoned = line.pardoned_at
            self._wait, self._factor, self._not_before = self.FIRST, self.BOLD, now
        if now - self._failed_at > 2 * self.LONGEST:
            self._wait = self.FIRST

    def rest(self, now: float) -> None:
        """More is shown: first see whether the line bears that."""
        self._not_before = max(self._not_before, now + self.SETTLE)

    def _carried(self, line: Line) -> bool:
        return line.rate(SHORT) > 0.9 * self.goal and line.queue < QUEUE / 3

    def _fail(self, now: float) -> None:
        """Congestion: wait, and next time longer when it was our own attempt."""
        self._not_before = now + self._wait if self.goal else now + self.FIRST
        if self.goal:
            self._wait = min(self.LONGEST, self._wait * 2)
            self._factor = self.TIMID
            self._failed_at = now
        self.goal = 0.0

    def padding(self, sending: float) -> float:
        """Bit/s to send on top of what is being sent."""
        return max(0.0, self.goal - sending) if self.goal and not self._pausing else 0.0
