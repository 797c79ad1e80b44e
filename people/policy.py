"""How strictly staff are asked to prove who they are; the composition root sets it once."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """The house rules. The defaults are the strict ones.

    `after_visit`: how long the doctor of a visit may open the record once it is over, to write.
    """

    second_factor: bool = True
    session_idle: timedelta = timedelta(minutes=30)
    session_absolute: timedelta = timedelta(hours=12)
    unfinished_sign_in: timedelta = timedelta(minutes=10)
    recent_proof: timedelta = timedelta(minutes=15)
    emergency_access: timedelta = timedelta(hours=2)
    emergency_review: timedelta = timedelta(days=3)
    presented_access: timedelta = timedelta(days=30)
    after_visit: timedelta = timedelta(days=3)
    card_code: timedelta = timedelta(seconds=60)
    card_refresh: timedelta = timedelta(seconds=50)
    secure_cookies: bool = False
    loopback_is_free: bool = False


_policy = Policy()


def configure(found: Policy) -> None:
    """Set the process's policy."""
    global _policy
    _policy = found


def policy() -> Policy:
    """The process's policy."""
    return _policy
