"""Is a queue ours? Less is sent, and a queue of our own making must then become shorter.

A path that has become longer looks like a queue that stands: every packet is as late as the last.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from rtc.media.transport import Told

LOOK: Final = 1.2  # s of sending that are looked at
PHASE: Final = 0.3  # s at their beginning and at their end whose least delays are compared
BETWEEN: Final = LOOK - PHASE  # s for which a queue of ours had time to become shorter
LESS: Final = 0.95  # of what arrived that may be sent for it to count as less
MUCH_LESS: Final = 0.8  # the same while packets are lost: then what arrived is told less surely
LOST: Final = 0.02  # share
PATIENCE: Final = 3.0  # s after which a delay that never changes is no queue, whatever is sent
SHARE: Final = 0.25  # of the expected shortening that shows a queue to be ours
NOISE: Final = 0.02  # s by which the least delays of a busy computer differ
WORSE: Final = 0.05  # s

Verdict = Literal["open", "ours", "path"]


class Heard(NamedTuple):
    """One feedback: when the newest of its packets was sent, bytes sent, the shortest delay."""

    sent_at: float
    octets: int
    shortest: float
    packets: int
    lost: int


class Doubt:
    """From a decrease to the verdict on it. `before` is what was believed before it."""

    def __init__(self, since: float, standing: float, arrived: float, before: float) -> None:
        self.before = before
        self._since = since
        self._standing = standing  # s of delay, at the decrease
        self._arrived = arrived  # bit/s, while the queue was there
        self._heard: deque[Heard] = deque()

    @property
    def worse(self) -> bool:
        """Whether packets take longer still, each of the last few."""
        newest = list(self._heard)[-3:]
        return len(newest) == 3 and min(h.shortest for h in newest) > self._standing + WORSE

    @property
    def least(self) -> float:
        """The shortest delay of the newest packets."""
        return min(h.shortest for h in self._heard if h.sent_at > self._end - PHASE)

    def hear(self, told: Sequence[Told]) -> Verdict:
        """One feedback more."""
        delays = [arrived - sent for sent, _, arrived in told if arrived is not None]
        sent_at = max(sent for sent, _, _ in told)
        if not delays or sent_at <= max(self._since, self._end):
            return "open"
        octets = sum(size for _, size, _ in told)
        lost = len(told) - len(delays)
        self._heard.append(Heard(sent_at, octets, min(delays), len(told), lost))
        while len(self._heard) > 2 and self._heard[1].sent_at <= self._end - LOOK:
            self._heard.popleft()
        if self._heard[0].sent_at > self._end - LOOK:
            return "open"
        return self._judge()

    @property
    def _end(self) -> float:
        return self._heard[-1].sent_at if self._heard else self._since

    def _judge(self) -> Verdict:
        first = min(h.shortest for h in self._heard if h.sent_at <= self._end - BETWEEN)
        shorter = first - self.least
        lost = sum(h.lost for h in self._heard) / sum(h.packets for h in self._heard)
        expected = (1 - self._rate() / self._arrived) * BETWEEN if self._arrived else 0.0
        enough = 1 - (LESS if lost < LOST else MUCH_LESS)
        if expected >= enough * BETWEEN:
            if shorter < -WORSE:
                return "open"
            return "path" if shorter < max(NOISE, SHARE * expected) else "ours"
        if self._end - self._since > PATIENCE and lost < LOST and abs(shorter) < NOISE:
            return "path"
        return "open"

    def _rate(self) -> float:
        """Bit/s that were sent between the two phases."""
        start = self._heard[0].sent_at
        during = [h for h in list(self._heard)[1:] if h.sent_at <= self._end - PHASE]
        if not during:
            return self._arrived
        return sum(h.octets for h in during) * 8 / (during[-1].sent_at - start)
