"""How the gateway and we know each other's messages (`core.envelopes`): over method, path, time
and body. A message older or younger than five minutes is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core import envelopes
from core.errors import Unauthorized

TIME: Final = "X-Sms-Time"
SIGNATURE: Final = "X-Sms-Signature"


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where it is, and the secret it gave us."""

    url: str
    secret: str = field(repr=False)


def signed(secret: str, method: str, path: str, body: bytes) -> dict[str, str]:
    """The headers of a message."""
    moment = envelopes.stamp()
    return {TIME: moment, SIGNATURE: envelopes.signature(secret, [method, path, moment], body)}


def check(secret: str, headers: Mapping[str, str], method: str, path: str, body: bytes) -> None:
    """Raises Unauthorized `sms_signature` unless it is genuine and fresh."""
    moment, given = headers.get(TIME, ""), headers.get(SIGNATURE, "")
    genuine = envelopes.is_genuine(secret, [method, path, moment], body, given)
    if not (genuine and envelopes.is_fresh(moment)):
        raise Unauthorized("sms_signature", "签名不对或已过期,没有处理。")
