"""What one peer connection may cost the node. Far above what browsers do, far below a flood.

An allowance comes back once a second. What exceeds it is dropped unread and counted, and the
log says so once for each peer and kind, so that a flood does not fill the disk either.
"""

from typing import Final, NamedTuple


class Rate(NamedTuple):
    """How many at once, and how many a second in the long run."""

    burst: int
    second: int


RATES: Final = {
    # Chromium checks each pair every 48 ms while it connects and every 2.5 s afterwards (RFC 7675)
    "check": Rate(100, 50),
    # a handshake is about ten datagrams, twice repeated on a bad line; afterwards only the goodbye
    "dtls": Rate(80, 20),
    # reports every second, NACK every 20 ms for each of some videos on a very bad line
    "rtcp": Rate(400, 400),
    # two cameras' layers, a shared screen, sound and probing are about 800 a second
    "media": Rate(4000, 3000),
}
STRANGERS: Final = Rate(4000, 4000)  # datagrams from addresses and names nobody waits for
HIGHEST_BITRATE: Final = 100_000_000  # bit/s; no line of a clinic carries more than this


class Allowance:
    """What is left of one rate. No clock is read, so that `take` is cheap."""

    __slots__ = ("burst", "left", "refused", "second")

    def __init__(self, rate: Rate) -> None:
        self.burst = rate.burst
        self.left = rate.burst
        self.second = rate.second
        self.refused = 0

    def take(self) -> bool:
        """Whether one more is allowed."""
        if self.left < 1:
            self.refused += 1
            return False
        self.left -= 1
        return True

    def refill(self) -> None:
        """A second has passed."""
        self.left = min(self.burst, self.left + self.second)


class Limits:
    """The allowances of one peer connection, and what else it was caught at."""

    __slots__ = ("_told", "check", "dtls", "lies", "media", "rtcp")

    def __init__(self) -> None:
        self.check = Allowance(RATES["check"])
        self.dtls = Allowance(RATES["dtls"])
        self.rtcp = Allowance(RATES["rtcp"])
        self.media = Allowance(RATES["media"])
        self.lies = 0
        self._told: set[str] = set()

    def refill(self) -> None:
        """Called once a second."""
        self.check.refill()
        self.dtls.refill()
        self.rtcp.refill()
        self.media.refill()

    def news(self) -> list[str]:
        """Kinds of excess that were not in the list before."""
        found = {kind for kind in RATES if getattr(self, kind).refused}
        if self.lies:
            found.add("bandwidth")
        new = sorted(found - self._told)
        self._told |= found
        return new
