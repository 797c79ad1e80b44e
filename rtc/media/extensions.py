"""RTP header extensions (RFC 8285): what a publisher writes beside each packet."""

from typing import Any, NamedTuple

from aiortc.rtp import unpack_header_extensions


class Extensions(NamedTuple):
    """Ids of the elements that a publisher was answered; 0: not agreed."""

    mid: int = 0
    rid: int = 0
    repaired_rid: int = 0
    transport: int = 0  # transport-wide sequence number
    level: int = 0  # audio level


def elements(memory: memoryview, buffer: Any, start: int, body: int) -> dict[int, bytes]:
    """Elements by id of the packet that begins at `start`; empty when it has none."""
    flags = memory[start]
    at = start + 12 + 4 * (flags & 15)
    if not flags & 16 or body < at + 4:
        return {}
    profile = int.from_bytes(buffer[at : at + 2], "big")
    try:
        return dict(unpack_header_extensions(profile, buffer[at + 4 : body]))
    except ValueError:
        return {}


def find(memory: memoryview, start: int, body: int, head: int) -> int:
    """Where the element with this first byte lies, 0 when nowhere. One-byte headers only."""
    first = start + 12 + 4 * (memory[start] & 15)
    at = first + 4
    if memory[first] != 0xBE:
        return 0
    while at + 2 < body:
        if memory[at] == head:
            return at
        at += 1 if not memory[at] else 2 + (memory[at] & 15)
    return 0
