"""How the county's courier and we know each other's messages (`core.envelopes`).

Signed are method, path, time, nonce and the body's bytes, in both directions. A message older or
younger than five minutes is refused, so that an old one cannot be sent again.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core import envelopes
from core.errors import Unauthorized

KEY: Final = "X-Courier-Key"
TIME: Final = "X-Courier-Time"
NONCE: Final = "X-Courier-Nonce"
SIGNATURE: Final = "X-Courier-Signature"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a courier gave us: who we are there, and the shared secret."""

    key: str
    secret: str


def sign(ours: Credentials, method: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of a message of ours."""
    moment, nonce = envelopes.stamp(), secrets.token_hex(12)
    return {
        KEY: ours.key,
        TIME: moment,
        NONCE: nonce,
        SIGNATURE: envelopes.signature(ours.secret, [method, path, moment, nonce], body),
    }


def check(
    ours: Credentials, headers: Mapping[str, str], method: str, path: str, body: bytes
) -> None:
    """Raises Unauthorized `courier_signature` unless it is genuine and fresh."""
    moment, nonce = headers.get(TIME, ""), headers.get(NONCE, "")
    lines, given = [method, path, moment, nonce], headers.get(SIGNATURE, "")
    genuine = envelopes.is_genuine(ours.secret, lines, body, given)
    if not (genuine and headers.get(KEY) == ours.key and envelopes.is_fresh(moment)):
        raise Unauthorized("courier_signature", "签名不对或已过期,没有处理。")
