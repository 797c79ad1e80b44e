"""How the gateway and we know each other's messages: HMAC-SHA256 over method, path, time and body.

A message older or younger than five minutes is refused.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core import clock
from core.errors import Unauthorized

TIME: Final = "X-Sms-Time"
SIGNATURE: Final = "X-Sms-Signature"
FRESH_S: Final = 300


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where it is, and the secret it gave us."""

    url: str
    secret: str = field(repr=False)


def signed(secret: str, method: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of a message."""
    moment = str(int(clock.now().timestamp()))
    return {TIME: moment, SIGNATURE: _over(secret, method, path, moment, body)}


def check(secret: str, headers: Mapping[str, str], method: str, path: str, body: bytes) -> None:
    """Raises Unauthorized `sms_signature` unless it is genuine and fresh."""
    moment, given = headers.get(TIME, ""), headers.get(SIGNATURE, "")
    right = _over(secret, method, path, moment, body)
    fresh = moment.isascii() and moment.isdigit() and len(moment) <= 12
    fresh = fresh and abs(clock.now().timestamp() - int(moment)) <= FRESH_S
    if not (fresh and hmac.compare_digest(right.encode(), given.encode("utf-8", "replace"))):
        raise Unauthorized("sms_signature", "签名不对或已过期,没有处理。")


def _over(secret: str, method: str, path: str, moment: str, body: bytes) -> str:
    text = "\n".join([method, path, moment, ""]).encode() + body
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
