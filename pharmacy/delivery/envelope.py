"""How the county's courier and we know each other's messages: HMAC-SHA256 over all of them.

Signed are method, path, time, nonce and the body's bytes, a line each, in both directions. A
message older or younger than five minutes is refused, so that an old one cannot be sent again.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from core import clock
from core.errors import Unauthorized

KEY: Final = "X-Courier-Key"
TIME: Final = "X-Courier-Time"
NONCE: Final = "X-Courier-Nonce"
SIGNATURE: Final = "X-Courier-Signature"
FRESH: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a courier gave us: who we are there, and the shared secret."""

    key: str
    secret: str


def sign(ours: Credentials, method: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of a message of ours."""
    moment, nonce = str(int(clock.now().timestamp())), secrets.token_hex(12)
    return {
        KEY: ours.key,
        TIME: moment,
        NONCE: nonce,
        SIGNATURE: _signature(ours, method, path, moment, nonce, body).decode(),
    }


def check(
    ours: Credentials, headers: Mapping[str, str], method: str, path: str, body: bytes
) -> None:
    """Raises Unauthorized `courier_signature` unless it is genuine and fresh."""
    moment, nonce = headers.get(TIME, ""), headers.get(NONCE, "")
    right = _signature(ours, method, path, moment, nonce, body)
    genuine = hmac.compare_digest(right, headers.get(SIGNATURE, "").encode("utf-8", "replace"))
    if not (genuine and headers.get(KEY) == ours.key and _is_fresh(moment)):
        raise Unauthorized("courier_signature", "签名不对或已过期,没有处理。")


def _is_fresh(moment: str) -> bool:
    if not (moment.isascii() and moment.isdigit() and len(moment) <= 12):
        return False
    return abs(clock.now() - datetime.fromtimestamp(int(moment), UTC)) <= FRESH


def _signature(
    ours: Credentials, method: str, path: str, moment: str, nonce: str, body: bytes
) -> bytes:
    words = "\n".join([method, path, moment, nonce, ""]).encode() + body
    return hmac.new(ours.secret.encode(), words, hashlib.sha256).hexdigest().encode()
