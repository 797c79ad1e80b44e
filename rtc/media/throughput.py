"""What arrived lately at one receiver, by its own clock.

Feedback is under way too: on a long or busy line it comes late and several at once. Counted when
it comes, a second would seem to hold now half as much and now twice as much as it did.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from rtc.media.transport import Told

WINDOW: Final = 1.0  # s over which loss is measured, and the rate while all is well
ENOUGH: Final = 20  # packets to judge a share by
SHORTEST: Final = 0.05  # s that can be measured


class Feedback(NamedTuple):
    """One feedback: when it came, when the newest packet arrived there, and what it tells."""

    came: float
    arrived_at: float  # receiver's clock
    octets: int
    arrived: int
    lost: int


class Throughput:
    """The feedbacks of the last second."""

    def __init__(self) -> None:
        self._kept: deque[Feedback] = deque()

    def take(self, now: float, told: Sequence[Told]) -> None:
        """One more feedback."""
        at = [arrived for _, _, arrived in told if arrived is not None]
        octets = sum(size for _, size, arrived in told if arrived is not None)
        last = max(at) if at else self._kept[-1].arrived_at if self._kept else 0.0
        self._kept.append(Feedback(now, last, octets, len(at), len(told) - len(at)))
        while now - self._kept[0].came > WINDOW:
            self._kept.popleft()

    def rate(self, span: float = WINDOW) -> float:
        """Bit/s that arrived in so many seconds."""
        since = self._kept[-1].arrived_at - span if self._kept else 0.0
        return sum(one.octets for one in self._kept if one.arrived_at > since) * 8 / span

    def rate_of(self, feedbacks: int, span: float) -> float:
        """Bit/s that arrived since the first of these newest feedbacks, and within the span."""
        newest = [
            one
            for one in list(self._kept)[-feedbacks:]
            if one.arrived_at > self._kept[-1].arrived_at - span
        ]
        taken = newest[-1].arrived_at - newest[0].arrived_at if newest else 0.0
        if taken < SHORTEST:
            return self.rate(span)
        return sum(one.octets for one in newest[1:]) * 8 / taken

    @property
    def loss(self) -> float:
        """Share of packets that did not arrive in the last second."""
        arrived = sum(one.arrived for one in self._kept)
        lost = sum(one.lost for one in self._kept)
        return lost / (arrived + lost) if arrived + lost >= ENOUGH else 0.0
