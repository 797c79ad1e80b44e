"""What one receiver's line carries, in bit/s, by what becomes of the packets sent over it.

Like Google congestion control (draft-ietf-rmcat-gcc-02) it goes by delay first and by loss second,
but it looks at the queue itself (how much longer than at best a packet is under way, as RFC 6817
does) and not at its gradient: one number per feedback instead of one filter step per packet.

Neither sign is believed for long. Packets are also later on a path that has become longer (another
mast, a satellite, a relay), and lost by chance. So less is sent, and what that does not lessen was
not ours: the delay becomes the new least one, the loss is tolerated, and the estimate comes back.
"""

from collections.abc import Sequence
from typing import Final

from rtc.media.doubt import Doubt
from rtc.media.throughput import WINDOW, Throughput
from rtc.media.transport import Told

START: Final = 300_000.0  # bit/s believed before anything is known, as in GCC
LOWEST: Final = 20_000.0
QUEUE: Final = 0.1  # s a packet may wait on the way
DEEP: Final = 0.3  # s at which one feedback is enough, and sending again makes it worse
BACK: Final = 0.85  # of what arrived is believed after congestion
LOSS: Final = 0.1  # share of packets, as in GCC
BAD: Final = 3  # feedbacks in a row to believe a queue
SHORT: Final = 0.5  # s over which the rate is measured when the line is full
CALM: Final = 0.5  # s between two decreases: the first must have time to work
AGAIN: Final = 0.5  # of the estimate that may go to what is sent again
AGAIN_S: Final = 0.15  # s of the line that it may take at once
BASE: Final = 15.0  # s for which a shortest delay is remembered, once or twice
DRAIN: Final = 3.0  # s that a probe's queue may take to go away
SAME: Final = 0.75  # of what was carried before a probe; less, and the line has become slower too
JUDGED: Final = 2.5  # s after which less traffic must have lessened the loss


