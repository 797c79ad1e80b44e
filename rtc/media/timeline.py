"""When a frame was captured: RTP clocks laid on the node's own by sender reports.

Audio and video of one sender run on clocks of their own. A sender report (RFC 3550 section 6.4.1)
ties each to the sender's wall clock, and so to the other. Until it comes, the time of arrival must
do; then the error is worked off slowly, so that no gap is heard.
"""

from typing import Final

from rtc.media.assembly import Assembler, Frame
from rtc.media.reports import ClockPair

SLEW: Final = 0.01  # of the time that passes: a tenth of a second is gone after ten
CREDIBLE: Final = 5.0  # s; a report that says more than this is not believed


class SenderTime:
    """One sender's wall clock on the node's monotonic clock, the same for all its tracks."""

    def __init__(self) -> None:
        self.offset: float | None = None


class TrackTime:
    """Capture times of one track's frames, in the node's monotonic seconds."""

    def __init__(self, sender: SenderTime, rate: int) -> None:
        self._sender = sender
        self._rate = rate
        self._clock: tuple[float, int] | None = None  # sender's seconds, track's position
        self._anchor: float | None = None  # arrival of position 0
        self._shift = 0.0
        self._last = 0.0
        self._settled = False

    @property
    def told(self) -> bool:
        """Whether a sender report has come."""
        return self._clock is not None

    def tell(self, pair: ClockPair, assembler: Assembler) -> None:
        """A sender report; the track has had a frame before."""
        self._clock = (pair.ntp / (1 << 32), assembler.position_of(pair.rtp))

    def capture_time(self, frame: Frame) -> float:
        """Capture time of the next frame. Frames must come in order."""
        played = frame.position / self._rate
        if self._anchor is None:
            self._anchor = frame.arrived - played
        by_arrival = self._anchor + played
        wanted = self._wanted(frame.position, by_arrival)
        if wanted is not None:
            if not self._settled:  # nothing is written yet that a jump could tear
                self._shift = wanted
            else:
                step = SLEW * max(0.0, played - self._last)
                self._shift += max(-step, min(step, wanted - self._shift))
        self._settled = True
        self._last = played
        return by_arrival + self._shift

    def _wanted(self, position: int, by_arrival: float) -> float | None:
        if self._clock is None:
            return None
        seconds, at = self._clock
        captured = seconds + (position - at) / self._rate
        if self._sender.offset is None:
            self._sender.offset = by_arrival - captured
        shift = captured + self._sender.offset - by_arrival
        return shift if abs(shift) < CREDIBLE else None
