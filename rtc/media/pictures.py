"""What a forwarder must know of video payloads: where a key frame begins, and a frame's number.

VP8's payload descriptor is RFC 7741 section 4.2, H.264's NAL unit types are RFC 6184 section 5.2.
"""

from typing import NamedTuple


class VP8Numbers(NamedTuple):
    """A frame's picture id (with its number of bits, 7 or 15) and TL0PICIDX; -1: not there."""

    picture: int
    bits: int
    tl0: int


def _vp8_body(payload: bytes) -> int:
    """Where the descriptor ends; 0 when the payload is too short to tell."""
    if len(payload) < 2:
        return 0
    if not payload[0] & 0x80:
        return 1
    flags, at = payload[1], 2
    if flags & 0x80:
        if len(payload) <= at:
            return 0
        at += 2 if payload[at] & 0x80 else 1
    if flags & 0x40:
        at += 1
    if flags & 0x30:
        at += 1
    return at if at < len(payload) else 0


def begins_key_frame(codec: str, payload: bytes) -> bool:
    """Whether this packet is the first of a frame at which decoding can begin."""
    if codec == "VP8":
        if not payload or payload[0] & 0x17 != 0x10:  # S, and partition 0
            return False
        body = _vp8_body(payload)
        return body > 0 and not payload[body] & 1
    if len(payload) < 4:
        return False
    kind = payload[0] & 31
    if kind == 24:  # STAP-A: the first of its units
        kind = payload[3] & 31
    elif kind == 28:  # FU-A: the unit's first fragment
        kind = payload[1] & 31 if payload[1] & 0x80 else 0
    return kind in (5, 7)  # a picture of its own, or the parameters before it


def vp8_numbers(payload: bytes) -> VP8Numbers:
    """The frame's numbers, as far as the descriptor tells them."""
    if not _vp8_body(payload) or not payload[0] & 0x80:
        return VP8Numbers(-1, 15, -1)
    flags, at, picture, bits = payload[1], 2, -1, 15
    if flags & 0x80:
        if payload[at] & 0x80:
            picture, at = (payload[at] & 0x7F) << 8 | payload[at + 1], at + 2
        else:
            picture, bits, at = payload[at], 7, at + 1
    return VP8Numbers(picture, bits, payload[at] if flags & 0x40 else -1)


def renumber(payload: bytes, picture: int, tl0: int) -> bytes:
    """The payload with so much added to its picture id and TL0PICIDX."""
    if not _vp8_body(payload) or not payload[0] & 0x80:
        return payload
    flags, at = payload[1], 2
    made = payload[:2]
    if flags & 0x80:
        if payload[at] & 0x80:
            number = ((payload[at] << 8 | payload[at + 1]) + picture) & 0x7FFF | 0x8000
            made, at = made + number.to_bytes(2, "big"), at + 2
        else:
            made, at = made + bytes([(payload[at] + picture) & 0x7F]), at + 1
    if flags & 0x40:
        made, at = made + bytes([(payload[at] + tl0) & 0xFF]), at + 1
    return made + payload[at:]
