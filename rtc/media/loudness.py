"""Who speaks: the loudest voice, by the level that browsers put beside each packet (RFC 6464)."""

from collections.abc import Mapping
from typing import Final

SILENCE: Final = 127.0  # -dBov
QUIET: Final = 50.0  # -dBov; a voice above this speaks
LOUDER: Final = 6.0  # dB by which another must be louder to be the one who speaks
PART: Final = 0.3  # of the newest level that goes into the average


class Loudness:
    """One voice. `level` is its smoothed loudness in -dBov: 0 is the loudest there is."""

    def __init__(self) -> None:
        self.level = SILENCE

    def hear(self, element: bytes | None) -> None:
        """The header extension element of one packet in some."""
        if element:
            self.level += PART * ((element[0] & 127) - self.level)


def speaker(levels: Mapping[str, float], before: str) -> str:
    """The seat that speaks; who spoke before stays it until another is clearly louder."""
    loudest = min(levels, key=lambda seat: levels[seat], default="")
    if not loudest or levels[loudest] > QUIET:
        return before if before in levels else ""
    if before in levels and levels[before] - levels[loudest] < LOUDER:
        return before
    return loudest
