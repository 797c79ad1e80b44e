"""How we and the machines of others know each other's messages: HMAC-SHA256 over all of them.

Signed are some lines (method, path, time, ...), each followed by a line feed, and the body's bytes.
Couriers, the gateway for text messages and village devices each say which lines theirs are.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from core import clock

FRESH: Final = timedelta(minutes=5)
"""A message older or younger is refused where an old one could do something again."""


def signature(secret: str, lines: Sequence[str], body: bytes) -> str:
    """In hex."""
    words = "\n".join([*lines, ""]).encode("utf-8", "surrogatepass") + body
    return hmac.new(secret.encode(), words, hashlib.sha256).hexdigest()


def is_genuine(secret: str, lines: Sequence[str], body: bytes, given: str) -> bool:
    """Whether `given` is the signature; takes as long for a wrong one."""
    right = signature(secret, lines, body)
    return hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))


def stamp() -> str:
    """Now, as messages say it: Unix seconds."""
    return str(int(clock.now().timestamp()))


def moment_of(text: str) -> datetime | None:
    """When a stamp was made; None for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        return None
    return datetime.fromtimestamp(int(text), UTC)


def is_fresh(text: str) -> bool:
    """Whether a stamp is of about now."""
    moment = moment_of(text)
    return moment is not None and abs(clock.now() - moment) <= FRESH
