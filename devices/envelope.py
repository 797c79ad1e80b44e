"""How a device signs: with its own key, by the scheme of all machines (`core.envelopes`).

Signed are `POST`, the path of `path_of`, the time it was sent, a nonce and the body: the same words
over HTTP and MQTT, so that a gateway may carry them on. A message may come late, because devices
keep what they could not send; sent again it says nothing new, so its age is no reason to refuse it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core import envelopes
from devices.models import Way

TIME: Final = "X-Device-Time"
NONCE: Final = "X-Device-Nonce"
SIGNATURE: Final = "X-Device-Signature"
LARGEST: Final = 16 * 1024
"""Bytes of a message that are kept; an honest one has a few hundred."""
LONGEST_CODE: Final = 40


def path_of(code: str) -> str:
    """Where a device's messages go."""
    return f"/api/devices/v1/{code}/messages"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message on the doorstep: nothing of it is believed yet."""

    way: Way
    path: str
    code: str
    body: bytes = field(repr=False)
    time: str = ""
    nonce: str = ""
    signature: str = field(default="", repr=False)

    def is_signed_by(self, key: str) -> bool:
        """Whether the device with this key says so."""
        lines = ["POST", path_of(self.code), self.time, self.nonce]
        return envelopes.is_genuine(key, lines, self.body, self.signature)


def from_http(code: str, path: str, headers: Mapping[str, str], body: bytes) -> Incoming:
    """Of a request."""
    time, nonce, signature = (headers.get(name, "") for name in (TIME, NONCE, SIGNATURE))
    return Incoming(Way.HTTP, path, code, body, time, nonce, signature)


def from_mqtt(code: str, topic: str, payload: bytes) -> Incoming:
    """Of a topic; what is no envelope becomes an unsigned message, so that it can be shown."""
    said = _unwrapped(payload)
    if said is None:
        return Incoming(Way.MQTT, topic, code, payload)
    return Incoming(
        Way.MQTT,
        topic,
        code,
        said["body"].encode("utf-8", "surrogatepass"),
        said["time"],
        said["nonce"],
        said["signature"],
    )


def _unwrapped(payload: bytes) -> dict[str, str] | None:
    try:
        said: Any = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    names = ("time", "nonce", "signature", "body")
    if not isinstance(said, dict) or not all(isinstance(said.get(name), str) for name in names):
        return None
    return said
