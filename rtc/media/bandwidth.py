"""What one receiver's line carries, in bit/s, by what becomes of the packets sent over it.

Like Google congestion control (draft-ietf-rmcat-gcc-02) it goes by delay first and by loss second,
but it looks at the queue itself (how much longer than at best a packet is under way, as RFC 6817
does) and not at its gradient: one number per feedback instead of one filter step per packet.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from rtc.media.transport import Told

START: Final = 300_000.0  # bit/s believed before anything is known, as in GCC
LOWEST: Final = 20_000.0
QUEUE: Final = 0.1  # s a packet may wait on the way
DEEP: Final = 0.3  # s at which one feedback is enough, and sending again makes it worse
BACK: Final = 0.85  # of what arrived is believed after congestion
LOSS: Final = 0.1  # share of packets, as in GCC
ENOUGH: Final = 20  # packets to judge a share by
WINDOW: Final = 1.0  # s over which loss is measured, and the rate while all is well
SHORT: Final = 0.5  # s over which the rate is measured when the line is full
CALM: Final = 0.5  # s between two decreases: the first must have time to work
BASE: Final = 15.0  # s for which a shortest delay is remembered, once or twice
JUDGED: Final = 2.5  # s after which less traffic must have lessened the loss


class Line:
    """One receiver's line. `estimate` is what may be sent over it."""

    def __init__(self) -> None:
        self.estimate = START
        self.congested_at = -1e9
        self.queue = 0.0  # s, in the newest feedback
        self.tolerated = 0.0  # share of loss that sending less does not lessen
        self._bad = 0
        self._base = self._base_before = float("inf")
        self._base_since = 0.0
        self._window: deque[tuple[float, int, int, int]] = deque()  # now, bytes, arrived, lost
        self._trial: tuple[float, float, float] | None = None  # judged at, loss, estimate before

    def feedback(self, now: float, told: Sequence[Told]) -> None:
        """Take what became of some packets."""
        if not told:
            return
        delays = [arrived - sent for sent, _, arrived in told if arrived is not None]
        octets = sum(size for _, size, arrived in told if arrived is not None)
        self._window.append((now, octets, len(delays), len(told) - len(delays)))
        while now - self._window[0][0] > WINDOW:
            self._window.popleft()
        draining = False
        if delays:
            shortest = min(delays)
            self._remember(now, shortest)
            before, self.queue = self.queue, shortest - min(self._base, self._base_before)
            draining = self.queue < 0.9 * before
            self._bad = self._bad + 1 if self.queue > QUEUE else 0
        if (self._bad >= 3 or self.queue > DEEP) and not draining and self._calm(now):
            self._decrease(now, BACK * self.rate(SHORT))
        else:
            self._judge_loss(now)
        if self._bad == 0:
            self.estimate = max(self.estimate, self.rate())

    def rate(self, span: float = WINDOW) -> float:
        """What arrived lately, in bit/s."""
        since = self._window[-1][0] - span if self._window else 0.0
        return sum(octets for at, octets, _, _ in self._window if at > since) * 8 / span

    @property
    def loss(self) -> float:
        """Share of packets that did not arrive in the last second."""
        arrived = sum(n for _, _, n, _ in self._window)
        lost = sum(n for _, _, _, n in self._window)
        return lost / (arrived + lost) if arrived + lost >= ENOUGH else 0.0

    @property
    def full(self) -> bool:
        """Whether packets wait on the way just now."""
        return self.queue > QUEUE

    @property
    def choked(self) -> bool:
        """Whether they wait so long that what is sent again comes too late, and delays voice."""
        return self.queue > 0.8 * DEEP

    def raise_to(self, rate: float) -> None:
        """A probe has shown that the line carries this."""
        self.estimate = max(self.estimate, rate)

    def _calm(self, now: float) -> bool:
        return now - self.congested_at > CALM

    def _remember(self, now: float, delay: float) -> None:
        """The clocks drift apart, so a shortest delay is not believed for ever."""
        if now - self._base_since > BASE:
            self._base_since, self._base_before, self._base = now, self._base, delay
        self._base = min(self._base, delay)

    def _decrease(self, now: float, to: float) -> None:
        """What arrived while the line was full is what it carries, be it more than was believed."""
        self.congested_at = now
        self.estimate = max(LOWEST, to)
        self._bad = 0

    def _judge_loss(self, now: float) -> None:
        """Loss with no queue: a short buffer, or a line that loses by chance.

        Send less and see: when the loss stays, it is not ours to avoid and is tolerated.
        """
        loss = self.loss
        if self._trial is not None:
            due, before, estimate = self._trial
            if now < due:
                return
            self._trial = None
            if loss > 0.6 * before:
                self.tolerated = loss
                self.estimate = max(self.estimate, estimate)
        elif loss > self.tolerated * 1.3 + LOSS and self._calm(now):
            self._trial = (now + JUDGED, loss, self.estimate)
            self._decrease(now, min(self.estimate, self.rate(SHORT)))
        elif loss < self.tolerated / 2:
            self.tolerated = loss


class Prober:
    """When to try whether a line carries more, and how much padding that takes.

    After a failure the next try waits longer, twice as long each time.
    """

    STAGE: Final = 0.7  # s
    TIMEOUT: Final = 2.5
    FIRST: Final = 4.0  # s of waiting after congestion
    LONGEST: Final = 15.0
    BOLD: Final = 2.0  # times the estimate that one probe tries
    TIMID: Final = 1.3  # the same after a failure

    def __init__(self) -> None:
        self.goal = 0.0  # bit/s in all; 0: not probing
        self._since = 0.0
        self._wait = self.FIRST
        self._factor = self.BOLD
        self._not_before = 0.0
        self._failed_at = self._seen = 0.0

    def want(self, now: float, line: Line, wanted: float) -> None:
        """More would be of use: `wanted` bit/s in all. Begins a probe when it is time."""
        if self.goal or wanted <= line.estimate or now < self._not_before:
            return
        self.goal = min(wanted, self._factor * line.estimate)
        self._since = now

    def judge(self, now: float, line: Line) -> None:
        """After each feedback: has the line carried it?"""
        if line.congested_at > self._seen:
            self._seen = line.congested_at
            self._fail(now)
        elif self.goal and now - self._since > self.STAGE and self._carried(line):
            line.raise_to(line.rate(SHORT))
            self.goal, self._factor = 0.0, self.BOLD
        elif self.goal and now - self._since > self.TIMEOUT:
            line.raise_to(line.rate())
            self._fail(now)
        if now - self._failed_at > 2 * self.LONGEST:
            self._wait = self.FIRST

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
        return max(0.0, self.goal - sending) if self.goal else 0.0
