"""How long a picture that became smaller stays so: no to and fro."""

from typing import Final

HOLD: Final = 2.0  # s after a step down before the next step up
LONGEST: Final = 60.0
BLANK: Final = 8.0  # s that somebody waits at most for a picture instead of none
FAILED: Final = 15.0  # s after a step up within which a step down means that it failed


class Patience:
    """Of one receiver. After a step up that failed the wait is twice as long.

    Lines go down in several steps, first to small pictures, then to fewer: that is one failure.
    """

    def __init__(self) -> None:
        self._hold = HOLD
        self._until = 0.0
        self._rose_at = self._fell_at = -1e9

    def fell(self, now: float) -> None:
        """Something is shown smaller, or no more."""
        if now - self._rose_at < FAILED:
            self._hold = min(LONGEST, self._hold * 2)
        elif now - self._fell_at > FAILED:
            self._hold = HOLD
        self._rose_at, self._fell_at = -1e9, now
        self._until = now + self._hold

    def rose(self, now: float) -> None:
        """Something is shown larger."""
        self._rose_at = now

    def pardon(self, now: float) -> None:
        """It need not have fallen."""
        self._hold, self._until, self._fell_at = HOLD, now, -1e9

    def over(self, now: float, *, blank: bool = False) -> bool:
        """Whether something may be shown larger; or at all, instead of a `blank`."""
        return now >= self._until or (blank and now >= self._fell_at + BLANK)
