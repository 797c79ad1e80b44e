"""The little of STUN (RFC 8489) that an ICE-lite agent (RFC 8445 section 2.5) speaks.

It answers authenticated binding requests and sends none. A request that is malformed, or not signed
with the password of the peer connection it names, is as good as not there.
"""

import hmac
import struct
import zlib
from typing import Final, NamedTuple

COOKIE: Final = 0x2112A442
HEADER: Final = 20
BINDING_REQUEST: Final = 0x0001
BINDING_SUCCESS: Final = 0x0101
USERNAME: Final = 0x0006
MESSAGE_INTEGRITY: Final = 0x0008
XOR_MAPPED_ADDRESS: Final = 0x0020
USE_CANDIDATE: Final = 0x0025
FINGERPRINT: Final = 0x8028
FINGERPRINT_XOR: Final = 0x5354554E
MAX_USERNAME: Final = 513  # bytes, RFC 8489 section 14.3


class Check(NamedTuple):
    """A connectivity check as it came, not yet authenticated."""

    data: bytes
    transaction: bytes
    ufrag: str  # ours: the part of USERNAME before the colon
    integrity_at: int
    nominated: bool


def parse_check(data: bytes) -> Check | None:
    """A binding request with user name and integrity; None for anything else."""
    if len(data) < HEADER:
        return None
    kind, length, cookie = struct.unpack_from("!HHI", data)
    if kind != BINDING_REQUEST or cookie != COOKIE or length != len(data) - HEADER or length % 4:
        return None
    ufrag = ""
    integrity_at = 0
    nominated = False
    at = HEADER
    while at < len(data):
        attribute, size = struct.unpack_from("!HH", data, at)
        value_at = at + 4
        end = value_at + size
        if end > len(data):
            return None
        if attribute == FINGERPRINT:
            return _finish(data, at, size, ufrag, integrity_at, nominated)
        if not integrity_at:  # what follows the integrity is not covered by it
            if attribute == USERNAME:
                if size > MAX_USERNAME:
                    return None
                ufrag = data[value_at:end].partition(b":")[0].decode("latin-1")
            elif attribute == USE_CANDIDATE:
                nominated = True
            elif attribute == MESSAGE_INTEGRITY:
                if size != 20:
                    return None
                integrity_at = at
        at = end + (-size % 4)
    return _checked(data, ufrag, integrity_at, nominated)


def _finish(
    data: bytes, at: int, size: int, ufrag: str, integrity_at: int, nominated: bool
) -> Check | None:
    """FINGERPRINT must be right and last (RFC 8489 section 14.7)."""
    if size != 4 or at + 8 != len(data):
        return None
    (told,) = struct.unpack_from("!I", data, at + 4)
    if told != zlib.crc32(data[:at]) ^ FINGERPRINT_XOR:
        return None
    return _checked(data, ufrag, integrity_at, nominated)


def _checked(data: bytes, ufrag: str, integrity_at: int, nominated: bool) -> Check | None:
    if not ufrag or not integrity_at:
        return None
    return Check(data, data[8:20], ufrag, integrity_at, nominated)


def is_signed(check: Check, password: bytes) -> bool:
    """Whether MESSAGE-INTEGRITY was made with this password."""
    at = check.integrity_at
    covered = check.data[:2] + struct.pack("!H", at + 24 - HEADER) + check.data[4:at]
    return hmac.compare_digest(hmac.digest(password, covered, "sha1"), check.data[at + 4 : at + 24])


def success(transaction: bytes, address: bytes, port: int, password: bytes) -> bytes:
    """The signed answer that tells the sender its own address as seen from here."""
    mask = struct.pack("!I", COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(address, mask, strict=False))
    family = 1 if len(address) == 4 else 2
    body = struct.pack(
        "!HHBBH", XOR_MAPPED_ADDRESS, 4 + len(address), 0, family, port ^ (COOKIE >> 16)
    )
    body += hidden

    def head(length: int) -> bytes:
        return struct.pack("!HH", BINDING_SUCCESS, length) + mask

    digest = hmac.digest(password, head(len(body) + 24) + body, "sha1")
    body += struct.pack("!HH", MESSAGE_INTEGRITY, 20) + digest
    message = head(len(body) + 8) + body
    return message + struct.pack("!HHI", FINGERPRINT, 4, zlib.crc32(message) ^ FINGERPRINT_XOR)