class Line:
    """One receiver's line. `estimate` is what may be sent over it."""

    def __init__(self) -> None:
        self.estimate = START
        self.congested_at = -1e9
        self.pardoned_at = -1e9  # when a decrease was last found to have been for nothing
        self.round_trip = 0.0  # s from sending to hearing of it, the wait for a feedback included
        self.queue = 0.0  # s, in the newest feedback
        self.tolerated = 0.0  # share of loss that sending less does not lessen
        self._again = 0.0  # bits that may be sent again just now
        self._again_at = -1e9
        self._bad = 0
        self._full = 0  # feedbacks in a row with a queue, decreases or not
        self._base = self._base_before = float("inf")
        self._base_since = 0.0
        self._proven = (0.0, -1e9)  # bit/s that were carried before a probe failed, until when
        self._throughput = Throughput()
        self._doubt: Doubt | None = None
        self._trial: tuple[float, float, float] | None = None  # judged at, loss, estimate before

    def feedback(self, now: float, told: Sequence[Told]) -> None:
        """Take what became of some packets."""
        if not told:
            return
        self._throughput.take(now, told)
        self.round_trip = max(0.0, now - max(sent for sent, _, _ in told))
        delays = [arrived - sent for sent, _, arrived in told if arrived is not None]
        draining = False
        if delays:
            shortest = min(delays)
            self._remember(now, shortest)
            before, self.queue = self.queue, self._above(shortest)
            draining = self.queue < 0.9 * before
            self._bad = self._bad + 1 if self.queue > QUEUE else 0
            self._ask(now, told)
        sudden = self.queue > DEEP and len(delays) < len(told)
        full = self._bad >= BAD or sudden
        if full and delays and not draining and self._calm(now) and self._ours:
            self._relieve(now, min(delays))
        else:
            self._judge_loss(now)
        if delays:
            self._credit()

    def rate(self, span: float = WINDOW) -> float:
        """What arrived lately, in bit/s."""
        return self._throughput.rate(span)

    @property
    def loss(self) -> float:
        """Share of packets that did not arrive in the last second."""
        return self._throughput.loss

    @property
    def full(self) -> bool:
        """Whether packets wait on the way just now."""
        return self.queue > QUEUE

    @property
    def choked(self) -> bool:
        """Whether they wait so long that what is sent again comes too late, and delays voice."""
        return self.queue > 0.8 * DEEP

    def may_repeat(self, now: float, octets: int) -> bool:
        """Whether the line has room for this once more, beside what is sent for the first time.

        What a full line dropped would come back in one heap and fill it again.
        """
        refill = self.estimate * AGAIN * (now - self._again_at)
        self._again = min(self.estimate * AGAIN_S, self._again + refill)
        self._again_at = now
        if self._again <= 0:
            return False
        self._again -= octets * 8  # may go below nothing: one packet may be larger than the share
        return True

    def raise_to(self, rate: float) -> None:
        """A probe has shown that the line carries this."""
        self.estimate = max(self.estimate, rate)

    def blame_probe(self, now: float, before: float) -> None:
        """A probe filled the line. What it carried `before`, without a queue, it still carries."""
        self._proven = (before, now + DRAIN)
        self.estimate = self._at_least_proven(now, self.estimate)

    def _after_probe(self, now: float) -> bool:
        """Whether its queue may still be there, and what that queue dropped be counted as lost."""
        return now < self._proven[1]

    def _at_least_proven(self, now: float, rate: float) -> float:
        proven = self._proven[0]
        return max(rate, proven) if self._after_probe(now) and rate > SAME * proven else rate

    def _calm(self, now: float) -> bool:
        return now - self.congested_at > CALM

    # -- delay

    def _above(self, delay: float) -> float:
        return delay - min(self._base, self._base_before)

    def _remember(self, now: float, delay: float) -> None:
        """The clocks drift apart, so a shortest delay is not believed for ever."""
        if now - self._base_since > BASE:
            self._base_since, self._base_before, self._base = now, self._base, delay
        self._base = min(self._base, delay)

    @property
    def _ours(self) -> bool:
        """Whether the queue may be of our making: no doubt, or it has grown since, or loses."""
        return self._doubt is None or self._doubt.worse or self._lossy

    @property
    def _lossy(self) -> bool:
        return self.loss > self.tolerated * 1.3 + LOSS

    def _relieve(self, now: float, shortest: float) -> None:
        """Packets wait: send less than arrives, and see whether that shortens the queue."""
        arrives = self._throughput.rate_of(self._bad, SHORT)
        before = self.estimate
        self._decrease(now, BACK * arrives)
        self._doubt = Doubt(now, shortest, arrives, before)

    def _credit(self) -> None:
        """What arrives with no queue is carried; what arrived with one is all that is carried."""
        if self.queue > QUEUE:
            self._full += 1
            return
        carried = self._throughput.rate_of(self._full, WINDOW) if self._full >= BAD else 0.0
        self._full = 0
        self.estimate = max(self.estimate, self.rate(), carried)

    def _ask(self, now: float, told: Sequence[Told]) -> None:
        """Has sending less shortened the queue? If not, the path itself has become longer."""
        if self._doubt is None:
            return
        verdict = self._doubt.hear(told)
        if verdict == "path":
            self._base = self._base_before = self._doubt.least
            self._base_since, self.pardoned_at = now, now
            self.queue, self._bad, self._full = 0.0, 0, 0
            self.estimate = max(self.estimate, self._doubt.before)
        if verdict != "open" or self.queue <= QUEUE:
            self._doubt = None

    def _decrease(self, now: float, to: float) -> None:
        """What arrived while the line was full is what it carries, be it more than was believed."""
        self.congested_at = now
        self.estimate = max(LOWEST, self._at_least_proven(now, to))
        self._bad = 0

    # -- loss

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
        elif self._lossy and self._calm(now) and not self._after_probe(now):
            self._trial = (now + JUDGED, loss, self.estimate)
            self._decrease(now, min(self.estimate, self.rate(SHORT)))
        elif loss < self.tolerated / 2:
            self.tolerated = loss
